"""The scenarios: how far the story has come when somebody enters, lived step by step as people would live it.

Nothing is put into the bot: people type, press and fill in, and each step waits for what it needs to see. Where no
app here has the bot's command, only what people do on Coze's own site happens.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from .slack.model import Json, Person
from .slack.press import blocks_of, sources
from .slack.validate import interactive

if TYPE_CHECKING:
    from .server import Playground

COMMAND = "/sharge"
PATIENCE = 8.0  # seconds of real time that one step waits for what it needs to see
TEAM = "ShargeAI"
COLLEAGUES = (
    ("yan", "7530412083311050033", "严老师", "给学生做英语口语陪练"),
    ("qiu", "7530412083311050036", "秋山", "想在眼镜上用扣子查公司日程"),
)

Scenario = Callable[["Stage"], Awaitable[None]]


class Stuck(Exception):
    """A step could not be taken; the text says which and why."""


class Stage:
    """One playground while its people play a scenario."""

    def __init__(self, playground: "Playground", patience: float = PATIENCE) -> None:
        self._playground, self._patience = playground, patience
        self._workspace, self._human, self._coze = playground.workspace, playground.human, playground.coze

    @property
    def has_bot(self) -> bool:
        """Whether some app here has the command that the scenarios type."""
        return any(known["command"] == COMMAND for app in self._workspace.apps.values() for known in app.commands)

    # What people do in the chat

    async def types(self, who: str, verb: str) -> None:
        """The bot's command with these words."""
        self._went(await self._human.command(who, f"{COMMAND} {verb}"), f"{who} types {COMMAND} {verb}")

    async def presses(self, who: str, action_id: str, channel: str | None = None) -> None:
        """A button, as soon as it is there."""
        await self.sees(lambda: self._offered(who, action_id, channel), f"{who} sees {action_id}")
        answer = await self._human.click(who, action_id=action_id, channel=channel, confirm=True)
        self._went(answer, f"{who} presses {action_id}")

    async def sends(self, who: str, callback_id: str, **fields: Any) -> None:
        """The form of this name, as soon as it is open; `fields` by the second half of their block's name."""
        await self.sees(lambda: self._form(who) == callback_id, f"{who} sees the form {callback_id}")
        feature = callback_id.partition(".")[0]
        filled = {f"{feature}.{name}": value for name, value in fields.items()}
        self._went(await self._human.submit(who, filled), f"{who} sends {callback_id}")

    async def sees(self, there: Callable[[], bool], what: str) -> None:
        """Wait until something is there. Raises Stuck."""
        with self._workspace.watch() as changed:
            try:
                async with asyncio.timeout(self._patience):
                    while not there():
                        await changed.wait()
                        changed.clear()
            except TimeoutError:
                raise Stuck(f"{what}: not within {self._patience:g} s") from None

    def letters(self, who: str) -> int:
        """How many messages of the bot this person has got."""
        dm = self._workspace.dm(self._playground.main_app, self._workspace.person(who).id)
        return sum(m.only_for is None for m in self._workspace.messages.get(dm.id, []))

    def _offered(self, who: str, action_id: str, channel: str | None = None) -> bool:
        seen = sources(self._workspace, self._workspace.person(who), None, channel)
        return any(each["action_id"] == action_id for source in seen for each in interactive(blocks_of(source)))

    def _form(self, who: str) -> str:
        stack = self._workspace.modals.get(self._workspace.person(who).id)
        return str(stack[-1].payload["callback_id"]) if stack else ""

    # What people do elsewhere

    async def on_coze(self, act: str, **body: Any) -> Json:
        """Something on Coze's own site."""
        return self._went(await self._coze.act(act, body), f"{act} on Coze")

    def passes(self, **time: float) -> None:
        """Story time goes on."""
        self._playground.clock.advance(timedelta(**time))
        self._workspace.changed()

    async def arrives(self, handle: str, coze_id: str, name: str) -> None:
        """Somebody new in the chat who has an account on Coze already."""
        self._coze.state.add_user(handle, coze_id, name)
        user, team = f"U0{handle.upper()}", self._workspace.team_id
        person = Person(handle, user, name, "zh-CN", "Asia/Shanghai", team_id=team, face=name[0])
        await self._human.arrive(person)

    def invited(self, who: str) -> bool:
        """Whether somebody has an open invitation to the team on Coze."""
        return self._coze.state.user(who).id in self._coze.state.find_workspace(TEAM).invitations

    # Steps that several scenarios share

    async def asks(self, who: str, purpose: str) -> None:
        """A request to join, from the command to the card before the admins."""
        if not self.has_bot:
            return
        user = self._coze.state.user(who)
        before = self._cards()
        await self.types(who, "join")
        await self.sends(who, "join.ask", uid=user.id, nick=user.name, purpose=purpose)
        await self.sees(lambda: self._cards() > before, f"the admins see {who}'s request")

    def _cards(self) -> int:
        """How many messages the admins have got, the history in threads not counted."""
        (admins,) = (c.id for c in self._workspace.channels.values() if c.name == "admins")
        found = self._workspace.messages.get(admins, [])
        return sum(m.only_for is None and m.thread_ts in (None, m.ts) for m in found)

    async def joins(self, who: str, purpose: str) -> None:
        """From the request to the member list; without a bot by an invitation from hand to hand."""
        if not self.has_bot:
            await self.on_coze("invite", name="owner", user=who)
            await self.on_coze("user", name=who, accept_invitation=True)
            return
        await self.asks(who, purpose)
        await self.presses("lin", "join.approve", "admins")
        await self.sees(lambda: self.invited(who), f"{who} is invited on Coze")
        await self.on_coze("user", name=who, accept_invitation=True)
        await self.presses(who, "join.accepted")
        await self.sees(lambda: not self._offered(who, "join.accepted"), f"{who} has joined")

    async def records_token(self, who: str, name: str) -> None:
        """A token of thirty days, made just now."""
        if not self.has_bot:
            return
        before = self.letters(who)
        await self.types(who, "remind add")
        await self.sends(who, "credential.record", name=name, last4="a1b2")
        await self.sees(lambda: self.letters(who) > before, f"{who} gets the receipt")

    async def publishes(self, who: str) -> None:
        """The only agent that somebody has in the team's space, as far as the review; without a bot by hand."""
        if not self.has_bot:
            return
        await self.types(who, "publish")
        await self.sends(who, "publish.confirm")
        await self.sees(self._in_review, f"{who}'s agent is in review")

    def _in_review(self) -> bool:
        bots = self._coze.state.bots.values()
        return any(one.state == "reviewing" for bot in bots for one in bot.publications.values())

    def _went(self, answer: Json, what: str) -> Json:
        if not answer["ok"]:
            raise Stuck(f"{what}: {answer.get('error') or answer.get('errors')}")
        return answer


