"""What `soak` looks at in the end: everything was done once, and what stands in the chat is what rows say."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.core.credential import Credential
from bot.core.join import JoinState
from bot.core.publish import PublicationState
from bot.core.remind import DAYS, ENDED, Timetable
from bot.demo.cast import ADMINS, CONNECTOR_ID, TEAM
from bot.playground.slack.reading import Reading
from bot.playground.world.chat import Message
from bot.store import job as jobs
from bot.store.message import CARD
from bot.store.operator_tables import setting_change
from bot.store.tables import audit, credential_, job, message, publication, request
from bot.workdays import WorkCalendar
from tests.command import command
from tests.stories.one_card import doubled

if TYPE_CHECKING:
    from tests.drills.soak import Soak
ZONE = "Asia/Shanghai"  # of all who record a token
KEYS = {ENDED, *(f"t{days}" for days in DAYS)}
ONCE = ("join.ask", "join.approved", "join.invite", "join.declined", "join.withdrawn", "publish.submitted")
"""What audit says at most once of each matter."""
REQUESTS = {
    JoinState.INVITED: "等对方",
    JoinState.JOINED: "已加入 ShargeAI",
    JoinState.DECLINED: "已拒绝",
    JoinState.WITHDRAWN: "已撤回",
}
"""What the admins' card says of a request."""
PUBLICATIONS = {
    PublicationState.REVIEWING: "审核中",
    PublicationState.ONLINE: "已上线",
    PublicationState.REJECTED: "再发布一次",
}
"""What the author's card says."""
ON_COZE = {PublicationState.ONLINE: "online", PublicationState.REJECTED: "rejected"}
OF_THE_DAY = re.compile(r"还有 \d+ 天|上次查 [^·]*")
"""What a message says of the day on which it was drawn, and is not drawn again for."""
PATIENCE = 600  # looks, a second apart


async def look(soak: "Soak", env: dict[str, str], folder: Path) -> None:
    """All of it; what is wrong stands in the tally."""
    await deeds(soak)
    await posts(soak)
    await reminders(soak)
    await words(soak)
    await drawn_anew(soak)
    pairs = doubled(soak.playground.workspace, soak.server.url)
    soak.tally.doubled += [f"two messages with buttons about one matter: {pair}" for pair in pairs]
    said = await asyncio.to_thread(command, folder, "audit", "verify", env=env)
    if said.returncode:
        soak.tally.lost.append(f"audit verify: {said.stdout}{said.stderr}")
    else:
        soak.tally.ends[f"audit: {said.stdout.strip()[:60]}"] += 1


async def deeds(soak: "Soak") -> None:
    """One decision, one invitation and one publication each, in the books and on Coze; no work has died."""
    tally, state = soak.tally, soak.playground.coze.state
    async with soak.db.read() as conn:
        lines = Counter(map(tuple, await conn.execute(select(audit.c.subject, audit.c.action))))
        asked = (await conn.execute(select(request))).all()
        published = (await conn.execute(select(publication).where(publication.c.submitted_at.is_not(None)))).all()
        dead = (await conn.execute(select(job.c.kind, job.c.subject, job.c.last_error).filter_by(state="dead"))).all()
        values = Counter((await conn.execute(select(setting_change.c.after))).scalars())
    tally.lost += [f"dead: {tuple(row)}" for row in dead]
    for (subject, action), times in lines.items():
        if action in ONCE:
            tally.count(f"{action} of {subject}", times, 1)
    for value, times in values.items():
        tally.count(f"answer_hours set to {value}", times, 1)
    lived = Counter[str]()
    for end, times in tally.ends.items():
        lived[end.partition(":")[0]] += times
    tally.count("requests", len(asked), lived["joins"])
    tally.count("changes of a setting", values.total(), lived["sets"])
    tally.doubled += [f"{user} asked {times} times" for user, times in _several(row.user_id for row in asked)]
    tally.doubled += [f"{uid} is twice in requests" for uid, _ in _several(row.coze_uid for row in asked)]
    space = state.find_workspace(TEAM)
    ours = {user.id for user in state.users.values() if user.id.startswith("75304120833000")}
    invited = {row.coze_uid for row in asked if row.state in (JoinState.INVITED, JoinState.JOINED)}
    there = (space.members.keys() | space.invitations.keys()) & ours
    tally.lost += [f"{uid} is not on Coze" for uid in invited - there]
    tally.doubled += [f"{uid} is on Coze, and nobody has let them in" for uid in there - invited]
    for row in asked:
        tally.ends[f"request {row.state.value}"] += 1
        for action in _lines_of(row.state):
            tally.count(f"{action} of join:{row.id}", lines[f"join:{row.id}", action], 1)
    versions = {agent.id: len(agent.versions) for agent in state.bots.values() if agent.versions}
    for agent, times in versions.items():
        tally.count(f"versions of {agent} on Coze", times, 1)
    good = Counter(row.agent_id for row in published if row.version)
    tally.lost += [f"{agent} is published, and no row knows" for agent in versions.keys() - good.keys()]
    for row in published:
        tally.ends[f"publication {row.state.value}"] += 1
        wanted, on_coze = ON_COZE.get(row.state), state.bots[row.agent_id].publications.get(CONNECTOR_ID)
        if wanted and (on_coze is None or on_coze.state != wanted):
            tally.lost.append(f"{row.agent_id} is {row.state.value}, on Coze {on_coze}")


def _lines_of(state: JoinState) -> tuple[str, ...]:
    """What audit must say once of a request that stands there."""
    ends = {JoinState.DECLINED: ("join.declined",), JoinState.WITHDRAWN: ("join.withdrawn",)}
    return ("join.ask", *ends.get(state, ("join.approved", "join.invite")))


