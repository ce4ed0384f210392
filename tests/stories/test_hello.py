"""Somebody new in the Slack workspace is greeted once, whatever fails meanwhile; nobody else is."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.store.database import Database
from bot.store.tables import job
from tests.databases import fresh
from tests.drills.kill import TRANSPORTS, chat, leases_end
from tests.processes import Bot, free_port
from tests.stories.story import Story, told

HELLO, HELLO_EN = "你好，我是闪极接入助手", "Hi, I'm ShargeAI Concierge"


async def arrives(story: Story, who: str, **more: Any) -> dict[str, Any]:
    """Somebody new joins the workspace; what became of the delivery."""
    answer = await story.tries("user", who=who, new=True, **more)
    assert answer["ok"], answer
    return answer


async def hellos(story: Story, who: str) -> int:
    """How often the bot has greeted them."""
    return sum(HELLO in text or HELLO_EN in text for text in await story.texts(who))


async def test_a_new_member_is_greeted_once_in_their_language(story: Story) -> None:
    """The card leads into the guide, and speaks the other language when asked to."""
    await arrives(story, "bo")
    await arrives(story, "eva", locale="en-GB")
    await story.reads("bo", HELLO, "先试试", "闪极智能体")
    await story.reads("eva", HELLO_EN, "Just try it")
    await story.presses("bo", "English")
    await story.reads("bo", HELLO_EN)
    assert await hellos(story, "bo") == await hellos(story, "eva") == 1
    await story.presses("bo", "Just try it")
    await story.reads_last("bo", "Step 1 of 5")
    assert await hellos(story, "bo") == 0, "the step has taken its place"


async def test_a_repeated_delivery_greets_nobody_twice(database: str) -> None:
    """Slack brings the same event again, and later a second one about the same person."""
    async with told(database) as story:
        await arrives(story, "bo")
        await story.reads("bo", HELLO)
        world = story.world
        event = next(each for each in world.workspace.deliveries if each.label == "team_join")
        for changed in ({}, {"event_id": "Ev0ANOTHER"}):
            again = await world.slack.courier.deliver(
                world.main_app, {**event.payload, **changed}, "team_join", "", 1, "timeout"
            )
            assert again.ok
        await arrives(story, "eva", locale="en-GB")
        await story.reads("eva", HELLO_EN)
        assert await hellos(story, "bo") == 1


@pytest.mark.parametrize(
    ("kind", "method"),
    [
        ("server_error", "users.info"),
        ("rate_limited", "chat.postMessage"),
        ("cut", "chat.postMessage"),
    ],
)
async def test_a_slack_that_is_down_has_the_greeting_later(story: Story, kind: str, method: str) -> None:
    """Once, also where the post was accepted and its answer lost."""
    await story.goes_wrong("slack", kind, method=method, times=2, delay=1)
    await arrives(story, "bo")
    await story.reads_in_time("bo", HELLO)
    await story.passes(advance=600)
    await arrives(story, "eva")
    await story.reads_in_time("eva", HELLO)
    assert await hellos(story, "bo") == 1


async def test_nobody_else_is_greeted(database: str) -> None:
    """Guests, bots, people of other workspaces, and who was known before."""
    async with told(database) as story:
        await story.types("tom", "/sharge help")
        await story.reads("tom", "/sharge join")  # who asks for the first time is looked up after the ack
        tom = story.world.workspace.person("tom")
        assert (await story.world.human.arrive(tom))["ok"]
        await arrives(story, "visitor", restricted=True)
        await arrives(story, "robot", bot=True)
        await arrives(story, "partner", stranger=True)
        await arrives(story, "bo")
        await story.reads("bo", HELLO)

        async def settled() -> bool:
            return not await waiting(story.database)

        await story.waits(settled, "no greeting is left to do")
        for who in ("tom", "visitor", "robot", "partner"):
            assert await hellos(story, who) == 0, who


async def test_nobody_is_greeted_unless_the_operator_wants_it(database: str) -> None:
    """By default people come to the bot, not the bot to people."""
    async with told(database, settings={"GREET_NEW_MEMBERS": ""}) as story:
        await arrives(story, "bo")
        await story.types("bo", "/sharge start")
        await story.reads("bo", HELLO)
        assert not await waiting(database)
        assert await story.calls("chat.postMessage") == []


async def waiting(database: str) -> list[str]:
    """Whom it is still to be said to."""
    db = Database(database)
    try:
        return await _rows(db, "greet", "due", "leased")
    finally:
        await db.close()


async def _rows(db: Database, kind: str, *states: str) -> list[str]:
    """The subjects of work of a kind."""
    async with db.read() as conn:
        found = await conn.execute(select(job.c.subject).where(job.c.kind == kind, job.c.state.in_(states)))
        return list(found.scalars())


@pytest.mark.parametrize(
    ("kind", "method", "at_work"),
    [
        ("postgresql", "users.info", "greet"),
        ("sqlite", "chat.postMessage", "draw"),  # from here on it is as with any card, which the kill drill shows
    ],
)
async def test_a_bot_that_dies_in_between_greets_when_it_is_back(
    tmp_path: Path, kind: str, method: str, at_work: str
) -> None:
    """Killed after it was told: while it asks who that is, or posts what Slack then takes."""
    port = free_port()
    async with chat(tmp_path, TRANSPORTS[kind], port) as story:
        with fresh(kind, tmp_path) as url:
            db, bot = Database(url), Bot(tmp_path, {**story.ready["env"], "DATABASE_URL": url}, port)
            try:
                async with bot.running():
                    await _dies(story, bot, db, method, at_work)
                    await story.reads_in_time("bo", HELLO)
                    await arrives(story, "eva")
                    await story.reads_in_time("eva", HELLO)
                    assert await hellos(story, "bo") == 1
            finally:
                await db.close()


async def _dies(story: Story, bot: Bot, db: Database, method: str, at_work: str) -> None:
    """Bo arrives, the bot is killed over it, and is started again a minute later, when Slack has done its part."""
    before = len(await story.calls(method))
    await story.goes_wrong("slack", "slow", method=method, delay=2, times=1)
    await arrives(story, "bo")

    async def asked() -> bool:
        return not await story.still_fails("slack")

    await story.waits(asked, f"the bot asks for {method}")
    assert await _rows(db, at_work, "leased")
    await bot.kill()
    assert await hellos(story, "bo") == 0

    async def answered() -> bool:
        return len(await story.calls(method)) > before

    await story.waits(answered, f"Slack has answered {method} to nobody")
    await leases_end(db)
    await bot.start()
