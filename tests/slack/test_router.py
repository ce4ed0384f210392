"""The router by itself: what a row's name may look like, what each kind of route declares, and what is found.

Who may use which route is played in test_pipeline.
"""

from dataclasses import replace
from typing import Any

import pytest

from bot.clock import utc_now
from bot.core.errors import NotAdmin, NotAllowed, NotFound
from bot.core.limits import Costly
from bot.core.people import Person, Standing
from bot.slack.pipeline import _check
from bot.slack.results import Ack, Result
from bot.slack.router import (
    Access,
    Caller,
    Command,
    Delivery,
    Drawing,
    Owner,
    Press,
    ReplyTarget,
    Request,
    Route,
    Router,
    Submission,
    Suggestion,
    row_in,
)
from bot.slack.views.parts import Card
from bot.store.message import Message
from bot.texts.locale import Locale

DELIVERED = Delivery("k1", "T0", "A0")
MEI = Person("T0", "U0MEI", "mei", "en-US", "UTC", Standing.MEMBER, admin=False, seen_at=utc_now())
CALLER = Caller(MEI, Locale("en", "UTC"))


async def acked(_request: Any, _caller: Caller) -> Result:
    """A handler that does nothing."""
    return Ack()


async def others(_request: Any, _caller: Caller) -> Result:
    """Another one."""
    return Ack()


@pytest.mark.parametrize(
    ("text", "row", "version"),
    [("7", 7, None), ("7:3", 7, 3), ("more:7", 7, None), ("ask_proof:7:12", 7, 12), ("9" * 18, int("9" * 18), None)],
)
def test_a_button_names_its_row(text: str, row: int, version: int | None) -> None:
    press, form = (
        Press(DELIVERED, "U0MEI", "join.more", text),
        Submission(DELIVERED, "U0MEI", "join.edit", "V1", text),
    )
    assert row_in(text) == press.row == form.row == Command(DELIVERED, "U0MEI", "join", text).row == row
    assert press.version == form.version == version


@pytest.mark.parametrize(
    "text", ["", "x", "-1", "7:", ":7", "7:x", "More:7", "7 ", "7\n", "9" * 19, "٧", "7:3:1", "a:b:7"]
)
def test_what_no_button_of_ours_holds_names_none(text: str) -> None:
    press = Press(DELIVERED, "U0MEI", "join.more", text)
    with pytest.raises(NotFound):
        row_in(text)
    with pytest.raises(NotFound):
        _ = press.version


def test_a_press_at_home_can_be_answered_nowhere_else() -> None:
    press = Press(DELIVERED, "U0MEI", "join.more", "7")
    away = replace(press, place=replace(press.place, outside_dm=True))
    assert (press.at_home, away.at_home) == (False, True)
    assert not replace(away, target=ReplyTarget(response_url="https://hooks.slack.test/1")).at_home
    assert press.text == "7"


def test_each_kind_declares_what_it_needs() -> None:
    router = Router()
    router.command("join", acked)
    router.command("queue", others, access=Access.ADMIN, fresh=True, reads=True, costs=Costly.LOOK, asks=True)
    router.press("join.more", acked)
    router.press("join.look", others, fresh=True, owner=Owner.OWN, costs=Costly.LOOK, asks=True)
    router.form("join.edit", acked)
    router.form(
        "join.ask", others, owner=Owner.ANY, secrets=("a.token",), precheck=str, costs=Costly.CHECK, named="join.whom"
    )
    router.menu("publish.agent", acked)
    router.menu("audit.agent", others, access=Access.ADMIN)
    member, none = Access.MEMBER, Owner.NONE
    assert router.commands == {
        "join": Route("command", "join", acked, member, fresh=False, owner=none),
        "queue": Route(
            "command", "queue", others, Access.ADMIN, fresh=True, owner=none, reads=True, costs=Costly.LOOK, asks=True
        ),
    }
    assert router.presses == {
        "join.more": Route("press", "join.more", acked, member, fresh=False, owner=none),
        "join.look": Route(
            "press", "join.look", others, member, fresh=True, owner=Owner.OWN, costs=Costly.LOOK, asks=True
        ),
    }
    held: dict[str, Any] = {"secrets": frozenset({"a.token"}), "precheck": str, "costs": Costly.CHECK}
    assert router.forms == {
        "join.edit": Route("form", "join.edit", acked, member, fresh=False, owner=none),
        "join.ask": Route(
            "form", "join.ask", others, member, fresh=False, owner=Owner.ANY, named="join.whom", **held
        ),
    }
    assert router.menus == {
        "publish.agent": Route("menu", "publish.agent", acked, member, fresh=False, owner=none, reads=True),
        "audit.agent": Route("menu", "audit.agent", others, Access.ADMIN, fresh=False, owner=none, reads=True),
    }
    assert [route.name for route in router.routes] == [
        "join", "queue", "join.look", "join.more", "join.ask", "join.edit", "audit.agent", "publish.agent",
    ]  # fmt: skip


