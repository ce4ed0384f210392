"""Coze lies in the middle of each flow: nothing is claimed that is not so, and nothing is published twice.

`python -m tests.drills.lies --count N --seed S` runs it by hand: so many pairs of a flow and a lie, all of them once
where N is large enough. The first answers that the flow waits for are bent, one to five of them, whether what was
asked was done or not; then Coze tells the truth again. After each step all that the bot claims is compared with what
is true on Coze, and in the end every flow has to have come to one.
"""

import argparse
import asyncio
import itertools
import json
import logging
import random
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from bot.core.join import JoinState
from bot.core.people import Evidence
from bot.core.publish import PublicationState
from bot.playground.server import Playground
from bot.playground.world.coze import Bot as Agent
from bot.playground.world.coze import Workspace
from bot.services.workspace_client import PRESSED
from bot.slack.draw import CARDLESS
from bot.store import job
from bot.store.tables import audit, person, publication, request
from bot.store.tables import job as jobs
from tests.databases import KINDS, fresh
from tests.drills.hand import Hand, at_work, unpaced
from tests.drills.liar import ASK_BACK, LIES, Liar
from tests.serving import add_agent, serving
from tests.slack.bot import LIN, MEI, TEAM, awake_in, chat

HOUR, STEP = 3600.0, 300.0  # seconds of simulated time
EXPECTED = (CARDLESS, "CozeUnreachable:", "RateLimited:", "Ambiguous:", "MissingPermission:", "Unreachable:")
"""How what is tried again may have failed."""

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