def _several(values: Iterable[str]) -> list[tuple[str, int]]:
    return [(value, times) for value, times in Counter(values).items() if times > 1]


async def posts(soak: "Soak") -> None:
    """What rows have posted stands in the chat once, and nothing else does."""
    found = Counter[int]()
    for each in _posts(soak):
        found[each.metadata["event_payload"]["message_id"]] += 1  # type: ignore[index]
    async with soak.db.read() as conn:
        rows = (await conn.execute(select(message))).all()
    there = {row.id: row for row in rows}
    for number, times in found.items():
        row = there.get(number)
        soak.tally.count(f"posts of {row and (row.subject, row.recipient, row.kind)}", times, 1 if row else 0)
    for row in rows:
        told = row.thread is not None and row.kind != CARD and row.ts is None
        if row.id not in found and not told:
            soak.tally.lost.append(f"never posted: {row.subject} {row.recipient} {row.kind}")
        elif row.id in found and not soak.playground.workspace.message(row.channel or "", row.ts or ""):
            soak.tally.lost.append(f"not where its row says: {row.subject} {row.recipient} {row.kind}")
    soak.tally.ends["messages of rows"] += len(rows)


def _posts(soak: "Soak") -> Iterator[Message]:
    """The bot's messages that tell of a row."""
    for talk in soak.playground.workspace.messages.values():
        yield from (each for each in talk if each.metadata and "message_id" in each.metadata.get("event_payload", {}))


async def reminders(soak: "Soak") -> None:
    """Of each token the reminders have rung that the mornings brought, one a morning, and no other."""
    rule = Timetable(WorkCalendar().is_worked)
    async with soak.db.read() as conn:
        tokens = (await conn.execute(select(credential_))).all()
        told = (await conn.execute(select(message.c.subject, message.c.kind).where(message.c.kind != CARD))).all()
    ends = soak.tally.ends
    soak.tally.count("tokens", len(tokens), ends["records: recorded"] + ends["is_guided: done"])
    heard = Counter((row.subject, row.kind) for row in told)
    for token in tokens:
        credential = Credential(**token._mapping)
        times = credential.created_at, credential.ends_at, credential.recorded_at
        rungs = [rung for rung in rule.ladder(*times, ZONE) if rung.due_at > credential.recorded_at]
        wanted = set()
        for before, morning in pairwise([credential.recorded_at, *soak.mornings]):
            due = [rung for rung in rungs if before < rung.due_at <= morning]
            wanted |= {max(due, key=lambda rung: rung.due_at).key} if due else set()
        subject = f"credential:{credential.id}"
        mine = {kind: times for (name, kind), times in heard.items() if name == subject and kind in KEYS}
        soak.tally.lost += [f"{subject} was never told of {key}" for key in wanted - mine.keys()]
        soak.tally.doubled += [f"{subject} was told of {key}" for key in mine.keys() - wanted]
        soak.tally.ends["reminders told"] += len(mine)


async def words(soak: "Soak") -> None:
    """Each card of a request, and of a publication, tells its state, by a word that stands here."""
    async with soak.db.read() as conn:
        cards = {
            (row.subject, row.recipient): row
            for row in await conn.execute(select(message).where(message.c.kind == CARD))
        }
        asked = (await conn.execute(select(request))).all()
        published = (await conn.execute(select(publication))).all()
    wanted = [(f"join:{row.id}", ADMINS, REQUESTS.get(row.state)) for row in asked]
    wanted += [(f"publish:{row.id}", row.user_id, PUBLICATIONS.get(row.state)) for row in published]
    texts = _texts(soak)
    for subject, recipient, word in wanted:
        if word and (card := cards.get((subject, recipient))):
            text = texts.get((card.channel, card.ts), "")
            if word not in text:
                soak.tally.lost.append(f"untrue: {subject} of {recipient} is {word}, and its card says {text!r}")
            soak.tally.ends["cards read"] += 1


def _texts(soak: "Soak") -> dict[tuple[str | None, str | None], str]:
    """What each of the bot's messages says, by channel and ts, as somebody in Shanghai reads it."""
    reading = Reading(soak.playground.workspace, soak.playground.workspace.person("lin"))
    return {(each.channel, each.ts): reading.message(each) for each in _posts(soak)}


async def drawn_anew(soak: "Soak") -> None:
    """Every message is drawn once more from its row: one that says something else then was not true."""
    before = _texts(soak)
    async with soak.db.write() as tx:
        rows = (await tx.conn.execute(select(message).where(message.c.ts.is_not(None)).order_by(message.c.id))).all()
        for row in rows:
            await jobs.enqueue(tx, row.team_id, "draw", str(row.id), soak.playground.clock.now(), jobs.SOON)
    drawing = select(job.c.id).where(job.c.kind == "draw", job.c.state.in_(("due", "leased"))).limit(1)
    for _ in range(PATIENCE):
        async with soak.db.read() as conn:
            if (await conn.execute(drawing)).first() is None:
                break
        await asyncio.sleep(1)
    else:
        soak.tally.lost.append("not everything was drawn anew")
    after = _texts(soak)
    for row in rows:
        place = row.channel, row.ts
        if OF_THE_DAY.sub("", before.get(place, "")) != OF_THE_DAY.sub("", after.get(place, "")):
            soak.tally.lost.append(
                f"untrue: {row.subject} {row.recipient} {row.kind}: {before.get(place)!r}, now {after.get(place)!r}"
            )
    soak.tally.ends["drawn anew"] += len(rows)
