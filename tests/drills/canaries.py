"""Secrets typed wherever people can type: none is found anywhere outside the field that asked for it.

`python -m tests.drills.canaries --rounds N --seed S` runs it by hand, `--database postgresql` on a database there.
The places are all inputs of all forms, what each form and button brings along, each command and its arguments,
messages, files, profiles, and names on Coze. Each gets a secret of its own: a token of Coze or Slack, a private key
with or without its first line, an assertion; plain, torn apart, in full-width letters, in percent signs, with
invisible signs in it. Then all rows, all that Slack and Home were sent, and all log lines are read.
"""

import argparse
import asyncio
import json
import logging
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bot.logs import FLOORS
from bot.slack.fields import question_of
from bot.slack.router import Access, Route
from bot.store.database import Database, metadata
from tests.databases import KINDS, fresh
from tests.drills.mint import Canary, Mint, fold
from tests.drills.payloads import FORM, JSON, Post, heard, sending
from tests.slack.routes import routes
from tests.slack.views.samples import MEI, ORDINARY, samples
from tests.slack.views.samples_join import all_of_them
from tests.stories.story import Story, told

Json = dict[str, Any]
UNSAID = {"response_url": "https://elsewhere.example/x"}  # an answer to which is not sent: Slack takes one a second
OF_TOM = ("join.edit", "join.answer", "join.question", "join.decline", "join.assign")
WHO = {"join.edit": "U0TOM", "join.answer": "U0TOM", "join.ask": "U0WANG"}
FILLED = {
    **{"join.uid": "7530412083311050099", "join.nick": "n", "join.purpose": "p", "join.email": "a@b.cn"},
    **{"guide.address": "https://www.coze.cn/space/1/bot/2", "guide.app_id": "1178531043225", "guide.kid": "k" * 43},
    **{"keep.app_id": "1178531043225", "keep.fingerprint": "k" * 43, "check.app_id": "", "check.kid": ""},
}
"""What a form holds beside a secret, so that nothing but the secret stands in its way."""


@dataclass
class Tally:
    """What came of it."""

    database: str
    seed: int
    planted: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    found: list[str] = field(default_factory=list)

    @property
    def is_fine(self) -> bool:
        """None was found, and everything was answered."""
        return not self.found and set(self.statuses) == {200}

    def __str__(self) -> str:
        kinds = ", ".join(f"{kind} {count}" for kind, count in self.planted.most_common())
        return (
            f"{self.database}, seed {self.seed}: {self.planted.total()} places ({kinds}); "
            f"answered {dict(self.statuses)}, refused at once {self.refused}; found outside {len(self.found)}"
        )


