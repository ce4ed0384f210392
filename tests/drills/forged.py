"""Forged and edited actions by people who may not: none succeeds, and the books count every one.

`python -m tests.drills.forged --count N --seed S` runs it by hand, `--database postgresql` on a database there. Mei
has asked to join, recorded a token, begun a guide and asked for help in it. Seven kinds of people then send what no
button of theirs holds: by every route of the router's table, about her rows, rows that there are not, and garbage.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.clock import utc_now
from bot.core.people import Standing
from bot.demo.cast import ADMIN_GROUP
from bot.slack.router import Access, Owner, Route
from bot.slack.words import PAGE
from bot.store.tables import (
    audit,
    bucket,
    credential_,
    guide_,
    job,
    link,
    message,
    person,
    publication,
    refusal,
    report_,
    request,
    secret,
)
from tests.databases import KINDS, fresh
from tests.slack.bot import LIN, MEI, TEAM, TOM, Bot, Json, awake

CANARY = "a museum that nobody else reads of"
UID, PAGE_ADDRESS = "7530412083311050001", "https://www.coze.cn/space/7530498800217600004/bot/7530412083311059999"
GARBAGE = ("", "x", "9" * 30, "77", "77:a1", "next:77:a1", "off:77", "-1", "1 or 1=1", "\0", "approve:join", "../1")
AUTHORITY = "person.authority"  # what Slack says of whoever tries, which the audit keeps
KEPT = (audit, request, credential_, guide_, publication, report_, secret, link)
WANG, GUEST, STRANGER, GONE, ROBOT = "U0WANG", "U0GUEST", "U0STRANGER", "U0GONE", "U0ROBOT"
OUTSIDE = {
    "guest": (GUEST, Standing.GUEST),
    "stranger": (STRANGER, Standing.STRANGER),
    "deactivated": (GONE, Standing.DEACTIVATED),
    "bot": (ROBOT, Standing.BOT),
}
ACTORS = ("demoted admin", "another member", *OUTSIDE, "unknown id")
FILLED = {
    **{"join.uid": UID, "join.nick": "n", "join.purpose": "p", "join.email": "a@b.cn", "join.answer": "some words"},
    **{
        "join.question": "some words",
        "join.reason": "some words",
        "guide.words": "some words",
        "credential.name": "n",
    },
    **{
        "guide.name": "n",
        "guide.address": "https://www.coze.cn/space/1/bot/2",
        "guide.app_id": "1",
        "guide.kid": "k",
        "freeze.reason": "some words",
        "seats.total": "100",
        "publish.off_reason": "some words",
        "publish.question": "some words",
        "backup.person": LIN,
        "review.reason": "some words",
        "review.question": "some words",
        "review.answer": "some words",
    },
}
"""What a form holds, so that nothing but the right to send it is missing."""


@dataclass
class Tally:
    """What came of it."""

    database: str
    seed: int
    sent: Counter[str] = field(default_factory=Counter)
    counted: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    succeeded: list[str] = field(default_factory=list)
    read_out: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    notices: int = 0

    @property
    def is_fine(self) -> bool:
        """Nothing succeeded, and each is in the books."""
        return not (self.succeeded or self.read_out or self.unanswered) and self.counted == self.sent.total()

    def __str__(self) -> str:
        actors = ", ".join(f"{name} {count}" for name, count in self.sent.items())
        reasons = ", ".join(f"{name} {count}" for name, count in self.reasons.most_common())
        return (
            f"{self.database}, N {self.sent.total()}, seed {self.seed} ({actors}): succeeded {len(self.succeeded)}, "
            f"read out {len(self.read_out)}, not answered {len(self.unanswered)}; counted {self.counted} in "
            f"{self.rows} rows ({reasons}); notices {self.notices}"
        )


class Forgers:
    """Those who try, and the bot that they try it on."""

    def __init__(self, bot: Bot, dice: random.Random, tally: Tally) -> None:
        self._bot, self._dice, self.tally = bot, dice, tally
        router = bot.app.router
        counted = [route for route in router.routes if route.name not in router.menus]  # what is typed there is not
        self._routes = [route for route in counted if route.access is not Access.ANYONE]

    async def tries(self, number: int) -> None:
        """One action of one of them; what waits for Slack is done at once."""
        actor = ACTORS[number % len(ACTORS)]
        who = await self._who(actor, number)
        route = self._dice.choice(list(self._open_to(actor)))
        what = f"{actor} {route.kind} {route.name}"
        self.tally.sent[actor] += 1
        reply = await self._bot.delivered(self._payload(who, route))
        if reply.status != 200:
            self.tally.unanswered.append(f"{what}: {reply.status}")
        if CANARY in str(reply.body) or "private_metadata" in str(reply.body).replace("'private_metadata': ''", ""):
            self.tally.read_out.append(what)
        if actor == "unknown id" and route.kind == "form" and reply.after:
            await reply.after()  # Slack is asked; whatever else follows an ack would only tell them so
        for waiting in await self._bot.waiting():
            await self._bot.app.job_runner._handlers[waiting.kind](waiting)
        async with self._bot.app.db.write() as tx:
            await tx.conn.execute(job.delete().where(job.c.kind.in_(("request", "gone"))))
            await tx.conn.execute(bucket.delete())  # their pace is not what is tried

    async def _who(self, actor: str, number: int) -> str:
        """Their id. Of the demoted admin the bot still believes that they are one, as it did an hour ago."""
        match actor:
            case "demoted admin":
                await self._bot.knows(WANG, admin=True)
                async with self._bot.app.db.write() as tx:
                    old = person.update().where(person.c.user_id == WANG)
                    await tx.conn.execute(old.values(seen_at=utc_now() - timedelta(hours=1)))
                return WANG
            case "another member":
                return TOM
            case "unknown id":
                return f"U0NOBODY{number}"
        return OUTSIDE[actor][0]

    def _open_to(self, actor: str) -> Iterator[Route]:
        """What this actor has no right to: for a member the admins' routes, mei's rows and what there is not."""
        for route in self._routes:
            ours = route.access is Access.ADMIN or (route.owner is Owner.OWN and route.kind != "command")
            if actor not in ("demoted admin", "another member") or ours:
                yield route
        yield Route("press", "no.button", self._routes[0].handler, Access.MEMBER, fresh=False, owner=Owner.OWN)
        yield Route("form", "no.form", self._routes[0].handler, Access.MEMBER, fresh=False, owner=Owner.OWN)

    def _payload(self, who: str, route: Route) -> Json:
        body: Json = {"team_id": TEAM, "api_app_id": self._bot.slack.main_app.id, "trigger_id": self._bot.trigger()}
        elsewhere = {"response_url": "https://elsewhere.example/x"}  # no answer is posted
        value = self._value(route)
        if route.kind == "command":
            words = PAGE_ADDRESS if route.name == PAGE else f"{route.name} {value}"
            return {**body, **elsewhere, "command": "/sharge", "text": words, "user_id": who}
        body |= {"team": {"id": TEAM}, "user": {"id": who}}
        if route.kind == "press":
            action = {"type": "button", "block_id": "b", "action_id": route.name, "value": value}
            return {**body, **elsewhere, "type": "block_actions", "actions": [action]}
        values: Json = {block: {"value": {"value": typed}} for block, typed in FILLED.items()}
        now = int(self._bot.app.clock.now().timestamp())
        values["credential.created"] = {"value": {"selected_date_time": now}}
        values["join.assignee"] = {"value": {"selected_option": {"text": {"text": "Lin"}, "value": LIN}}}
        view: Json = {"id": "V1", "type": "modal", "callback_id": route.name, "private_metadata": value}
        view |= {"blocks": [{"type": "input", "block_id": block} for block in values], "state": {"values": values}}
        return {**body, "type": "view_submission", "view": view}

    def _value(self, route: Route) -> str:
        """Mei's row as the button holds it, most often; else a row that there is not, or garbage."""
        step = {"guide.report": "stuck:1:a1", "guide.more": "back:1:a1"}.get(route.name, "1:a1")
        mine = (
            step if route.name.startswith("guide.") and route.name not in ("guide.resume", "guide.glasses") else "1"
        )
        mine = {
            "join.approve": "1:1",
            "join.more": "assign:1",
            "remind.more": "off:1",
            "publish.more": "check:1",
        }.get(route.name, mine)
        wrong = [each for each in GARBAGE if each or route.name not in ("credential.record", "remind.renew")]
        return mine if self._dice.random() < 0.6 else self._dice.choice(wrong)


