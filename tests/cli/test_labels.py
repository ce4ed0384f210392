"""`labels`: which of Coze's labels in the guide saved pages of Coze's still show."""

import json
from pathlib import Path

import pytest

from bot.cli.call import call
from bot.services.guide.checks import KINDS
from bot.texts.guide import guide_texts
from bot.texts.guide_labels import labels_in
from bot.texts.saved_pages import squeezed, text_of

STEPS = guide_texts(KINDS).on_coze()
ALL = sorted({label for labels in STEPS.values() for label in labels})


def found(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = call("labels", [str(each) for each in arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_labels_come_from_the_steps(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Whatever the kind of file and however it is marked up."""
    third = len(ALL) // 3
    (tmp_path / "a.txt").write_text("\ufeff" + "\n".join(ALL[:third]), "utf-8")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.md").write_text("\n".join(f"- **{label}**" for label in ALL[third : 2 * third]), "utf-8")
    rest = "".join(f"<li><b>{label[:1]}</b>{label[1:]}</li>".replace("&", "&amp;") for label in ALL[2 * third :])
    (tmp_path / "c.HTML").write_text(f"<html><script>没有</script><ul>{rest}</ul></html>", "utf-8")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    code, out, err = found(capsys, tmp_path)
    assert (code, err) == (0, "")
    assert out == f"0 of {len(ALL)} labels not found in 3 pages\n"


def test_what_is_missing_is_told_with_its_steps(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("\n".join(label for label in ALL if "授权" not in label), "utf-8")
    code, out, _ = found(capsys, tmp_path)
    assert code == 1
    assert "授权  (a1, b1, b3, r1)\n" in out
    code, out, _ = found(capsys, tmp_path, "--json")
    assert code == 1
    assert json.loads(out) == {
        "pages": ["a.md"],
        "unread": {},
        "missing": [{"label": "授权", "steps": ["a1", "b1", "b3", "r1"]}],
    }


def test_a_label_is_not_pieced_together_from_two_lines(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<p>创建</p><p>智能体</p>", "utf-8")
    assert "创建智能体  (c4, s1)" in found(capsys, tmp_path)[1]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.txt", "授权".encode("gb18030"), "a.txt: is no text in UTF-8"),
        ("a.html", "授权".encode("utf-16"), "a.html: is no text in UTF-8"),
        ("a.md", None, "a.md: can't be read (Is a directory)"),
    ],
)
def test_a_page_that_can_not_be_read_is_named(
    name: str, content: bytes | None, says: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "all.txt").write_text("\n".join(ALL), "utf-8")
    if content is None:
        (tmp_path / name).mkdir()
    else:
        (tmp_path / name).write_bytes(content)
    code, out, err = found(capsys, tmp_path)
    assert (code, says in err) == (1, True)
    assert out.startswith("0 of ")


def test_a_folder_without_pages_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert found(capsys, tmp_path)[::2] == (1, f"{tmp_path}: holds no page that ends .htm, .html, .md, .txt.\n")
    nowhere = tmp_path / "nowhere"
    assert found(capsys, nowhere)[::2] == (1, f"{nowhere}: is no folder.\n")
    (tmp_path / "file.txt").write_text("x", "utf-8")
    assert found(capsys, tmp_path / "file.txt")[0] == 1


def test_an_operators_own_texts_are_compared(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    pages, own = tmp_path / "pages", tmp_path / "own"
    pages.mkdir()
    own.mkdir()
    (pages / "a.txt").write_text("\n".join(ALL), "utf-8")
    step = '[c1.{}]\ndo = ["**{}**", "x"]\n'
    (own / "channel.toml").write_text(step.format("zh", "新名字") + step.format("en", "新名字"), "utf-8")
    code, out, _ = found(capsys, pages, "--guide-dir", own)
    assert (code, out.splitlines()[0]) == (1, "新名字  (c1)")
    (own / "channel.toml").write_text("[c1", "utf-8")
    code, _, err = found(capsys, pages, "--guide-dir", own)
    assert (code, "channel.toml" in err) == (1, True)


def test_what_is_compared() -> None:
    assert labels_in(
        [["**甲 → 乙 › 丙** **丁**", "**找{agent}** **⊕ → 戊**"], ["**甲 → 乙 › 丙**", "**⊕ → 戊** **x**"]]
    ) == (
        "甲",
        "乙",
        "丙",
        "戊",
    )
    assert squeezed("ＡＰＩ &amp; *SDK*\n创建  Key") == "api&sdk\n创建key"
    assert squeezed(text_of('<style>x{}</style><img alt="回到旧版"><p>API &amp; SDK')).split() == [
        "回到旧版",
        "api&sdk",
    ]