async def newcomer(_: Stage) -> None:
    """Nothing has happened yet."""


async def join_waiting(stage: Stage) -> None:
    """Mei has asked to join and waits for an admin."""
    await stage.asks("mei", "给博物馆做一个讲解智能体，念展品的故事")


async def token_expires_tomorrow(stage: Stage) -> None:
    """Mei recorded a token of thirty days; that was twenty-nine days ago."""
    await stage.records_token("mei", "拍拍镜-试用")
    before = stage.letters("mei")
    stage.passes(days=29)
    if stage.has_bot:
        await stage.sees(lambda: stage.letters("mei") > before, "mei is reminded")


async def agent_ready(stage: Stage) -> None:
    """Mei is a member and has a draft in the team's space."""
    await stage.joins("mei", "给博物馆做一个讲解智能体，念展品的故事")
    await stage.on_coze("agent", name="mei", title="博物馆讲解员", workspace=TEAM)


async def busy_admin(stage: Stage) -> None:
    """Tom's token ends in three days and his agent is in review; three people wait for an answer."""
    await stage.joins("tom", "An audio guide for a museum, in English")
    await stage.records_token("tom", "glasses-trial")
    stage.passes(days=27)
    guide = await stage.on_coze("agent", name="tom", title="Museum Guide", workspace=TEAM)
    if stage.has_bot:
        await stage.publishes("tom")
    else:
        await stage.on_coze("publish", name="owner", bot_id=guide["bot_id"])
    await stage.asks("mei", "给博物馆做一个讲解智能体，念展品的故事")
    for handle, coze_id, name, purpose in COLLEAGUES:
        stage.passes(minutes=20)
        await stage.arrives(handle, coze_id, name)
        await stage.asks(handle, purpose)


SCENARIOS: dict[str, Scenario] = {
    "newcomer": newcomer,
    "join-waiting": join_waiting,
    "token-expires-tomorrow": token_expires_tomorrow,
    "agent-ready": agent_ready,
    "busy-admin": busy_admin,
}