async def lived(bot: Bot) -> None:
    """Mei has rows of nearly every kind; everybody is known as what they are."""
    await bot.knows(MEI)
    await bot.knows(TOM)
    for user_id, standing in OUTSIDE.values():
        await bot.knows(user_id, standing=standing)
    bot.slack.workspace.usergroups[ADMIN_GROUP].discard(WANG)
    asked = {"join.uid": UID, "join.nick": "mei", "join.purpose": CANARY}
    await bot.sends(MEI, "join.ask", "", asked)
    await bot.presses(MEI, "guide.route", "pat")
    await bot.sends(MEI, "guide.report", "stuck:1:a1", {"guide.words": CANARY})
    now = int(bot.app.clock.now().timestamp())
    values: Json = {"credential.name": {"value": {"value": CANARY[:30]}}}
    values["credential.created"] = {"value": {"selected_date_time": now}}
    view = {
        "id": "V1",
        "type": "modal",
        "callback_id": "credential.record",
        "blocks": [],
        "state": {"values": values},
    }
    await bot.sends(MEI, "credential.record", "", {}, view=view)
    await bot.does("DELETE FROM job")  # what is to be done for her; whatever stands there later is somebody's doing
    assert len(await bot.rows(credential_)) == len(await bot.rows(report_)) == len(await bot.rows(request)) == 1


