"""Yesterday's backup is put back, with a day of work since: nothing is posted, invited or published twice, none lost.

At the backup a card has not been posted and a publication has not been sent, as Slack and Coze do not answer. Then
they do, people go on, an approval brings its invitation, and days pass with a reminder. All that the bot forgets.
"""

import asyncio
import json
import subprocess
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, select

from bot.clock import utc_now
from bot.core.join import JoinState
from bot.core.people import OPERATOR
from bot.core.publish import PublicationState
from bot.playground.world.coze import Bot as Agent
from bot.store.database import Database
from bot.store.restored import JUMP, KIND
from bot.store.tables import audit, job, message, publication, request
from tests.command import command
from tests.databases import KINDS, fresh
from tests.drills.copies import world
from tests.processes import Bot, free_port
from tests.stories.story import START, Story
from tests.stories.test_orphan import days_pass
from tests.stories.test_record_form import ASKED, DATED, asks

TITLE = "博物馆讲解员"
PATIENCE = 120.0  # seconds in which something has to come to its end


class Yesterday:
    """One world whose bot's database is saved, used and put back."""

    def __init__(self, story: Story, bot: Bot, url: str, folder: Path) -> None:
        self.story, self.bot, self.url, self.folder = story, bot, url, folder
        self.env = {**bot.env, "DATABASE_URL": url.replace("postgresql+psycopg", "postgresql")}

    async def rows(self, table: Any) -> list[Row[Any]]:
        """All of a table; no connection stays."""
        db = Database(self.url)
        async with db.read() as conn:
            found = (await conn.execute(select(table).where(table.c.team_id != ""))).all()
        await db.close()
        return list(found)

    async def until(self, there: Callable[[], Awaitable[bool]], what: str) -> None:
        """As time goes on."""
        deadline = utc_now().timestamp() + PATIENCE
        while not await there():
            assert utc_now().timestamp() < deadline, what
            await self.story.tries("clock", advance=20)
            await asyncio.sleep(0.1)

    async def has_posted_all(self) -> bool:
        """Whether no copy waits, to be posted or deleted."""
        jobs = [each for each in await self.rows(job) if each.kind in ("draw", "unpost")]
        is_drawn = all(each.state == "done" for each in jobs)
        return is_drawn and all(each.ts for each in await self.rows(message))

    async def publishing(self) -> PublicationState:
        """Where mei's agent is."""
        (row,) = await self.rows(publication)
        return PublicationState(row.state)

    async def joining(self, user_id: str) -> Row[Any]:
        """Somebody's request."""
        (row,) = [each for each in await self.rows(request) if each.user_id == user_id]
        return row

    def posts(self) -> Counter[tuple[str, str, str]]:
        """What stands in Slack of each copy: where, about what, of which kind."""
        found: Counter[tuple[str, str, str]] = Counter()
        for channel in self.story.world.workspace.channels.values():
            for each in self.story.world.workspace.conversation(channel.id):
                told = (each.metadata or {}).get("event_payload") or {}
                if told:
                    found[channel.id, told["subject"], told["kind"]] += 1
        return found

    def is_as(self, before: Counter[tuple[str, str, str]], waits: str) -> None:
        """Nothing stands twice and nothing is gone; what is new is about the matter that `waits` again."""
        now = self.posts()
        assert [each for each, count in now.items() if count > 1] == [], "posted twice"
        assert before - now == Counter(), "gone"
        new = {told for told in now - before if told[1] != waits}
        assert new == set(), "posted without need"

    @property
    def agent(self) -> Agent:
        """Mei's, on Coze."""
        return self.story.world.coze.state.find_bot(TITLE)

    def invited(self) -> dict[str, object]:
        """The invitations that stand on Coze, as they were made."""
        return dict(self.story.space.invitations)

    def told(self, *arguments: str, fails: bool = False) -> str:
        """What the command line says."""
        done = command(self.folder, *arguments, env=self.env)
        assert done.returncode == int(fails), done.stderr
        return done.stdout

    def backs_up(self) -> None:
        """While the bot runs."""
        is_file = self.url.startswith("sqlite")
        said = self.told("backup", "yesterday", fails=not is_file)
        if not is_file:
            self.runs(said.splitlines()[0])

    def runs(self, line: str) -> None:
        """What the operator was told to."""
        subprocess.run(line, shell=True, cwd=self.folder, check=True, capture_output=True)  # noqa: S602

    def restores(self) -> dict[str, Any]:
        """While it does not."""
        if self.url.startswith("sqlite"):
            return dict(json.loads(self.told("restore", "yesterday", "--json")))
        self.runs(self.told("restore", "yesterday", fails=True).splitlines()[0])
        return dict(json.loads(self.told("restore", "--mark", "--json")))


