"""Each call of publishing, of taking off and of the verdict meets each bad answer: what is claimed stays so, nothing
is published twice, and the author's card says how it is, with what can be done.

`python -m tests.drills.lies` plays what no Coze would answer; here is what a Coze does.
"""

import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.coze.client import CozeClient
from bot.playground.server import Playground
from bot.store import publish as store
from bot.store.message import CARD
from bot.store.review_tables import review
from bot.store.tables import message, publication
from tests.databases import fresh
from tests.drills.hand import at_work, unpaced
from tests.drills.liar import REFUSED, Bend, Liar, says, unbent
from tests.drills.play import Play
from tests.serving import serving
from tests.slack.bot import LIN, MEI, awake_in, chat

MINUTE, HOUR = 60.0, 3600.0  # seconds of simulated time
TOTAL = 1.0  # seconds that the bot waits for Coze here
VERSIONS, LISTS = r"GET /v1/bots/\d+/versions", "GET /v1/bots"


@dataclass(frozen=True)
class Bad:
    """How a call goes wrong: its answer, after the deed or without one; a fault of the wire; or what happens to the
    agent just before.
    """

    bend: Bend = unbent
    is_done: bool = True
    wire: str = ""
    meanwhile: Callable[[Play], None] | None = None


def deletes(play: Play) -> None:
    """Somebody deletes the agent."""
    assert play.agent
    play.hand.bot.slack.coze.state.bots.pop(play.agent.id, None)


def moves(play: Play) -> None:
    """Somebody moves the agent to a workspace of their own."""
    assert play.agent
    spaces = play.hand.bot.slack.coze.state.workspaces.values()
    play.agent.workspace_id = next(each.id for each in spaces if each is not play.space)


SENSITIVE = says({"code": 4105, "msg": "The agent contains sensitive content, please modify it and try again."})
ISSUES = says({"code": 702042078, "msg": "Sorry, there are server issues. Please try again later."})
BAD = {
    "4101": Bad(says(REFUSED), is_done=False),
    "4105": Bad(SENSITIVE, is_done=False),
    "702042078": Bad(ISSUES, is_done=False),
    "702042078, done": Bad(ISSUES),
    "500": Bad(says(b"", 500), is_done=False),
    "500, done": Bad(says(b"", 500)),
    "cut": Bad(wire="cut"),
    "hang": Bad(wire="slow"),
    "deleted": Bad(meanwhile=deletes),
    "moved": Bad(meanwhile=moves),
}
ALL = "BAD_ANSWERS"
SOME = {each: BAD[each] for each in (BAD if ALL in os.environ else ("4101", "500, done", "cut", "moved"))}
"""Those that are met each time; with the variable ALL in the environment it is all of them, which takes minutes."""

Ends = dict[str, tuple[str, str | None]]
"""By bad answer the state and the key of the error help; what is not named ends as if all had gone well."""

GONE: Ends = {"deleted": ("failed", "E8"), "moved": ("failed", "E8")}
UNTOLD: Ends = {"4101": ("reviewing", None), "4105": ("reviewing", None), "deleted": ("unknown", "E8")}
UNSEEN: Ends = {"deleted": ("unknown", "E8"), "moved": ("unknown", "E8")}


@dataclass(frozen=True)
class Call:
    """What was true before, the act, the calls that go wrong, and how it ends."""

    before: Callable[[Play], Any]
    act: Callable[[Play], Any] | None
    calls: str
    well: str
    ends: Ends
    error: str | None = None

    @property
    def method(self) -> str:
        """How a fault of the wire names the calls."""
        return self.calls.rpartition(r"\d+")[2].removesuffix(".+")


