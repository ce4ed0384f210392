"""The people of `soak`: what they want, and how they go after it.

Each does what a person would: looks, presses, and where nothing came of it looks and presses again. What was taken,
of which they were told nothing else, and which is not done after all, is lost.
"""

import asyncio
import itertools
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from bot.core.account import Grade
from bot.core.guide import GuideState
from bot.core.join import JoinState
from bot.core.publish import PublicationState
from bot.demo.cast import CONNECTOR_ID, TEAM
from bot.demo.setup import CALLBACK_PATH, EVENTS_PATH
from bot.playground.server import Playground
from bot.playground.world.chat import Person
from bot.store.operator_tables import setting_change
from bot.store.review_tables import review
from bot.store.tables import credential_, guide_, publication, request
from tests.drills.soak_hands import OPENS, Hands
from tests.processes import Json

ROOM = 1_000_000  # seats of the team's space
BEGIN = 5.0  # seconds between two who begin something: the admins' channel takes one message a second
PEOPLE, DECIDERS = ("mei", "tom", "lin", "wang"), ("lin", "wang")
WORDS = ("status", "help", "remind", "", "publish", "check 那个怎么弄", "lang zh")
SAID = ("怎么接入?", "我的token过期了", "hello", "thanks", "状态", "how do I connect?", "提醒")
AGENT = "https://www.coze.cn/space/7530412083311050001/bot/7530412083311059999"
SENT = {PublicationState.CONFIRMED, PublicationState.SUBMITTED}
FAILED = {PublicationState.FAILED, PublicationState.UNKNOWN}
GUIDE: tuple[tuple[str, str, Json], ...] = (
    ("先试试", "", {}),
    ("令牌建好了", "", {}),
    ("登记到期日…", "guide.record", {"credential.name": "拍拍镜"}),
    ("填智能体地址…", "guide.agent", {"guide.address": AGENT, "guide.name": "晨间助手"}),
    ("不查，直接下一步", "", {}),
    ("它回答了", "", {}),
)
"""The way through the guide's first route: what is pressed, and what is filled into which form."""


async def has_desk(playground: Playground, *, on: bool) -> bool:
    """Whether Coze asks the bot about what is published; whether it could be told so."""
    return bool((await playground.coze.act("channel", {"callback_url": on or None}))["ok"])


async def prepared(playground: Playground) -> None:
    """Coze has room for everybody, and asks the bot."""
    state, events = playground.coze.state, str(playground.main_app.events_url)
    state.callback_url = events.replace(EVENTS_PATH, CALLBACK_PATH)
    state.find_workspace(TEAM).capacity = ROOM
    await playground.coze.act("settings", {"callback_tries": 5})
    assert await has_desk(playground, on=True)