@pytest.mark.parametrize("access", Access)
def test_who_decides_is_known_as_of_this_minute(access: Access) -> None:
    router = Router()
    router.press("x", acked, access=access)
    router.form("x", acked, access=access)
    router.form("stays", acked, access=access, stays=True)
    decides = access in (Access.ADMIN, Access.DECIDER)
    assert router.presses["x"].fresh is router.forms["x"].fresh is decides
    assert not router.forms["stays"].fresh
    assert {router.presses["x"].access, router.forms["x"].access, router.forms["stays"].access} == {access}


def test_a_request_finds_its_route_alone() -> None:
    router = Router()
    router.command("same", acked)
    router.press("same", acked)
    router.form("same", acked)
    router.menu("same", acked)
    asked: tuple[Request, ...] = (
        Command(DELIVERED, "U0MEI", "same"),
        Press(DELIVERED, "U0MEI", "same"),
        Submission(DELIVERED, "U0MEI", "same", "V1"),
        Suggestion(DELIVERED, "U0MEI", "same"),
    )
    assert [route and route.kind for route in map(router.find, asked)] == ["command", "press", "form", "menu"]
    others: tuple[Request, ...] = (
        Command(DELIVERED, "U0MEI", "other"),
        Press(DELIVERED, "U0MEI", "other"),
        Submission(DELIVERED, "U0MEI", "other", "V1"),
        Suggestion(DELIVERED, "U0MEI", "other"),
    )
    assert [router.find(each) for each in others] == [None] * 4


async def test_a_menu_passes_on_only_what_its_handler_guards() -> None:
    heard: list[tuple[Press, Caller]] = []

    async def hears(press: Press, caller: Caller) -> Result:
        heard.append((press, caller))
        return Ack()

    router = Router()
    router.press("own", hears, owner=Owner.OWN)
    router.press("none", hears)
    router.press("any", hears, owner=Owner.ANY)
    router.press("fresh", hears, owner=Owner.OWN, fresh=True)
    router.press("anyone", hears, access=Access.ANYONE, owner=Owner.OWN)
    router.press("admin", hears, access=Access.ADMIN, owner=Owner.OWN)
    press = Press(DELIVERED, "U0MEI", "menu", "own:7")
    assert await router.pass_on("own", press, CALLER) == Ack()
    assert heard == [(press, CALLER)]
    for refused in ("none", "any", "fresh", "anyone", "admin", "unknown"):
        with pytest.raises(NotFound):
            await router.pass_on(refused, press, CALLER)
    assert len(heard) == 1


async def test_a_row_is_drawn_by_its_feature() -> None:
    drawn: list[tuple[Any, Locale]] = []

    async def draws(copy: Message, locale: Locale) -> Drawing:
        drawn.append((copy, locale))
        return Drawing(Card("words", []), is_open=True)

    router = Router()
    router.renderer("join", draws)
    copy = Message(1, "T0", "join:7:late", "U0MEI", "card", None, None, utc_now(), posting=False)
    assert (await router.drawing(copy, CALLER.locale)).is_open
    assert drawn == [(copy, CALLER.locale)]


WHO = {
    "member": MEI,
    "deputy": replace(MEI, deputy=True),
    "admin": replace(MEI, admin=True),
    "guest": replace(MEI, standing=Standing.GUEST),
    "admin who is a guest now": replace(MEI, admin=True, standing=Standing.GUEST),
    "deputy who is a guest now": replace(MEI, deputy=True, standing=Standing.GUEST),
    "deactivated admin": replace(MEI, admin=True, standing=Standing.DEACTIVATED),
}
MAY = {
    Access.ANYONE: set(WHO),
    Access.MEMBER: {"member", "deputy", "admin"},
    Access.DECIDER: {"deputy", "admin"},
    Access.ADMIN: {"admin"},
}


@pytest.mark.parametrize("access", Access)
@pytest.mark.parametrize("who", WHO)
def test_who_may_use_what(who: str, access: Access) -> None:
    route = Route("press", "x", acked, access, fresh=False, owner=Owner.NONE)
    refused = NotAdmin if access in (Access.ADMIN, Access.DECIDER) else NotAllowed
    if who in MAY[access]:
        _check(route, WHO[who])
        return
    with pytest.raises(refused):
        _check(route, WHO[who])


def test_what_nobody_has_registered_is_no_question_of_access() -> None:
    _check(None, WHO["guest"])
