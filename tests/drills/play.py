"""What people do about joining and publishing, in a bot of one process, and whether all that it claims is so."""

import json

from bot.core.join import JoinState
from bot.core.people import Evidence
from bot.core.publish import PublicationState
from bot.playground.world.coze import Bot as Agent
from bot.playground.world.coze import Workspace
from bot.services.workspace_client import PRESSED
from bot.store import job
from bot.store.job import CARDLESS
from bot.store.review_tables import review
from bot.store.tables import audit, person, publication, request
from bot.store.tables import job as jobs
from tests.drills.hand import Hand
from tests.drills.liar import Liar
from tests.serving import add_agent
from tests.slack.bot import LIN, MEI, TEAM

STEP = 300.0  # seconds of simulated time
EXPECTED = (CARDLESS, "CozeUnreachable:", "RateLimited:", "Ambiguous:", "MissingPermission:", "Unreachable:")
"""How what is tried again may have failed."""


class Play:
    """One flow with one lie in it. What people do is done through the bot; what is true is read off Coze."""

    def __init__(self, hand: Hand, liar: Liar, door: str = "") -> None:
        self.hand, self.bot, self.liar, self.door = hand, hand.bot, liar, door
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

    async def passes_review(self) -> None:
        """Up to online: Coze lets it through by itself."""
        await self.is_published()
        assert self.agent
        await self._coze.act("review", {"bot_id": self.agent.id, "verdict": "passed"})
        await self.hand.passes(2 * STEP, STEP)

    async def is_taken_off(self) -> None:
        """Mei takes off what is online."""
        row = (await self.bot.rows(publication))[-1]
        await self.bot.sends(MEI, "publish.unpublish", str(row["id"]), {"publish.off_reason": "it is over"})

    async def is_refused(self) -> None:
        """Up to online, and Coze will refuse to take it off."""
        await self.passes_review()
        self._coze.faults.set("missing_permission", times=1, method="/unpublish")

    async def is_at_the_desk(self) -> None:
        """Coze has told the bot of it, which is the channel's owner."""
        self._coze.state.callback_url = f"{self.door}/coze/callback"
        await self._coze.act("channel", {"callback_url": True})
        await self.is_published()
        while not await self.bot.rows(review):
            await self.hand.step(1)

    async def is_let_through(self) -> None:
        """Lin approves the newest version."""
        await self.bot.knows(LIN, admin=True)
        row = (await self.bot.rows(review))[-1]
        await self.bot.presses(LIN, "review.approve", str(row["id"]))

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
            goes = (
                row["off_at"] and not row["error"]
            )  # until Coze has answered the card says that it is on its way off
            if state is PublicationState.ONLINE and not is_online and not goes:
                found.append("said to be online")
            if state is PublicationState.UNPUBLISHED and is_online:
                found.append("said to be off the channel")
        return found

    async def _about_work(self) -> list[str]:
        rows = [row for row in await self.bot.rows(jobs) if row["state"] == "dead" or row["last_error"]]
        odd = [row for row in rows if row["state"] == "dead" or not row["last_error"].startswith(EXPECTED)]
        return [f"{row['kind']} is {row['state']}: {row['last_error']}" for row in odd]
