"""What a button or a form is about: a row's id, or nothing that we know."""

import pytest

from bot.clock import utc_now
from bot.core.errors import NotFound
from bot.core.people import Person, Standing
from bot.slack.router import Access, Ack, Caller, Delivery, Owner, Press, Result, Router, Submission
from bot.texts.locale import Locale

DELIVERY = Delivery("1.2", "T1", "A1")


@pytest.mark.parametrize(("value", "row", "version"), [("41", 41, None), ("41:3", 41, 3), ("assign:41", 41, None)])
def test_ours_name_a_row(value: str, row: int, version: int | None) -> None:
    press = Press(DELIVERY, "ULIN", "join.approve", value)
    assert (press.row, press.version) == (row, version)
    assert Submission(DELIVERY, "ULIN", "join.question", "V1", value).row == row


@pytest.mark.parametrize(
    "text",
    ["", "x", "-1", "1e9", "1.0", " 1", "١", "9" * 19, "1:1:1", "assign:", "1; DROP TABLE x", "\u202e1"],
)
def test_anything_else_names_nothing(text: str) -> None:
    """One answer for all garbage, before it reaches the database."""
    for request in (Press(DELIVERY, "ULIN", "x.y", text), Submission(DELIVERY, "ULIN", "x.y", "V1", text)):
        with pytest.raises(NotFound):
            _ = request.row


async def test_a_menu_passes_on_to_what_is_a_members_own_alone() -> None:
    """The route's own guards are passed by then: no button of admins, and none that asks Slack anew."""
    router, pressed = Router(), list[str]()

    async def take(press: Press, _: Caller) -> Result:
        pressed.append(press.value)
        return Ack()

    router.press("token.renew", take, owner=Owner.OWN)
    router.press("token.fresh", take, owner=Owner.OWN, fresh=True)
    router.press("join.approve", take, owner=Owner.OWN, access=Access.ADMIN)
    router.press("join.show", take, owner=Owner.ANY)
    press = Press(DELIVERY, "UMEI", "token.more", "7")
    mei = Person("T", "UMEI", "mei", "zh-CN", "Asia/Shanghai", Standing.MEMBER, admin=False, seen_at=utc_now())
    caller = Caller(mei, Locale("zh", "Asia/Shanghai"))
    await router.pass_on("token.renew", press, caller)
    for name in ("token.fresh", "join.approve", "join.show", "nothing"):
        with pytest.raises(NotFound):
            await router.pass_on(name, press, caller)
    assert pressed == ["7"]