async def goes_on(it: Yesterday) -> None:
    """What the backup does not know."""
    story = it.story
    await story.works_again()
    await story.reads("lin", "@tom", "等待审批", channel="admins")
    await it.until(lambda: _is(it.publishing(), PublicationState.REVIEWING), "in review")
    await story.presses("lin", "批准", channel="admins")
    await story.reads("lin", "等对方", channel="admins")
    await days_pass(story, 4)  # over the moment of the reminder
    assert [each for each in await it.rows(message) if each.kind == "t1" and each.ts]


async def has_token(story: Story) -> None:
    """One that ends in four days is watched."""
    await story.types("mei", "/sharge remind add")
    await asks(story, ASKED)
    await story.picks("mei", "过期时间", "date")
    await asks(story, DATED)
    await story.sends("mei", 名字="厨房", **{"credential.until": f"{START + timedelta(days=4):%Y-%m-%d}"})
    await story.reads("mei", "厨房", "已登记")


async def _is(found: Awaitable[object], wanted: object) -> bool:
    return await found == wanted


@pytest.mark.parametrize("kind", KINDS)
async def test_nothing_is_doubled_or_lost_after_yesterdays_backup(kind: str, tmp_path: Path) -> None:
    """And what was decided since is decided again, on cards that say what the rows say."""
    port = free_port()
    with fresh(kind, tmp_path) as url:
        async with world(kind, port) as story:
            bot = Bot(tmp_path, {**story.world.env(), "DATABASE_URL": url}, port)
            async with bot.running():
                it = Yesterday(story, bot, url, tmp_path)
                await comes_to_the_backup(it)
                versions = len(it.agent.versions)
                await goes_on(it)
                await bot.stop()
                assert len(it.agent.versions) == versions + 1
                await is_as_it_was(it)


async def comes_to_the_backup(it: Yesterday) -> None:
    """With what has to be done by then."""
    story = it.story
    async with asyncio.timeout(PATIENCE):  # a machine that is too busy does not come to the scenario's end in time
        while not (await story.tries("reset", seed="agent-ready"))["ok"]:
            pass
    await has_token(story)
    await story.asks_and_waits("wang")
    await story.types("mei", f"/sharge publish {TITLE}")
    await story.sees_form("mei", "确认发布")
    await story.goes_wrong("coze", "server_error")
    await story.goes_wrong("slack", "server_error", method="chat.postMessage")
    await story.sends("mei")
    await story.asks_to_join("tom")
    assert await it.publishing() is PublicationState.CONFIRMED
    await asyncio.to_thread(it.backs_up)


async def is_as_it_was(it: Yesterday) -> None:
    """The bot is back, with yesterday's rows."""
    before, invited, versions = it.posts(), it.invited(), len(it.agent.versions)
    rows = {(each.recipient, each.subject, each.kind): each.ts for each in await it.rows(message)}
    marked = await asyncio.to_thread(it.restores)
    assert (marked["publications"], marked["matters"] >= 3) == (1, True)
    assert await it.publishing() is PublicationState.SUBMITTED
    tom = await it.joining("U0TOM")
    assert tom.state is JoinState.PENDING
    toms = f"join:{tom.id}"

    await it.bot.start()
    await it.until(lambda: _is(it.publishing(), PublicationState.REVIEWING), "in review again")
    await it.until(it.has_posted_all, "all is posted")
    assert len(it.agent.versions) == versions, "published twice"
    it.is_as(before, toms)
    again = {(each.recipient, each.subject, each.kind): each.ts for each in await it.rows(message)}
    stands = {name: ts for name, ts in again.items() if name[1] != toms}
    assert stands == {name: rows[name] for name in stands}

    await it.story.presses("lin", "批准", channel="admins")
    await it.story.reads("lin", "等对方", channel="admins")
    await it.until(it.has_posted_all, "all is posted")
    assert it.invited() == invited, "invited twice"
    it.is_as(before, toms)
    assert (await it.joining("U0TOM")).state is JoinState.INVITED
    await is_numbered_anew(it)


async def is_numbered_anew(it: Yesterday) -> None:
    """What comes now has a number that no forgotten row had; who restored is written down, and what is looked for."""
    before = it.posts()
    await it.story.asks_to_join("lin")
    await it.until(it.has_posted_all, "the new card")
    assert max(each.id for each in await it.rows(request)) > JUMP
    assert sum((it.posts() - before).values()) >= 1
    (line,) = [each for each in await it.rows(audit) if each.action == "database.restore"]
    assert line.id > JUMP
    assert (line.actor, line.detail["publications"]) == (OPERATOR, 1)
    (mark,) = [each for each in await it.rows(job) if each.kind == KIND]
    assert mark.state == "due"