class Play:
    """One flow with one lie in it. What people do is done through the bot; what is true is read off Coze."""

    def __init__(self, hand: Hand, liar: Liar) -> None:
        self.hand, self.bot, self.liar = hand, hand.bot, liar
        self._coze = hand.bot.slack.coze
        self.facts = self._coze.ready()
        self.uid = str(self.facts["users"]["mei"])
        self.agent: Agent | None = None

    @property
    def space(self) -> Workspace:
        """The team's."""
        return self._coze.state.workspaces[str(self.facts["workspace_id"])]

    # What people do

    async def proves(self) -> None:
        """Mei's account is hers."""
        told = await self.bot.sends(MEI, "join.read_uid", json.dumps({}), {"join.token": self.facts["pats"]["mei"]})
        if told.after:
            await told.after()

    async def asks(self) -> None:
        """Mei asks to join."""
        values = {"join.uid": self.uid, "join.nick": "mei", "join.purpose": "a museum"}
        await self.bot.sends(MEI, "join.ask", "", values)

    async def approves(self) -> None:
        """Lin approves."""
        await self.bot.knows(LIN, admin=True)
        (row,) = await self.bot.rows(request)
        await self.bot.presses(LIN, "join.approve", f"{row['id']}:{row['version']}")

    async def has_asked(self) -> None:
        """Up to the request."""
        await self.proves()
        await self.asks()
        await self.hand.step(1)

    async def is_invited(self) -> None:
        """Up to the invitation."""
        await self.has_asked()
        await self.approves()
        await self.hand.step(1)

    async def accepts(self) -> None:
        """Mei accepts on Coze."""
        await self._coze.act("user", {"name": "mei", "accept_invitation": True})

    async def joins(self) -> None:
        """Up to membership."""
        await self.is_invited()
        await self.accepts()
        await self.hand.passes(STEP, STEP / 3)

    async def has_agent(self) -> None:
        """Mei has an agent that is to be published."""
        await self.joins()
        self.agent = add_agent(self._coze, "mei", "讲解员")

    async def publishes(self) -> None:
        """Mei picks it, and confirms where nothing was found in the way."""
        assert self.agent
        await self.bot.knows(MEI)
        picked = await self.bot.sends(MEI, "publish.pick", "", {"publish.agent": self.agent.id})
        if picked.after:
            await picked.after()
        for row in await self.bot.rows(publication):
            if row["state"] is PublicationState.DRAFT:
                await self.bot.sends(MEI, "publish.confirm", str(row["id"]), {})

    async def is_published(self) -> None:
        """Up to the review."""
        await self.has_agent()
        await self.publishes()
        await self.hand.step(1)

    async def is_published_unheard(self) -> None:
        """Up to a publish whose answer was lost."""
        await self.has_agent()
        self._coze.faults.set("cut", times=1, method="/bot/publish")

    async def is_removed(self) -> None:
        """Lin takes mei out."""
        await self.bot.knows(LIN, admin=True)
        (row,) = await self.bot.rows(request)
        await self.bot.sends(LIN, "join.remove", str(row["id"]), {})

    async def is_compared(self) -> None:
        """An admin wants to see who is in."""
        async with self.bot.app.db.write() as tx:
            await job.enqueue(tx, TEAM, "check", "weekly", self.hand.clock.now(), payload=PRESSED)

    async def checks(self) -> None:
        """Mei has a token checked."""
        told = await self.bot.sends(MEI, "check.run", "", {"check.text": self.facts["pats"]["mei"]})
        if told.after:
            await told.after()

    # What is claimed

    async def untrue(self) -> list[str]:
        """All that the bot says and that is not so."""
        found = [*await self._about_joining(), *await self._about_publishing(), *await self._about_work()]
        accounts = [row["coze_uid"] for row in await self.bot.rows(person) if row["user_id"] == MEI]
        found += [f"mei's account is {uid}" for uid in accounts if uid not in (None, self.uid)]
        gone = [row["detail"]["gone"] for row in await self.bot.rows(audit) if row["action"] == "join.check"]
        is_in = self.uid in self.space.members
        return found + ["mei is said to be gone" for names in gone if MEI in names and is_in]

    async def _about_joining(self) -> list[str]:
        found, members, asked = [], self.space.members, self.space.invitations
        for row in await self.bot.rows(request):
            state, verified = row["state"], Evidence.VERIFIED
            claims = {
                "joined": state is JoinState.JOINED
                and row["joined_evidence"] is verified
                and (not row["removed_by"] or row["error"])  # until then the card says that they are being removed
                and self.uid not in members,
                "invited": state is JoinState.INVITED
                and row["invited_evidence"] is verified
                and self.uid not in {**members, **asked},
                "removed": state is JoinState.REMOVED and row["removed_evidence"] is verified and self.uid in members,
                "a member": row["is_member"] is True and self.uid not in members,
            }
            found += [f"mei is said to be {what}" for what, is_untrue in claims.items() if is_untrue]
        return found

    async def _about_publishing(self) -> list[str]:
        if self.agent is None:
            return []
        made = [each.version for each in self.agent.versions]
        found = [f"published {len(made)} times"] if len(made) > 1 else []
        channel = self.agent.publications.get(str(self.facts["connector_id"]))
        for row in await self.bot.rows(publication):
            state = row["state"]
            if row["version"] is not None and row["version"] not in made:
                found.append(f"version {row['version']} is not among {made}")
            if state is PublicationState.REVIEWING and not made:
                found.append("said to be in review")
            if state is PublicationState.FAILED and made:
                found.append("said to have failed")
            is_online = channel is not None and channel.state == "online"
            if state is PublicationState.ONLINE and not is_online:
                found.append("said to be online")
        return found

    async def _about_work(self) -> list[str]:
        rows = [row for row in await self.bot.rows(jobs) if row["state"] == "dead" or row["last_error"]]
        odd = [row for row in rows if row["state"] == "dead" or not row["last_error"].startswith(EXPECTED)]
        return [f"{row['kind']} is {row['state']}: {row['last_error']}" for row in odd]


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
    "reading whose agent it is": Flow(Play.has_agent, Play.publishes, "GET /v1/bots", settled),
    "publishing": Flow(Play.has_agent, Play.publishes, "POST /v1/bot/publish", settled),
    "looking a lost publish up": Flow(Play.is_published_unheard, Play.publishes, VERSIONS, settled),
    "following the review": Flow(Play.is_published, nothing, VERSIONS, settled),
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
            async with awake_in(self._slack, database, COZE_BASE_URL=self._url) as bot, at_work(bot) as hand:
                for who in (MEI, LIN):
                    await bot.knows(who, admin=who == LIN)
                wrong = await self._played(Play(hand, self._liar), flow, lie)
        finally:
            logging.getLogger("bot").removeHandler(loud)
        self.tally.pairs += 1
        self.tally.lies += self._liar.told
        self.tally.wrong += [f"{name}, {lie}: {each}" for each in dict.fromkeys([*wrong, *loud.heard])]

    async def _played(self, play: Play, flow: Flow, lie: str) -> list[str]:
        await flow.before(play)
        count = self._dice.choice((1, 2, 5))
        play.liar.begin(lie, flow.calls, count, is_done=self._dice.random() < 0.5)
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
