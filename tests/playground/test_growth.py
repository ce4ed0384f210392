"""What a deed, a look or an update costs is not more after a long talk: the work is counted, not timed."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from types import FrameType
from typing import Any

import httpx
import pytest
from slack_bolt.app.async_app import AsyncApp

from bot.playground.server import Playground
from bot.playground.world.chat import Message
from bot.playground.world.conversation import Conversation

from .conftest import Connect
from .slack.samples import BUTTONS

Json = dict[str, Any]
Deed = Callable[[], Awaitable[Any]]

FEW, MORE = 130, 1000  # commands before the first count and until the second; a page shows 120 messages
TURN = 1.5  # bytecodes for each message that came in between: a search grows by less, the shortest loop by more
OURS = "bot/playground/"


class Work:
    """Counts the bytecodes that the playground runs while the block lasts, whichever task runs them."""

    def __init__(self) -> None:
        self.done = 0
        self._before: Any = None

    def __enter__(self) -> "Work":
        self._before = sys.gettrace()
        sys.settrace(self._call)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(self._before)

    def _call(self, frame: FrameType, _event: str, _: Any) -> Any:
        if OURS not in frame.f_code.co_filename:
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return self._count

    def _count(self, _frame: FrameType, event: str, _: Any) -> Any:
        self.done += event == "opcode"
        return self._count


def listeners(app: AsyncApp) -> None:
    """A command that answers for the person alone, as the bot does; everything else is acknowledged."""

    @app.command("/echo")
    async def echo(ack: Any, command: Json) -> None:
        await ack(text=command["text"], blocks=BUTTONS)

    @app.action("more")
    @app.event("message")
    async def taken(ack: Any) -> None:
        await ack()


@pytest.fixture
async def page(playground: Playground) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without a screen, with mei's messages with the app at the left."""
    headers = {"HX-Request": "true", "HX-Current-URL": f"{playground.url}?lang=en"}
    async with httpx.AsyncClient(base_url=playground.url, headers=headers, trust_env=False, timeout=30) as client:
        yield client


async def test_a_long_talk_costs_no_more(
    playground: Playground, human: httpx.AsyncClient, page: httpx.AsyncClient, connect: Connect
) -> None:
    await connect(playground, "socket", listeners)

    async def talks(times: int) -> None:
        for number in range(times):
            answer = await playground.human.command("mei", f"/echo number {number}")
            assert answer["ok"]

    async def taken(answer: Awaitable[httpx.Response]) -> None:
        assert (await answer).is_success

    deeds: dict[str, Deed] = {
        "a command": lambda: taken(human.post("command", json={"who": "mei", "text": "/echo hello"})),
        "a message": lambda: taken(human.post("say", json={"who": "mei", "text": "hello"})),
        "a press": lambda: taken(human.post("click", json={"who": "mei", "label": "Later"})),
        "an update of the page": lambda: taken(page.get("/page/parts")),
        "new calls": lambda: taken(human.get("calls", params={"since": str(next(playground.workspace.numbers))})),
        "the newest on the screen": lambda: taken(human.get("screen", params={"who": "mei", "newest": "20"})),
        "the history": lambda: history(playground),
    }
    counts: dict[str, list[int]] = {name: [] for name in deeds}
    for talk in (FEW, MORE):
        await talks(talk)
        for name, deed in deeds.items():
            await deed()  # what is drawn once is drawn now
            counts[name].append(min([await counted(deed) for _ in range(3)]))  # the others met other work
    assert all(few > 100 for few, _ in counts.values()), counts
    assert {name: both for name, both in counts.items() if both[1] - both[0] > TURN * MORE} == {}


async def counted(deed: Deed) -> int:
    """The work of one deed."""
    with Work() as work:
        await deed()
    return work.done


async def history(playground: Playground) -> None:
    """What an app asks when it looks for its last message."""
    app, url = playground.main_app, f"{playground.url}api/conversations.history"
    channel = playground.workspace.dm(app, playground.workspace.person("mei").id).id
    headers = {"Authorization": f"Bearer {app.bot_token}"}
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(url, data={"channel": channel, "limit": "20"}, headers=headers)
    assert answer.json()["ok"]


def test_failures_do_not_pile_up(playground: Playground) -> None:
    for number in range(10_000):
        playground.workspace.toast("U0MEI", "timeout", f"/echo {number}")
    assert len(playground.workspace.toasts) <= 4000
    assert playground.workspace.toasts[-1].about == "/echo 9999"


def said(number: int, **more: Any) -> Message:
    """A message of the app."""
    return Message(f"{1_700_000_000 + number}.000001", "C1", "U0APP", str(number), **more)


def test_a_conversation_shows_each_person_theirs() -> None:
    """Whether somebody has looked before the messages came or looks for the first time now."""
    talk = Conversation()
    talk.seen_by("U1")
    own = said(4)
    own.user = "U1"
    reply = said(3, thread_ts=said(1).ts)
    for message in (said(1), said(2, only_for="U1"), reply, own, said(5, only_for="U2")):
        talk.add(message)
    for user in ("U1", "U2", ""):
        seen = talk.seen_by(user)
        fresh = Conversation()
        for message in talk:
            fresh.add(message)
        assert seen == fresh.seen_by(user)
    assert [m.text for m in talk.seen_by("U1").roots] == ["1", "2", "4"]
    assert [m.text for m in talk.seen_by("U2").all] == ["1", "3", "4", "5"]
    assert talk.seen_by("U1").replies == {said(1).ts: [reply]}
    assert (talk.seen_by("U1").after(said(1).ts), talk.seen_by("U1").first_after(said(1).ts)) == (2, said(2).ts)
    talk.remove(reply)
    assert talk.seen_by("U1").replies == {said(1).ts: []}
    assert talk.find(said(3).ts) is None
    with pytest.raises(ValueError, match="no message"):
        talk.remove(reply)


def test_a_message_that_comes_late_takes_its_place() -> None:
    talk = Conversation()
    for number in (1, 3, 2):
        talk.add(said(number))
        talk.seen_by("U1")
    assert [m.text for m in talk] == [m.text for m in talk.seen_by("U1").all] == ["1", "2", "3"]