CALLS = {
    "looking before it publishes": Call(Play.has_agent, Play.publishes, VERSIONS, "reviewing", GONE),
    "publishing": Call(
        Play.has_agent,
        Play.publishes,
        "POST /v1/bot/publish",
        "reviewing",
        {
            **GONE,
            "4101": ("failed", "E5"),
            "4105": ("failed", "E16"),
            "702042078": ("unknown", None),
            "500": ("unknown", None),
        },
    ),
    "following": Call(Play.is_published, None, VERSIONS, "reviewing", UNSEEN),
    "taking off": Call(
        Play.passes_review,
        Play.is_taken_off,
        r"POST /v1/bots/\d+/unpublish",
        "unpublished",
        {
            "4101": ("online", "E1"),
            "4105": ("online", "E16"),
            "deleted": ("online", "E8"),
            "moved": ("online", "E8"),
        },
    ),
    "looking whether it is off": Call(Play.is_refused, Play.is_taken_off, LISTS, "online", {}, "E1"),
    "the channel's token": Call(
        Play.is_at_the_desk, Play.is_let_through, "POST /api/permission/oauth2/token", "online", UNTOLD
    ),
    "the verdict": Call(Play.is_at_the_desk, Play.is_let_through, "PUT /v1/connectors/.+", "online", UNTOLD),
}
"""The channel's own app reaches an agent wherever it is."""


@asynccontextmanager
async def plays(slack: Playground, liar: Liar, url: str, folder: Path) -> AsyncIterator[Play]:
    """A world that begins anew."""
    slack.coze.reset()
    slack.workspace.clear()
    liar.end()
    with fresh("sqlite", folder) as database:
        async with (
            awake_in(slack, database, COZE_BASE_URL=url) as bot,
            at_work(bot) as hand,
            serving(bot.app.door.asgi) as door,
        ):
            for who in (MEI, LIN):
                await bot.knows(who, admin=who == LIN)
            yield Play(hand, liar, door)


async def goes_wrong(play: Play, call: Call, bad: Bad) -> list[str]:
    """It goes wrong once, then Coze answers as it should, for an hour; what was claimed and not so."""
    await call.before(play)
    wrong, faults = [], play.bot.slack.coze.faults
    if bad.wire:
        faults.set(bad.wire, times=1, method=call.method)
    else:
        meanwhile = partial(bad.meanwhile, play) if bad.meanwhile else (lambda: None)
        play.liar.begin(bad.bend, call.calls, 1, is_done=bad.is_done, meanwhile=meanwhile)
    if call.act:
        await call.act(play)
    for seconds in [MINUTE] * 7 + [HOUR / 3] * 3:
        await play.hand.step(seconds)
        wrong += await play.untrue()
    if (not play.liar.told and not bad.wire) or faults.active:
        wrong.append("nothing went wrong")
    return wrong


async def card(play: Play) -> tuple[str, str | None]:
    """Where the publication stands, and with which help."""
    row = (await play.bot.rows(publication))[-1]
    return row["state"].value, row["error"]


BUTTONS = {
    "failed": "command.publish",
    "unknown": "publish.settle_done",
    "reviewing": "publish.check",
    "online": "publish.more",
    "unpublished": "",
}
"""What can be done about each end."""
WORDS = {"E1": "permission", "E5": "can't publish", "E8": "can't be seen", "E16": "sensitive wording"}


async def shown(play: Play) -> str:
    """The author's card, with its buttons."""
    row, chats = (await play.bot.rows(publication))[-1], play.bot.slack.workspace
    known = {
        each["ts"]
        for each in await play.bot.rows(message)
        if each["subject"] == store.subject(row["id"]) and each["recipient"] == MEI and each["kind"] == CARD
    }
    said = chats.conversation(chats.dm(chats.main_app, MEI).id)
    return " ".join(json.dumps(each.blocks, ensure_ascii=False) for each in said if each.ts in known)


@pytest.mark.parametrize("name", CALLS)
async def test_each_bad_answer_at(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole table of one call."""
    monkeypatch.setattr("bot.opened.CozeClient", partial(CozeClient, total=TOTAL))
    call, found = CALLS[name], {}
    with unpaced():
        async with chat() as slack:
            liar = Liar(slack.coze.app)
            async with serving(liar) as url:
                for answer, bad in SOME.items():
                    async with plays(slack, liar, url, tmp_path) as play:
                        wrong = await goes_wrong(play, call, bad)
                        state, error = await card(play)
                        text = await shown(play)
                        if BUTTONS[state] not in text or WORDS.get(error or "", "") not in text:
                            wrong.append(f"the card: {text}")
                        for row in await play.bot.rows(review):
                            if not row["told_at"] and not row["error"]:
                                wrong.append("neither told to Coze nor to the admins")
                        found[answer] = (state, error, *wrong)
    assert found == {answer: call.ends.get(answer, (call.well, call.error)) for answer in SOME}
