"""Coze lies in the middle of each flow: nothing is claimed that is not so, and nothing is published twice.

`python -m tests.drills.lies --count N --seed S` runs it by hand: so many pairs of a flow and a lie, all of them once
where N is large enough. The first answers that the flow waits for are bent, one to five of them, whether what was
asked was done or not; then Coze tells the truth again. After each step all that the bot claims is compared with what
is true on Coze, and in the end every flow has to have come to one.
"""

import argparse
import asyncio
import itertools
import logging
import random
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from bot.core.join import JoinState
from bot.core.publish import PublicationState
from bot.playground.server import Playground
from bot.store.review_tables import review
from bot.store.tables import audit, publication, request
from tests.databases import KINDS, fresh
from tests.drills.hand import at_work, unpaced
from tests.drills.liar import ASK_BACK, LIES, WITHOUT_DATA, Liar
from tests.drills.play import STEP, Play
from tests.serving import serving
from tests.slack.bot import LIN, MEI, awake_in, chat

HOUR = 3600.0  # seconds of simulated time
SETTLED = {
    PublicationState.REVIEWING,
    PublicationState.ONLINE,
    PublicationState.FAILED,
    PublicationState.UNKNOWN,
}


class Loud(logging.Handler):
    """Hears what the bot did not expect."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record.getMessage() + (f": {record.exc_info[1]!r}" if record.exc_info else ""))


Act = Callable[[Play], Awaitable[None]]
End = Callable[[Play], Awaitable[bool]]


async def invited_or_told(play: Play) -> bool:
    (row,) = await play.bot.rows(request)
    return row["state"] is JoinState.INVITED or bool(row["error"])


async def joined(play: Play) -> bool:
    (row,) = await play.bot.rows(request)
    return row["state"] is JoinState.JOINED


async def looked_up(play: Play) -> bool:
    (row,) = await play.bot.rows(request)
    return row["is_member"] is False


async def removed_or_told(play: Play) -> bool:
    (row,) = await play.bot.rows(request)
    return row["state"] is JoinState.REMOVED or bool(row["error"])


async def compared(play: Play) -> bool:
    return any(row["action"] == "join.check" for row in await play.bot.rows(audit))


async def settled(play: Play) -> bool:
    return all(row["state"] in SETTLED for row in await play.bot.rows(publication))


async def off_or_told(play: Play) -> bool:
    row = (await play.bot.rows(publication))[-1]
    return row["state"] is PublicationState.UNPUBLISHED or bool(row["error"])


async def sent_or_told(play: Play) -> bool:
    (row,) = await play.bot.rows(review)
    return bool(row["told_at"] or row["error"])


async def answered(play: Play) -> bool:
    chat_ = play.bot.slack.workspace
    return len(chat_.conversation(chat_.dm(chat_.main_app, MEI).id)) > 0


async def at_once(_: Play) -> bool:
    return True


async def nothing(_: Play) -> None:
    pass


@dataclass(frozen=True)
class Flow:
    """What was true before, the act after which Coze lies, the calls to which it does, and how it may end."""

    before: Act
    act: Act
    calls: str
    end: End


MEMBERS, VERSIONS = r"/v1/workspaces/\d+/members", r"GET /v1/bots/\d+/versions"
FLOWS = {
    "proving an account": Flow(nothing, Play.proves, "GET /v1/users/me", at_once),
    "checking a token": Flow(nothing, Play.checks, "GET /v1/(users/me|workspaces|bots)", answered),
    "looking an account up": Flow(Play.proves, Play.asks, f"GET {MEMBERS}", looked_up),
    "inviting": Flow(Play.has_asked, Play.approves, f"POST {MEMBERS}", invited_or_told),
    "seeing somebody arrive": Flow(Play.is_invited, Play.accepts, f"GET {MEMBERS}", joined),
    "removing": Flow(Play.joins, Play.is_removed, f"DELETE {MEMBERS}", removed_or_told),
    "comparing the team": Flow(Play.joins, Play.is_compared, f"GET {MEMBERS}", compared),
    "reading whose agent it is": Flow(Play.has_agent, Play.publishes, r"GET /v1/bots/\d+", settled),
    "publishing": Flow(Play.has_agent, Play.publishes, "POST /v1/bot/publish", settled),
    "looking a lost publish up": Flow(Play.is_published_unheard, Play.publishes, VERSIONS, settled),
    "following the review": Flow(Play.is_published, nothing, VERSIONS, settled),
    "taking off": Flow(Play.passes_review, Play.is_taken_off, r"POST /v1/bots/\d+/unpublish", off_or_told),
    "looking whether it is off": Flow(Play.is_refused, Play.is_taken_off, "GET /v1/bots", off_or_told),
    "telling the verdict": Flow(Play.is_at_the_desk, Play.is_let_through, r"PUT /v1/connectors/.+", sent_or_told),
}
"""Each with the calls in its middle."""


@dataclass
class Tally:
    """What came of it: pairs that were played, lies that were told, and what was claimed and not so."""

    pairs: int = 0
    lies: int = 0
    wrong: list[str] = field(default_factory=list)


class Stage:
    """One chat and one Coze for all plays; each begins anew, with a database of its own."""

    def __init__(self, slack: Playground, liar: Liar, url: str, dice: random.Random) -> None:
        self._slack, self._liar, self._url, self._dice, self.tally = slack, liar, url, dice, Tally()

    async def plays(self, name: str, lie: str, database: str) -> None:
        """One flow with one lie."""
        self._slack.coze.reset()
        self._slack.workspace.clear()
        self._liar.end()
        loud, flow = Loud(), FLOWS[name]
        logging.getLogger("bot").addHandler(loud)
        try:
            async with (
                awake_in(self._slack, database, COZE_BASE_URL=self._url) as bot,
                at_work(bot) as hand,
                serving(bot.app.door.asgi) as door,
            ):
                for who in (MEI, LIN):
                    await bot.knows(who, admin=who == LIN)
                is_done = name in WITHOUT_DATA or self._dice.random() < 0.5
                wrong = await self._played(Play(hand, self._liar, door), flow, lie, is_done=is_done)
        finally:
            logging.getLogger("bot").removeHandler(loud)
        self.tally.pairs += 1
        self.tally.lies += self._liar.told
        self.tally.wrong += [f"{name}, {lie}: {each}" for each in dict.fromkeys([*wrong, *loud.heard])]

    async def _played(self, play: Play, flow: Flow, lie: str, *, is_done: bool) -> list[str]:
        await flow.before(play)
        count = self._dice.choice((1, 2, 5))
        play.liar.begin(LIES[lie], flow.calls, count, is_done=is_done)
        await flow.act(play)
        wrong = []
        for _ in range(int(HOUR // STEP)):
            await play.hand.step(STEP)
            wrong += await play.untrue()
        if not play.liar.told:
            wrong.append("Coze was not asked: there was no lie")
        play.liar.end()
        for _ in range(int(2 * HOUR // STEP)):
            await play.hand.step(STEP)
            if await flow.end(play):
                break
        else:
            wrong.append("it came to no end")
        return [*wrong, *await play.untrue()]


async def drill(kind: str, folder: Path, count: int, seed: int) -> Tally:
    """So many pairs, drawn without repetition."""
    dice = random.Random(f"{seed}")  # noqa: S311 (a drill)
    pairs = [
        (flow, lie)
        for flow, lie in itertools.product(FLOWS, LIES)
        if not (flow in ASK_BACK and lie == "ids of somebody else")
    ]
    dice.shuffle(pairs)
    with unpaced():
        async with chat() as slack:
            liar = Liar(slack.coze.app)
            async with serving(liar) as url:
                stage = Stage(slack, liar, url, dice)
                for name, lie in pairs[:count]:
                    with fresh(kind, folder) as database:
                        await stage.plays(name, lie, database)
    return stage.tally


def by_hand(kind: str, count: int, seed: int) -> bool:
    """Run and print; whether nothing was claimed that is not so."""
    with tempfile.TemporaryDirectory(prefix="sharge-drill-") as folder:
        tally = asyncio.run(drill(kind, Path(folder), count, seed))
    print(
        f"lies: {kind}, N {tally.pairs} of {len(FLOWS)} flows and {len(LIES)} lies, seed {seed}: "
        f"{tally.lies} lies told, wrong {len(tally.wrong)}"
    )
    for line in tally.wrong[:40]:
        print(f"  {line}")
    return not tally.wrong


def main() -> int:
    """0 when nothing was claimed that is not so."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills.lies", description=__doc__)
    parser.add_argument("--count", type=int, default=len(FLOWS) * len(LIES))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=KINDS, default=KINDS[0], help="PostgreSQL needs TEST_DATABASE_URL")
    given = parser.parse_args()
    for name in ("bot", "slack_bolt"):
        logging.getLogger(name).propagate = False
    return 0 if by_hand(given.database, given.count, given.seed) else 1


if __name__ == "__main__":
    sys.exit(main())