async def matters(bot: Bot) -> list[Any]:
    """Everything that an action might change: facts, cards and what is to be done, but for what tells of refusals."""
    told = {row["id"] for row in await bot.rows(message) if row["subject"].startswith("refusal:")}
    cards = [row for row in await bot.rows(message) if row["id"] not in told]
    jobs = [(row["kind"], row["subject"], row["generation"]) for row in await bot.rows(job)]
    planned = [each for each in jobs if each[0] != "draw" or each[1] not in map(str, told)]
    rows = [[each for each in await bot.rows(table) if each.get("action") != AUTHORITY] for table in KEPT]
    everything: list[list[Any]] = [*rows, cards, planned]
    return [sorted(map(repr, rows)) for rows in everything]


async def drill(database: str, count: int, seed: int) -> Tally:
    """So many actions; the same for the same seed."""
    tally = Tally(database.partition(":")[0], seed)
    async with awake(database) as bot:
        await lived(bot)
        before = await matters(bot)
        forgers = Forgers(bot, random.Random(seed), tally)  # noqa: S311 (a drill)
        for number in range(count):
            await forgers.tries(number)
            if number % 25 == 24 or number == count - 1:
                now = await matters(bot)
                if now != before:
                    tally.succeeded.append(f"among the {number + 1}")
                    before = now
        for row in await bot.rows(refusal):
            tally.counted += row["count"]
            tally.reasons[row["reason"]] += row["count"]
            tally.rows += 1
        tally.notices = sum(row["subject"].startswith("refusal:") for row in await bot.rows(message))
    return tally


def main() -> int:
    """Exit code 1 where anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills.forged", description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=KINDS, default="sqlite", help="PostgreSQL needs TEST_DATABASE_URL")
    given = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, fresh(given.database, Path(folder)) as url:
        tally = asyncio.run(drill(url, given.count, given.seed))
    print(f"{tally} ({time.monotonic() - began:.0f} s)")
    for each in [*tally.succeeded, *tally.read_out, *tally.unanswered][:10]:
        print(each, file=sys.stderr)
    return 0 if tally.is_fine else 1


if __name__ == "__main__":
    sys.exit(main())
