"""A story: people type, press and read; the world is asked through the same calls that the page uses."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

import httpx

from bot.demo.run import demo
from bot.demo.setup import setup
from bot.playground.server import Options, Playground
from bot.playground.setup import Setup
from bot.playground.world.chat import Transport
from bot.playground.world.coze import Workspace
from tests.stories.one_card import doubled

Json = dict[str, Any]
PREFLIGHT = logging.getLogger("bot.services.preflight")

OVERTAKEN = 3.0  # seconds of real time that due jobs gets before time goes on
CHINESE = ("mei", "lin", "wang")
LOOK = 0.03  # seconds of real time between two looks
START = datetime.fromisoformat(os.environ.get("STORY_START", "2040-03-05T10:00+08:00"))
"""When stories begin: a Monday morning in Shanghai, so that no test depends on today; it has to lie ahead.

STORY_START takes another moment, to see that what a story says holds on any day.
"""


class Story:
    """One playground with the bot in it, and what people do there."""

    def __init__(self, http: httpx.AsyncClient, ready: Json, world: Playground | None = None) -> None:
        self._http, self.ready, self._world = http, ready, world
        self.coze: Json = ready["coze"]
        self.database = ""
        self.interactions = 0
        self.is_watched = True  # whether one message of each matter has buttons
        self.patience = 20.0  # seconds; far more than most things here take, on a busy machine too

    @property
    def world(self) -> Playground:
        """The chat and Coze themselves, where they run in this process."""
        assert self._world, "they run in a process of their own"
        return self._world

    @property
    def space(self) -> Workspace:
        """The ShargeAI workspace on Coze."""
        return self.world.coze.state.workspaces[self.coze["workspace_id"]]

    async def a_working_day_begins(self) -> None:
        """Next Monday, nine o'clock in Shanghai."""
        now = (await self.now()).astimezone(ZoneInfo("Asia/Shanghai"))
        monday = now.date() + timedelta(days=7 - now.weekday())
        await self.passes(to=datetime.combine(monday, time(9), now.tzinfo).isoformat())

    async def types(self, who: str, text: str, **more: Any) -> Json:
        """Types a slash command; it must be acknowledged."""
        return await self._acts("command", who=who, text=text, **more)

    async def says(self, who: str, text: str, **more: Any) -> Json:
        """Writes to the bot, or to a `channel`, below a message of `thread_ts`; `files` come along."""
        return await self._acts("say", who=who, text=text, **more)

    async def presses(self, who: str, label: str, **more: Any) -> Json:
        """Presses a button, and confirms where it asks."""
        return await self._acts("click", who=who, label=label, confirm=True, **more)

    async def presses_soon(self, who: str, label: str, **more: Any) -> None:
        """Presses a button as soon as it is there."""
        self.interactions += 1

        async def pressed() -> bool:
            return bool((await self.tries("click", who=who, label=label, confirm=True, **more))["ok"])

        await self.waits(pressed, f"{who} presses {label}", who)

    async def picks(self, who: str, label: str, value: str) -> Json:
        """Picks something in the open form, which the bot hears at once."""
        return await self._acts("click", who=who, label=label, value=value, channel="modal")

    async def sends(self, who: str, **fields: Any) -> Json:
        """Sends the open form; it must be taken."""
        return await self._acts("submit", who=who, fields=fields)

    async def looks_for(self, who: str, text: str, action_id: str = "value") -> list[str]:
        """What a menu offers whose options the bot gives, as this is typed into it."""
        found = await self._acts("suggest", who=who, action_id=action_id, value=text)
        return [each["label"] for each in found["options"]]

    async def tries(self, call: str, **body: Any) -> Json:
        """Does something that may be refused; what came back."""
        answer: Json = (await self._http.post(call, json=body)).json()
        return answer

    async def on_coze(self, path: str, **body: Any) -> Json:
        """Somebody does something on Coze's own site."""
        return await self._must(f"coze/{path}", body)

    async def goes_wrong(self, target: str, kind: str, **more: Any) -> None:
        """Something outside fails from now on."""
        await self._must("fault", {"target": target, "kind": kind, **more})

    async def still_fails(self, target: str) -> list[Json]:
        """What is to fail there, or to fail once more."""
        answer = (await self._http.get("fault")).json()
        return list(answer[target])

    async def works_again(self) -> None:
        """Nothing outside fails any more."""
        await self._http.delete("fault")

    async def passes(self, **time: Any) -> str:
        """Time passes: `advance` seconds, or `to` a moment or the "next" work; the new time.

        What the bot has to do now is done first, as it would be outside a story: a jump that overtakes it would
        make it begin days later. What hangs is left behind after `OVERTAKEN` seconds.
        """
        for _ in range(round(OVERTAKEN / LOOK)):
            if not await self._busy():
                break
            await asyncio.sleep(LOOK)
        self._has_one_card()
        return str((await self._must("clock", time))["now"])

    async def ends(self) -> None:
        """It is looked at once more, when what is due has had its time."""
        for _ in range(round(OVERTAKEN / LOOK)):
            if not await self._busy():
                break
            await asyncio.sleep(LOOK)
        self._has_one_card()

    def _has_one_card(self) -> None:
        """Of each matter one message has buttons. Looked at before whatever is done next."""
        if self._world and self.database and self.is_watched:
            found = doubled(self._world.workspace, self.database)
            assert not found, f"two messages with buttons about one matter: {found[:3]}"

    async def now(self) -> datetime:
        """Simulated time, whatever is still to do."""
        return datetime.fromisoformat((await self._http.get("clock")).json()["now"])

    async def settles(self) -> None:
        """Waits until nothing is due any more, however long a busy machine takes for it."""

        async def quiet() -> bool:
            return not await self._busy()

        await self.waits(quiet, "nothing is due any more")

    async def _busy(self) -> bool:
        clock = (await self._http.get("clock")).json()
        return bool(clock["next"]) and datetime.fromisoformat(clock["next"]) <= datetime.fromisoformat(clock["now"])

    async def screen(self, who: str) -> Json:
        """What this person sees now."""
        seen: Json = (await self._http.get("screen", params={"who": who})).json()
        return seen

    async def texts(self, who: str, channel: str = "dm") -> list[str]:
        """The readable text of every message there, oldest first; what stands in threads is left out."""
        return [message["plain"] for message in await self._messages(who, channel) if not message["thread_ts"]]

    async def thread(self, who: str, channel: str = "admins") -> list[str]:
        """The readable text of what stands in threads there, oldest first."""
        return [message["plain"] for message in await self._messages(who, channel) if message["thread_ts"]]

    async def _messages(self, who: str, channel: str) -> list[Json]:
        seen = await self.screen(who)
        found: list[Json] = seen["dm"] if channel == "dm" else seen["channels"].get(channel, [])
        return found

    async def calls(self, method: str) -> list[Json]:
        """The Web API calls of one method that the chat received."""
        answer = (await self._http.get("calls")).json()
        return [call for call in answer["calls"] if call["method"] == method]

    async def reads_in_time(self, who: str, *words: str, channel: str = "dm") -> str:
        """Reads it as simulated time goes on, ten seconds with each look."""

        async def found() -> str | None:
            await self.passes(advance=10)
            return await self._found(who, words, channel)

        return str(await self.waits(found, f"{who} reads {words} in {channel} in time", who))

    async def reads(self, who: str, *words: str, channel: str = "dm") -> str:
        """Waits until one message there holds all the words; the newest such message."""

        async def found() -> str | None:
            return await self._found(who, words, channel)

        return str(await self.waits(found, f"{who} reads {words} in {channel}", who))

    async def reads_last(self, who: str, *words: str, channel: str = "dm") -> str:
        """Waits until the newest message there holds all the words, and no other one does."""

        async def found() -> str | None:
            texts = await self.texts(who, channel)
            holding = [text for text in texts if all(word in text for word in words)]
            return holding[0] if holding and holding == texts[-1:] else None

        return str(await self.waits(found, f"{who} reads {words} at the end of {channel}, and only there", who))

    async def _found(self, who: str, words: tuple[str, ...], channel: str) -> str | None:
        texts = await self.texts(who, channel)
        return next((text for text in reversed(texts) if all(word in text for word in words)), None)

    async def looks_home(self, who: str, *words: str) -> Json:
        """Waits until their Home holds all the words."""

        async def found() -> Json | None:
            home = (await self.screen(who))["home"]
            return home if home and all(word in home["plain"] for word in words) else None

        home: Json = await self.waits(found, f"{who} sees {words} at Home", who)
        return home

    async def asks_and_waits(self, who: str = "mei", **answers: str) -> None:
        """Asks to join; the card stands in the admins' channel."""
        await self.asks_to_join(who, **answers)
        await self.reads("lin", "等待审批", channel="admins")

    async def is_let_in(self, who: str = "mei", **answers: str) -> None:
        """Asks, is approved and invited."""
        await self.asks_and_waits(who, **answers)
        await self.presses("lin", "批准", channel="admins")
        await self.reads("lin", "等对方", channel="admins")

    async def joins(self, who: str = "mei", until_listed: int = 180) -> None:
        """Asks, is let in, accepts, and has joined, seen so many seconds later."""
        await self.is_let_in(who)
        await self.on_coze("user", name=who, accept_invitation=True)
        await self.passes(advance=until_listed)
        await self.reads("lin", f"@{who} 已加入 ShargeAI · 已验证", channel="admins")

    async def shows_account(self, who: str, *, whose: str = "") -> None:
        """Shows by a token whose the Coze account is: their own, unless `whose` names somebody else's."""
        token = (await self.on_coze("token", name=whose or who))["token"]
        label, token_label = ("验证我的账号", "用令牌…") if who in CHINESE else ("Verify my account", "Use a token…")
        await self.presses_soon(who, label)
        await self.presses_soon(who, token_label)
        await self.sees_form(who, label)
        await self.sends(who, **{"account.token": token})

    async def proves(self, who: str = "mei") -> None:
        """Shows that the account is theirs, and closes the form."""
        await self.shows_account(who)
        await self.sees_form(who, "已验证" if who in CHINESE else "Verified")
        await self.tries("close", who=who)

    async def sees_form(self, who: str, *words: str) -> Json:
        """Waits until the form that is open holds all the words."""

        async def found() -> Json | None:
            form = (await self.screen(who))["modal"]
            return form if form and all(word in form["plain"] for word in words) else None

        form: Json = await self.waits(found, f"{who} sees a form with {words}", who)
        return form

    async def waits(self, found: Callable[[], Any], what: str, who: str = "") -> Any:
        """Asks until the answer is there; fails with what the person sees instead."""
        deadline = asyncio.get_running_loop().time() + self.patience
        while not (answer := await found()):
            if asyncio.get_running_loop().time() > deadline:
                seen = await self.screen(who) if who else {}
                raise AssertionError(f"{what}; instead: {_summary(seen)}")
            await asyncio.sleep(LOOK)
        return answer

    async def asks_to_join(self, who: str, **answers: str) -> None:
        """Fills in the form; who reads Chinese sees Chinese labels."""
        uid, nick, purpose = (
            ("用户 ID", "昵称", "想做什么") if who in CHINESE else ("user ID", "nickname", "What will")
        )
        await self.types(who, "/sharge join")
        await self.sees_form(who, "申请加入团队" if who in CHINESE else "Join ShargeAI")
        filled = {uid: self.coze["users"].get(who, "7530412083311059999"), nick: who, purpose: "念天气"}
        await self.sends(who, **{**filled, **answers})

    async def _acts(self, call: str, **body: Any) -> Json:
        self.interactions += 1
        self._has_one_card()
        return await self._must(call, body)

    async def _must(self, call: str, body: Json) -> Json:
        answer: Json = (await self._http.post(call, json=body)).json()
        assert answer["ok"], f"{call} {body}: {answer}"
        assert answer.get("status", 200) == 200, f"{call} {body}: {answer}"
        return answer


