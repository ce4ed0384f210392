"""Reminders are due while the app is revoked, or the database full or locked: each is told once, when it can be.

Whoever enters something meanwhile is told that it was not saved; nothing is claimed, and it can be sent as it stands.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import pytest

from bot.playground.world.chat import Call
from tests.databases import fresh, locked
from tests.full_disk import small_disk
from tests.stories.story import Story, told

OWNERS = ("mei", "lin", "wang")
BEFORE, MORNING = "2040-03-28T09:29+08:00", "2040-03-28T09:31+08:00"  # a week before the tokens end
UNSAVED = "没有保存：我的数据库"
HALT = 61  # seconds after which a bot whose token was refused looks again


async def records(story: Story, who: str, name: str) -> None:
    """A token of thirty days, made just now."""
    await story.types(who, "/sharge remind add")
    await story.sees_form(who, "登记到期日")
    await story.sends(who, 名字=name)
    await story.reads(who, name, "已登记")


@asynccontextmanager
async def before_morning(url: str) -> AsyncIterator[Story]:
    """Three people's tokens are to be told in two minutes; Mei has a form open."""
    async with told(url) as story:
        for who in OWNERS:
            await records(story, who, f"{who}-1")
        await story.passes(to=BEFORE)
        await story.settles()
        await story.types("mei", "/sharge remind add")
        await story.sees_form("mei", "登记到期日")
        yield story


async def reminders(story: Story) -> list[int]:
    """How many each of them has."""
    seen = [await story.texts(who) for who in OWNERS]
    return [sum("-1" in text and "7 天" in text and "已登记" not in text for text in texts) for texts in seen]


async def enters_in_vain(story: Story) -> None:
    """Morning comes. What Mei sends is not saved, and nobody is reminded."""
    await story.tries("clock", to=MORNING)
    sent = await story.tries("submit", who="mei", fields={"名字": "客厅"})
    assert UNSAVED in str(sent), sent
    assert not [text for text in await story.texts("mei") if "客厅" in text]
    assert await reminders(story) == [0, 0, 0]


async def ends_well(story: Story) -> None:
    """Each is told once, and what Mei sends anew is recorded once."""
    await story.sends("mei", 名字="客厅")
    await story.reads("mei", "客厅", "已登记")
    await story.passes(advance=HALT)
    await story.settles()
    assert await reminders(story) == [1, 1, 1]
    assert len([text for text in await story.texts("mei") if "客厅" in text]) == 1


@pytest.mark.loud
@pytest.mark.parametrize("code", ["token_revoked", "account_inactive"])
async def test_an_app_that_is_revoked_in_mid_sweep_tells_the_rest_when_it_is_back(database: str, code: str) -> None:
    """What is entered needs nothing of Slack: it is saved, and shown later."""
    async with before_morning(database) as story:
        await story.works_again()
        revoked = asyncio.Event()

        def revokes(call: Call) -> None:
            if call.method == "chat.postMessage" and not revoked.is_set():
                revoked.set()
                story.world.world.faults["slack"].set(code)

        story.world.slack.api.on_call = revokes
        await story.passes(to=MORNING)
        await story.waits(lambda: asyncio.sleep(0, revoked.is_set()), "the first was told")
        await story.sends("mei", 名字="客厅")
        assert sum(await reminders(story)) < len(OWNERS)
        await story.works_again()
        await story.passes(advance=HALT)
        await story.settles()
        assert await reminders(story) == [1, 1, 1]
        await story.reads("mei", "客厅", "已登记")


async def test_on_a_full_disk_reminders_wait_for_room(tmp_path: Path) -> None:
    with small_disk(tmp_path) as disk, fresh("sqlite", disk.folder) as url:
        async with before_morning(url) as story:
            await asyncio.to_thread(disk.fill, url.removeprefix("sqlite:///"))
            await enters_in_vain(story)
            disk.free()
            await ends_well(story)


async def test_reminders_wait_for_whoever_has_the_database(database: str) -> None:
    """All of an SQLite is somebody else's, or PostgreSQL's table of jobs."""
    async with before_morning(database) as story:
        with ExitStack() as stack:
            await asyncio.to_thread(stack.enter_context, locked(database, "job"))
            await enters_in_vain(story)
        await ends_well(story)
