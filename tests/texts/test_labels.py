"""Labels that Coze calls otherwise by now: how they are written, and where they stand in the texts."""

import pytest

from bot.services.guide.wiring import texts_of
from bot.texts.guide_labels import renamed
from bot.texts.labels import LABELS, labelled, renamed_in
from bot.texts.locale import Locale, error_help


@pytest.mark.parametrize(
    "text",
    [
        "添加=新增,API & SDK=开发者",
        "添加 = 新增\nAPI & SDK = 开发者",
        "添加＝新增，API & SDK → 开发者\r\n",
        "添加->新增;\n\nAPI & SDK=开发者,",
    ],
)
def test_pairs_are_read_as_people_write_them(text: str) -> None:
    assert renamed_in(text) == (("添加", "新增"), ("API & SDK", "开发者"))


@pytest.mark.parametrize(
    "text",
    [
        "添加",
        "=新增",
        "添加=",
        "添加=新增=增加",
        "添加=新增,添加=增加",
        "添加=**新增**",
        "添加={x}",
        "添加=[add]",
        "添加=<@U0LIN>",
        "添加=" + "新" * 41,
        ",".join(f"a{n}=b{n}" for n in range(31)),
        "添加=@here",
        "添加=:smile:",
        "添加=http://x.cn",
        "添加=_新增_",
        "添加=新\u200b增",
        "x=y;" + " " * 2900 + "a",
        "a=" + " " * 2900 + "b=",
    ],
)
def test_what_is_no_pair_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="label"):
        renamed_in(text)


def test_only_whole_labels_in_bold_are_called_otherwise() -> None:
    pairs = renamed_in("授权=授权管理,添加=新增")
    assert renamed("**API & SDK → 授权 › 令牌**, 授权, **授权码**, **添加**", pairs) == (
        "**API & SDK → 授权管理 › 令牌**, 授权, **授权码**, **新增**"
    )
    assert renamed("**授权**", ()) == "**授权**"


def test_labels_of_the_catalogue_follow() -> None:
    today = renamed_in(f"{LABELS['add']}=邀请成员")
    assert labelled("[add] · [members]", today) == f"邀请成员 · {LABELS['members']}"
    assert Locale("en", "UTC", today).on_screen("**添加成员**") == "**邀请成员**"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_error_help_follows(language: str) -> None:
    """What it names in bold; the rest of it stays."""
    locale = Locale(language, "UTC", renamed_in("发布=上线,授权=授权管理"))
    usual = Locale(language, "UTC")
    assert "**上线**" in " ".join(error_help("E5", locale).do) != " ".join(error_help("E5", usual).do)
    assert "授权管理" in " ".join(error_help("E12", locale).do)


def test_each_label_of_the_guide_may_be_called_otherwise() -> None:
    """What stands in the form can be copied as it is."""
    for label in texts_of(None).labels:
        assert renamed_in(f"{label}=新名字") == ((label, "新名字"),)