class Heard(logging.Handler):
    """All that is logged, as it was handed over, but for what the playground and libraries below their floor say."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        floor = next((level for name, level in FLOORS.items() if record.name.startswith(name)), logging.NOTSET)
        if record.levelno >= floor and not record.name.startswith(("bot.playground", "uvicorn", "websockets")):
            self.lines.append(f"{self.format(record)} {vars(record)!r}")


def inputs() -> dict[str, dict[str, str]]:
    """Of each form, by its name, the inputs by block id, each with its kind of element."""
    found: dict[str, dict[str, str]] = {}
    for _, surface, view in (*samples(MEI, ORDINARY), *all_of_them(MEI, ORDINARY)):
        if surface == "modal":
            blocks = [block for block in view["blocks"] if block["type"] == "input"]
            kinds = {question_of(block["block_id"]): block["element"]["type"] for block in blocks}
            found.setdefault(view["callback_id"], {}).update(kinds)
    return found


class Planter:
    """Types secrets everywhere."""

    def __init__(self, story: Story, post: Post, mint: Mint, tally: Tally, step: str) -> None:
        self._story, self._post, self._mint, self.tally, self._step = story, post, mint, tally, step
        self._numbers = iter(range(10**9))
        self.canaries: list[Canary] = []
        slack = story.ready["slack"]
        self._shared = {"team_id": slack["team_id"], "api_app_id": slack.get("app_id", "A1")}
        self._dm = "D0ANY"

    def plant(self, kind: str, place: str, *, asked: bool = False) -> str:
        """A new secret for this place; what is to be typed."""
        canary = self._mint.token(place) if asked else self._mint.at(place)
        self.canaries.append(canary)
        self.tally.planted[kind] += 1
        return canary.text

    async def forms(self, found: list[Route]) -> None:
        """Each input of each form, and what it brings along."""
        known = inputs()
        for route in found:
            blocks = known.get(route.name, {})
            who = WHO.get(route.name, "U0LIN" if route.access is Access.ADMIN else "U0MEI")
            for block, element in blocks.items():
                asked = block in route.secrets
                for how in ("typed", "shown") if "select" in element else ("typed",):
                    text = self.plant("asked for" if asked else "input", f"form {route.name} {block}", asked=asked)
                    values = {**self._filled(blocks), block: _entered(element, text, how)}
                    await self._sends(who, route.name, self._about(route.name), values)
            values = self._filled(blocks)
            metadata = f"{self._about(route.name)} {self.plant('metadata', f'metadata {route.name}')}"
            await self._sends(who, route.name, metadata, values)

    def _filled(self, blocks: Mapping[str, str]) -> Json:
        """The form as it would be taken, but for what is planted in it."""
        values = {each: _entered(kind, FILLED.get(each, "some words")) for each, kind in blocks.items()}
        if "credential.created" in values:
            now = int(self._story.world.clock.now().timestamp())
            values |= {
                "credential.created": {"value": {"selected_date_time": now}},
                "credential.until": {"value": {}},
            }
            values |= {"credential.lifetime": _entered("radio_buttons", "30"), "credential.last4": {"value": {}}}
        return values

    async def presses(self, found: list[Route]) -> None:
        """What each button carries, and what stands in the form around it."""
        for route in found:
            value = f"1 {self.plant('button', f'button {route.name}')}"
            await self._interacts("U0MEI", {**_press(route.name, value), **UNSAID})
        for route in found[:20]:
            typed = {"join.nick": _entered("plain_text_input", self.plant("around", f"around {route.name}"))}
            view = {"id": "V1", "type": "modal", "callback_id": "join.ask", "blocks": []} | {
                "state": {"values": typed}
            }
            await self._interacts("U0MEI", {**_press(route.name, "1"), "view": view, **UNSAID})

    async def commands(self, found: list[Route]) -> None:
        """A secret for a command, and behind each."""
        texts = [self.plant("command", "command")]
        texts += [f"{route.name} {self.plant('command', f'command {route.name}')}" for route in found]
        for text in texts:
            body = {**self._shared, "command": "/sharge", "text": text, "user_id": "U0MEI"}
            await self._sent(FORM, urlencode({**body, "trigger_id": self._trigger()}).encode())

    async def events(self) -> None:
        """Messages of all sorts, files, a profile."""
        said = {"type": "message", "channel_type": "im", "channel": self._dm, "user": "U0MEI"}
        file = {"name": "a.txt", "title": "a", "preview": ""}
        for number in range(3):
            await self._event({**said, "text": self.plant("message", f"message {number}")})
            await self._event({**said, "channel_type": "group", "text": self.plant("message", f"channel {number}")})
        await self._event({**said, "text": self.plant("message", "thread"), "thread_ts": "1.1"})
        await self._event({**said, "type": "app_mention", "text": self.plant("message", "mention")})
        edited = {"user": "U0MEI", "text": self.plant("message", "edited")}
        await self._event(
            {**said, "subtype": "message_changed", "message": edited, "previous_message": {"text": "a"}}
        )
        for part in file:
            one = {**file, part: self.plant("file", f"file {part}")}
            await self._event({**said, "text": "", "subtype": "file_share", "files": [one]})
        for part, event in (("display_name", "user_change"), ("name", "team_join")):
            text = self.plant("profile", f"profile {part}")
            user = {"id": "U0TOM", "team_id": self._shared["team_id"], "name": "tom", "profile": {"display_name": ""}}
            user |= {"profile": {"display_name": text}} if part == "display_name" else {"name": text}
            await self._event({"type": event, "user": user})

    async def on_coze(self) -> None:
        """Names that somebody gives things there: an agent, an account, a workspace."""
        state = self._story.world.coze.state
        mei = self._story.coze["users"]["mei"]
        name = self._mint.at("agent's name", plain=True)
        state.add_bot(name.text[:300], self._story.space, mei)
        state.users[mei].name = (nick := self._mint.at("nickname", plain=True)).text[:300]
        self.canaries += [name, nick]
        self.tally.planted["name on Coze"] += 2
        await self._story.types("mei", "/sharge publish")
        await self._story.sees_form("mei", "确认发布")
        await self._story.sends("mei")
        await self._story.tries("close", who="mei")
        await self._story.types("mei", "/sharge check")
        await self._story.sends("mei", **{"check.text.value": self._story.coze["pats"]["mei"]})
        await self._story.reads("mei", "令牌可用")

    def _about(self, name: str) -> str:
        """The row that the form is about, as its button gave it."""
        if name == "guide.report":
            return f"stuck:1:{self._step}"
        rows = {"credential.keep": "token", "credential.record": "", "join.ask": "", **dict.fromkeys(OF_TOM, "2")}
        return f"1:{self._step}" if name.startswith("guide.") else rows.get(name, "1")

    async def _sends(self, who: str, name: str, metadata: str, values: Json) -> None:
        blocks = [{"type": "input", "block_id": block} for block in values]
        view: Json = {"id": "V1", "type": "modal", "callback_id": name, "private_metadata": metadata}
        view |= {"blocks": blocks, "state": {"values": values}}
        await self._interacts(who, {"type": "view_submission", "view": view})

    async def _interacts(self, who: str, payload: Json) -> None:
        whole = {**self._shared, "user": {"id": who}, "trigger_id": self._trigger(), **payload}
        whole["team"] = {"id": self._shared["team_id"]}
        await self._sent(FORM, urlencode({"payload": json.dumps(whole)}).encode())

    async def _event(self, event: Json) -> None:
        body = {**self._shared, "type": "event_callback", "event_id": f"Ev{self._trigger()}", "event": event}
        await self._sent(JSON, json.dumps(body).encode())

    async def _sent(self, content_type: str, body: bytes) -> None:
        answer = await self._post(content_type, body)
        self.tally.statuses[answer.status_code] += 1
        self.tally.refused += "没有保存" in answer.text or "response_action" in answer.text
        if any(canary.needle in fold(answer.text) for canary in self.canaries[-1:]):
            self.tally.found.append(f"the answer to {self.canaries[-1].place}")

    def _trigger(self) -> str:
        return f"{next(self._numbers)}.c"


def _press(name: str, value: str) -> Json:
    action = {"type": "button", "block_id": "b", "action_id": name, "value": value}
    return {"type": "block_actions", "actions": [action], "container": {"type": "message", "channel_id": "D1"}}


def _entered(element: str, text: str, how: str = "typed") -> Json:
    """What Slack delivers of an input of this kind."""
    option = {"value": text, "text": {"text": "one"}} if how == "typed" else {"value": "1", "text": {"text": text}}
    match element:
        case "checkboxes":
            return {"value": {"selected_options": [option]}}
        case "static_select" | "radio_buttons":
            return {"value": {"selected_option": option}}
    return {"value": {"type": "plain_text_input", "value": text}}


async def _begun(story: Story) -> str:
    """Mei is in the team, and has a row of nearly every kind; the step at which her guide is."""
    await story.joins()
    await story.proves("mei")
    await story.types("mei", "/sharge remind add")
    await story.sends("mei", 名字="试用")
    await story.reads("mei", "「试用」已登记")
    await story.types("mei", "/sharge start")
    await story.presses_soon("mei", "先试试")
    await story.reads("mei", "第 1 步，共 5 步")
    await story.asks_to_join("tom")
    await story.reads("lin", "@tom", "等待审批", channel="admins")
    for who in ("lin", "wang"):
        await story.types(who, "/sharge status")
    await story.presses("lin", "问", channel="admins")
    await story.sees_form("lin", "@tom")
    await story.sends("lin", 问题="哪个馆？")
    await story.reads("tom", "哪个馆？")
    return "a1"


async def _read(story: Story, url: str, lines: list[str]) -> Mapping[str, str]:
    """All that is stored, sent and logged, folded, by where it stands."""
    db = Database(url)
    async with db.read() as conn:
        rows = {
            f"table {table.name}": repr((await conn.execute(table.select())).all())
            for table in metadata.sorted_tables
        }
    await db.close()
    calls = (await story._http.get("calls")).json()["calls"]
    sent = {f"Slack {call['method']}": "" for call in calls}
    for call in calls:
        sent[f"Slack {call['method']}"] += json.dumps(call, ensure_ascii=False)
    everything = {**rows, **sent, "the log": "\n".join(lines)}
    return {where: fold(text) for where, text in everything.items()}


async def drill(database: str, folder: Path, rounds: int, seed: int) -> Tally:
    """So many times each place, with other secrets each time; the same for the same seed."""
    tally = Tally(database.partition(":")[0], seed)
    mint, log = Mint(random.Random(seed)), Heard()  # noqa: S311 (no secrets)
    with fresh("sqlite", folder) as other:
        table = await routes(other)
    of_kind = {kind: [route for route in table if route.kind == kind] for kind in ("command", "press", "form")}
    async with told(database, "http") as story:
        story.patience = 60.0
        step = await _begun(story)
        logging.getLogger("bot").setLevel(logging.DEBUG)
        with heard(log):
            async with sending(story) as post:
                planter = Planter(story, post, mint, tally, step)
                for _ in range(rounds):
                    await planter.forms(of_kind["form"])
                    await planter.presses(of_kind["press"])
                    await planter.commands(of_kind["command"])
                    await planter.events()
                await planter.on_coze()
            await story.passes(advance=1)
            for who in ("mei", "lin"):
                await story.tries("home", who=who)
                await story.looks_home(who)
        read = await _read(story, database, log.lines)
    for canary in planter.canaries:
        tally.found += [f"{where}: {canary.place}" for where, text in read.items() if canary.needle in text]
    return tally


def main() -> int:
    """Exit code 1 where anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills.canaries", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=KINDS, default="sqlite", help="PostgreSQL needs TEST_DATABASE_URL")
    given = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, fresh(given.database, Path(folder)) as url:
        tally = asyncio.run(drill(url, Path(folder), given.rounds, given.seed))
    print(f"{tally} ({time.monotonic() - began:.0f} s)")
    for each in tally.found[:20]:
        print(each, file=sys.stderr)
    return 0 if tally.is_fine else 1


if __name__ == "__main__":
    sys.exit(main())