def _summary(seen: Json) -> str:
    dm = [message["plain"] for message in seen.get("dm", [])][-4:]
    rooms = {name: [m["plain"] for m in room][-2:] for name, room in seen.get("channels", {}).items()}
    return f"dm {dm}, rooms {rooms}, form {(seen.get('modal') or {}).get('plain')}, toasts {seen.get('toasts')}"


@asynccontextmanager
async def told(
    database: str,
    transport: Transport = "socket",
    settings: Mapping[str, str] | None = None,
    manifest: Json | None = None,
    start: datetime = START,
    about: Setup | None = None,
) -> AsyncIterator[Story]:
    """A fresh playground with the bot, for one story that begins at `start`.

    `settings` change the bot's, `manifest` what it may do, `about` all that the playground is told.
    """
    about = replace(setup(), manifest=manifest) if manifest else about
    with Compared() as compared:
        async with demo(Options(transport=transport, start=start), database, settings, about) as playground:
            await compared.once()
            ready = playground.ready()
            async with httpx.AsyncClient(base_url=ready["human"], timeout=30, trust_env=False) as http:
                story = Story(http, ready, playground)
                story.database = database
                yield story
                await story.ends()


class Compared(logging.Handler):
    """Hears from the log when a bot has compared its settings: what a story breaks later is not spent on that."""

    def __init__(self) -> None:
        super().__init__()
        self._done, self._loop = asyncio.Event(), asyncio.get_running_loop()

    def __enter__(self) -> Self:
        PREFLIGHT.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        PREFLIGHT.removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """It is the last thing that is said of it."""
        if "were compared" in record.getMessage():
            self._loop.call_soon_threadsafe(self._done.set)

    async def once(self) -> None:
        """Wait for it."""
        assert self in PREFLIGHT.handlers, "it hears nothing outside its block"
        try:
            await asyncio.wait_for(self._done.wait(), OVERTAKEN)
        except TimeoutError:
            assert not self._done.is_set()  # something hangs on purpose: the story goes on without