@dataclass
class Lives(Hands):
    """All people: those who have begun something, and whoever writes in between."""

    begun: dict[asyncio.Task[None], str] = field(default_factory=dict)
    known: list[str] = field(default_factory=list)  # handles of those who have what they wanted
    values: "itertools.count[int]" = field(default_factory=lambda: itertools.count(10))
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    hands: dict[str, asyncio.Lock] = field(default_factory=lambda: {who: asyncio.Lock() for who in DECIDERS})

    @property
    def open(self) -> list[str]:
        """What somebody still wants."""
        return [name for task, name in self.begun.items() if not task.done()]

    async def begin(self, seconds: float) -> None:
        """So long somebody begins something now and then."""
        kinds = itertools.cycle((self.joins, self.records, self.joins, self.is_guided, self.joins, self.sets))
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            kind = next(kinds)
            name = f"{kind.__name__} n{next(self.numbers)}"
            self.begun[asyncio.create_task(self._lived(kind(name.partition(" ")[2]), name))] = name
            await asyncio.sleep(min(BEGIN, max(0.0, ends - time.monotonic())))

    async def _lived(self, life: Coroutine[Any, Any, str], name: str) -> None:
        end = await life
        if name.rpartition(" ")[2] in self.soak.playground.workspace.people:
            self.known.append(name.rpartition(" ")[2])
        self.soak.tally.ends[f"{name.partition(' ')[0]}: {end}"] += 1

    async def end(self) -> None:
        """Whoever still wants something is left."""
        for task in self.begun:
            task.cancel()
        for ended in await asyncio.gather(*self.begun, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended

    async def something(self) -> None:
        """Somebody looks or writes."""
        who = self.dice.choice([*PEOPLE, *self.known[-50:]])
        match self.dice.choice(("home", "command", "say")):
            case "home":
                await self.did("looks at Home", self.human.home(who), waits=False)
            case "command":
                text = f"/sharge {self.dice.choice(WORDS)}"
                await self.did("types a command", self.human.command(who, text.strip()), waits=False)
            case _:
                await self.did("writes", self.human.say(who, self.dice.choice(SAID)), waits=False)

    async def arrives(self, name: str) -> tuple[str, str]:
        """Somebody new in the chat, who has an account on Coze; handle and Slack ID."""
        user = f"U0{name.upper()}"
        team = self.soak.playground.workspace.team_id
        self.soak.playground.coze.state.add_user(name, f"75304120833{int(name[1:]):08d}", name)
        await self.did("arrives", self.human.arrive(Person(name, user, name, "zh-CN", "Asia/Shanghai", team_id=team)))
        return name, user

    # Somebody wants to join, and to publish

    async def joins(self, name: str) -> str:
        """From the request to the glasses, or as far as it goes."""
        who, user = await self.arrives(name)
        mine = select(request).filter_by(user_id=user).order_by(request.c.id.desc())
        await self.until(lambda: self.has(mine), lambda: self._asks(who, mine))
        end = self.dice.choices(("joins", "declined", "withdrawn"), (8, 1, 1))[0]
        if end != "joins":
            await self._is_ended(mine, who, JoinState(end))
            return end
        both = self.dice.random() < 0.3
        await self.until(
            lambda: self.has(mine.where(request.c.state.in_((JoinState.INVITED, JoinState.JOINED)))),
            lambda: self._approves(mine, both=both),
        )
        await self.soak.playground.coze.act("user", {"name": who, "accept_invitation": True})
        await self.until(
            lambda: self.has(mine.where(request.c.state == JoinState.JOINED)),
            lambda: self.presses(who, "join.accepted"),
        )
        proven = mine.where(request.c.grade == Grade.PROVEN)
        await self.until(lambda: self.has(proven), lambda: self._proves(who))
        return await self._publishes(who)

    async def _asks(self, who: str, mine: Any) -> None:
        uid = self.soak.playground.coze.state.user(who).id
        if await self.opens(who, "join.ask", "types a command", lambda: self.human.command(who, "/sharge join")):
            await self.sends(who, {"join.uid": uid, "join.nick": who, "join.purpose": "念天气"}, mine)

    async def _is_ended(self, mine: Any, who: str, end: JoinState) -> None:
        async def presses() -> None:
            if end is JoinState.WITHDRAWN:
                await self.presses(who, "join.withdraw")
            elif (row := await self.row(mine)) and (ts := await self.posted(f"join:{row.id}")):
                await self._by_admin("join.decline", ts, {"join.reason": "名额用完了，下季度再来"})

        await self.until(lambda: self.has(mine.where(request.c.state == end)), presses)

    async def _by_admin(self, action_id: str, ts: str, fields: Json) -> None:
        """An admin presses on a card, and fills in the form of the same name."""
        admin = self.dice.choice(DECIDERS)

        def press() -> Coroutine[Any, Any, Json]:
            return self.human.click(admin, action_id=action_id, ts=ts, channel="admins", confirm=True)

        async with self.hands[admin]:
            if await self.opens(admin, action_id, "presses", press):
                await self.sends(admin, fields)

    async def _approves(self, mine: Any, *, both: bool) -> None:
        """An admin, or both at once. An invitation that failed is sent again."""
        row = await self.row(mine)
        if row is None or not (ts := await self.posted(f"join:{row.id}")):
            return
        if row.state is JoinState.APPROVED and not row.error:
            return
        action = "join.resend" if row.error else "join.approve"
        who = DECIDERS if both else (self.dice.choice(DECIDERS),)
        await asyncio.gather(*(self.presses(admin, action, ts=ts, channel="admins") for admin in who))

    async def _proves(self, who: str) -> None:
        if not self.stage.offered(who, "account.by_token"):
            await self.presses(who, "account.prove")
        token = (await self.soak.playground.coze.act("token", {"name": who}))["token"]

        def by_token() -> Coroutine[Any, Any, Json]:
            return self.human.click(who, action_id="account.by_token", confirm=True)

        if await self.opens(who, "account.prove", "presses", by_token):
            await self.sends(who, {"account.token": token})

    async def _publishes(self, who: str) -> str:
        """Until the verdict; where Coze has taken nothing, once more."""
        act = self.soak.playground.coze.act
        agent = str((await act("agent", {"name": who, "title": f"讲解员{who}", "workspace": TEAM}))["bot_id"])
        mine = select(publication).where(publication.c.agent_id == agent)
        mine = mine.where(publication.c.state != PublicationState.DRAFT).order_by(publication.c.id.desc())

        async def is_there() -> bool:
            row = await self.row(mine)
            return row is not None and row.state not in SENT | (set() if self._versions(agent) else FAILED)

        async def presses() -> None:
            row = await self.row(mine)
            if row is None or row.state in FAILED:
                command = f"/sharge publish {agent}"
                if await self.opens(
                    who, "publish.confirm", "types a command", lambda: self.human.command(who, command)
                ):
                    await self.sends(who, {}, mine)

        await self.until(is_there, presses)
        return await self._is_reviewed(agent, mine)

    def _versions(self, agent: str) -> int:
        return len(self.soak.playground.coze.state.bots[agent].versions)

    async def _is_reviewed(self, agent: str, mine: Any) -> str:
        """By an admin at the desk; where Coze asked nobody, by Coze itself."""
        on_coze = self.soak.playground.coze.state.bots[agent].publications[CONNECTOR_ID]
        passes, ended = self.dice.random() < 0.7, (PublicationState.ONLINE, PublicationState.REJECTED)
        theirs = select(review).filter_by(agent_id=agent).order_by(review.c.id.desc())

        async def is_there() -> bool:
            return on_coze.state == "failed" or await self.has(mine.where(publication.c.state.in_(ended)))

        async def presses() -> None:
            row = await self.row(theirs)
            if row is None:
                if on_coze.state == "reviewing" and self.soak.playground.coze.state.channels[CONNECTOR_ID]:
                    await self.soak.playground.coze.act("review", {"bot_id": agent, "verdict": "passed"})
            elif (ts := await self.posted(f"review:{row.id}")) and row.decided_at is None:
                if passes:
                    await self.presses(self.dice.choice(DECIDERS), "review.approve", ts=ts, channel="admins")
                else:
                    await self._by_admin("review.reject", ts, {"review.reason": "开场白太长"})

        await self.until(is_there, presses)
        if on_coze.state == "failed":
            return "nobody answered Coze"
        row = await self.row(mine)
        return str(row.state.value) if row else "published"

    # Tokens, the guide, and settings

    async def records(self, name: str) -> str:
        """A token that ends within the next days."""
        who, user = await self.arrives(name)
        lasts = timedelta(days=self.dice.randint(2, 4))
        mine = select(credential_).filter_by(user_id=user)

        async def asks() -> None:
            ends = self.soak.playground.clock.now() + lasts  # days may have passed since the last try
            fields = {"credential.name": f"令牌{name}", "credential.until": ends.date().isoformat()}
            command = partial(self.human.command, who, "/sharge remind add")
            if not await self.opens(who, "credential.record", "types a command", command):
                return
            await self.did("picks", self.human.click(who, label="过期时间", value="date", channel="modal"))
            ends_at = time.monotonic() + OPENS
            while time.monotonic() < ends_at:
                view = (await self.human.screen(who))["modal"]
                if view and any(each["block_id"] == "credential.until" for each in view["inputs"]):
                    await self.sends(who, fields, mine)
                    return
                await asyncio.sleep(0.1)

        await self.until(lambda: self.has(mine), asks)
        return "recorded"

    async def is_guided(self, name: str) -> str:
        """Through the guide's first route."""
        who, user = await self.arrives(name)
        mine = select(guide_.c.state, guide_.c.step).filter_by(user_id=user)
        for label, form, fields in GUIDE:
            before = await self.row(mine)

            async def goes_on(before: Any = before) -> bool:
                now = await self.row(mine)
                return now is not None and now != before

            async def presses(label: str = label, form: str = form, fields: Json = fields) -> None:
                def press() -> Coroutine[Any, Any, Json]:
                    return self.human.click(who, label=label, confirm=True)

                if not form:
                    await self.did("presses", press())
                elif await self.opens(who, form, "presses", press):
                    await self.sends(who, fields)

            await self.until(goes_on, presses)
        await self.until(lambda: self.has(mine.where(guide_.c.state != GuideState.OPEN)))
        return "done"

    async def sets(self, _name: str) -> str:
        """An admin changes how long people may wait for an answer."""
        value = str(next(self.values))
        made = select(setting_change).filter_by(name="answer_hours", after=value)

        async def changes() -> None:
            admin = self.dice.choice(DECIDERS)
            async with self.hands[admin]:
                command = partial(self.human.command, admin, "/sharge settings")
                if not await self.opens(admin, "settings.list", "types a command", command):
                    return
                await self.presses(admin, "settings.edit:waiting", channel="modal")
                if await self.comes(admin, "settings.edit"):
                    await self.sends(admin, {"settings.answer_hours": value})

        await self.until(lambda: self.has(made), changes)
        return "set"
