"""What an admin writes below a card is offered to them alone, reaches the person by a press, and the person's reply
comes back below the card."""

from typing import Any

import pytest
from sqlalchemy import select

from bot.demo.setup import setup
from bot.store.database import Database, processed_delivery
from bot.store.tables import audit, message
from tests.stories.story import Story, told
from tests.stories.test_talk import reads_in_thread

WORDS = "邀请已经重发了，去扣子的通知里看看"


async def card(story: Story, words: str = "等待审批") -> str:
    """Where the admins' card stands."""
    await story.reads("lin", words, channel="admins")
    seen = (await story.screen("lin"))["channels"]["admins"]
    return str(next(each["ts"] for each in seen if words in each["plain"] and not each["thread_ts"]))


async def writes(story: Story, who: str, ts: str, text: str = WORDS) -> None:
    await story.says(who, text, channel="admins", thread_ts=ts)


async def offered(story: Story, who: str) -> list[str]:
    """What they alone see in threads."""
    return [line for line in await story.thread(who) if "看不到这个消息列" in line or "can't see this thread" in line]


async def test_words_reach_the_person_and_the_reply_comes_back(database: str) -> None:
    async with told(database) as story:
        await story.asks_and_waits("mei")
        at = await card(story)
        await writes(story, "lin", at)
        await reads_in_thread(story, "小美看不到这个消息列", WORDS)
        assert not await offered(story, "wang")
        assert not any(WORDS in text for text in await story.texts("mei"))
        await story.presses("lin", "发给小美", channel="admins")
        await story.reads("mei", "@lin 写给你", WORDS)
        await reads_in_thread(story, "已发给本人，署名 @lin", who="wang")
        await reads_in_thread(story, "回答会出现在这里")
        await story.says("mei", "看到了，点了加入")
        await story.reads("mei", "这是给林经理的回复吗", WORDS, "看到了，点了加入")
        await story.presses("mei", "发给林经理")
        await reads_in_thread(story, "@mei 写道", "看到了，点了加入", who="wang")
        await story.reads("lin", "等待审批", channel="admins")


IN_CHANNELS = ("message.channels", "message.groups")


async def test_nothing_is_stored_unless_it_is_sent(database: str) -> None:
    """Neither what is written anywhere else in the channel, nor what an admin does not send."""
    async with told(database) as story:
        await story.asks_and_waits("mei")
        at = await card(story)
        db = Database(story.database)
        try:
            await story.says("lin", "geheim-1", channel="admins")
            await story.says("lin", "geheim-2", channel="general")
            other = (await story.screen("lin"))["channels"]["admins"][-1]["ts"]
            await writes(story, "lin", other, "geheim-3")
            deliveries = story.world.workspace.deliveries
            heard = {
                each.payload["event_id"]
                for each in deliveries
                if each.label in ("message.channels", "message.groups")
            }
            assert heard
            assert not heard & await remembered(db)
            await writes(story, "lin", at, "geheim-4")
            await reads_in_thread(story, "geheim-4", "小美")
            assert "geheim" not in str(await everything(db))
        finally:
            await db.close()


async def remembered(db: Database) -> set[str]:
    """The keys of deliveries that were let in."""
    async with db.read() as conn:
        return set(await conn.scalars(select(processed_delivery.c.idempotency_key)))


async def everything(db: Database) -> list[Any]:
    async with db.read() as conn:
        return [(await conn.execute(select(each))).all() for each in (audit, message)]


async def test_it_is_sent_once(story: Story) -> None:
    """Two admins at once each send their own; the same words pressed twice go once."""
    await story.asks_and_waits("mei")
    at = await card(story)
    await writes(story, "lin", at)
    await writes(story, "wang", at, "我来跟进")
    await reads_in_thread(story, "小美看不到这个消息列", WORDS)
    await reads_in_thread(story, "小美看不到这个消息列", "我来跟进", who="wang")
    world = story.world
    offer = next(each for each in reversed(world.workspace.deliveries) if each.label == "message.groups")
    again = await world.slack.courier.deliver(world.main_app, offer.payload, "message.groups", "", 1, "timeout")
    assert again.ok
    await story.presses("lin", "发给小美", channel="admins")
    await story.presses("wang", "发给小美", channel="admins")
    await story.reads("mei", "@lin 写给你", WORDS)
    await story.reads("mei", "@wang 写给你", "我来跟进")
    press = next(each for each in world.workspace.deliveries if each.label == "发给小美")
    twice = {**press.payload, "trigger_id": "1.2.another"}
    await world.slack.courier.deliver(world.main_app, twice, "发给小美", "lin")
    assert sum("写给你" in text for text in await story.texts("mei")) == 2


async def test_a_closed_request_still_takes_words(story: Story) -> None:
    """What is written below it reaches the person; as a question it can't be sent any more."""
    await story.asks_and_waits("mei")
    at = await card(story)
    await story.presses_soon("mei", "撤回申请")
    await story.reads("lin", "撤回", channel="admins")
    await writes(story, "lin", at, "想好了随时再来")
    await reads_in_thread(story, "小美看不到这个消息列", "想好了随时再来")
    assert not (await story.tries("click", who="lin", label="当成追问发…", channel="admins"))["ok"]
    await story.presses("lin", "发给小美", channel="admins")
    await story.reads("mei", "@lin 写给你", "想好了随时再来")


async def test_words_become_a_question(story: Story) -> None:
    await story.asks_and_waits("mei")
    await writes(story, "lin", await card(story), "给哪家博物馆？")
    await reads_in_thread(story, "小美看不到这个消息列")
    await story.presses("lin", "当成追问发", channel="admins")
    form = await story.sees_form("lin", "追问")
    assert form["inputs"][0]["value"] == "给哪家博物馆？"
    await story.sends("lin")
    await story.reads("mei", "给哪家博物馆？")


async def test_admins_among_themselves_are_not_asked_again(story: Story) -> None:
    await story.asks_and_waits("mei")
    at = await card(story)
    await writes(story, "lin", at, "这人靠谱吗")
    await reads_in_thread(story, "小美看不到这个消息列", "这人靠谱吗")
    await story.presses("lin", "只是内部讨论", channel="admins")
    await reads_in_thread(story, "不再问")
    await writes(story, "wang", at, "我认识")
    await story.says("lin", "状态")
    await story.reads("lin", "下一步")
    assert not await offered(story, "wang")
    assert not any("靠谱" in text for text in await story.texts("mei"))


async def test_who_is_not_asked(story: Story) -> None:
    """An admin below their own request, who is no admin, a secret, another message's thread."""
    await story.asks_and_waits("lin")
    own = await card(story)
    await writes(story, "lin", own, "快点批我")
    await writes(story, "wang", own, "pat_" + "aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0zA" * 2)
    await story.reads("wang", "令牌")
    await story.tries("membership", who="mei", channel="admins", inside=True)
    await writes(story, "mei", own, "我也想知道")
    await story.says("mei", "状态")
    await story.reads("mei", "下一步")
    assert not await offered(story, "lin") + await offered(story, "wang") + await offered(story, "mei")
    assert not any("aB3dE6g" in text for text in await story.texts("lin"))


async def test_a_question_to_the_admins_is_answered_in_its_thread(story: Story) -> None:
    await story.says("mei", "眼镜上能不能换一个声音？")
    await story.presses_soon("mei", "拿这句话问管理员")
    await story.sees_form("mei", "你的问题")
    await story.sends("mei")
    await writes(story, "lin", await card(story, "有人问管理员"), "能，在 APP 的设置里")
    await reads_in_thread(story, "小美看不到这个消息列", "能，在 APP 的设置里")
    await story.presses("lin", "发给小美", channel="admins")
    await story.reads("mei", "能，在 APP 的设置里")
    await story.reads("lin", "✅ @mei", "@lin", channel="admins")
    await story.says("mei", "找到了")
    await story.presses_soon("mei", "发给林经理")
    await reads_in_thread(story, "找到了")


@pytest.mark.parametrize(
    "more", [{"subtype": "message_changed"}, {"bot_id": "B0OTHER"}, {"subtype": "channel_topic"}]
)
async def test_what_nobody_writes_is_dropped(story: Story, more: dict[str, Any]) -> None:
    await story.asks_and_waits("mei")
    at, world = await card(story), story.world
    channel = next(each for each in world.workspace.channels.values() if each.name == "admins")
    said = {"type": "message", "user": "U0LIN", "channel": channel.id, "channel_type": "group", "text": WORDS}
    event = {**said, "ts": "1.5", "thread_ts": at, **more}
    outcome = await world.slack.courier.event(world.main_app, event, "lin")
    assert outcome
    assert outcome.ok
    await story.says("lin", "状态")
    await story.reads("lin", "下一步")
    assert not await offered(story, "lin")


async def test_an_installation_without_the_events_keeps_all_it_had(
    database: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is offered; the card's own buttons do what they did. Home and the log name what is missing."""
    monkeypatch.setattr("bot.slack.connection.UNHEARD", 2)
    manifest = setup().manifest
    subscribed = manifest["settings"]["event_subscriptions"]
    kept = [each for each in subscribed["bot_events"] if each not in ("message.channels", "message.groups")]
    settings = {**manifest["settings"], "event_subscriptions": {**subscribed, "bot_events": kept}}
    scopes = [each for each in manifest["oauth_config"]["scopes"]["bot"] if each != "channels:history"]
    rights = {**manifest["oauth_config"], "scopes": {"bot": scopes}}
    lacking = {**manifest, "settings": settings, "oauth_config": rights}
    async with told(database, manifest=lacking) as story:
        await story.asks_and_waits("mei")
        said = {"who": "lin", "text": WORDS, "channel": "admins", "thread_ts": await card(story)}
        assert (await story.tries("say", **said))["status"] is None
        await story.presses("lin", "批准", channel="admins")
        await story.reads("mei", "去扣子接受 ShargeAI 的邀请")
        assert not await offered(story, "lin")
        await reads_in_thread(story, "批准")
        await story.tries("home", who="lin")
        await story.passes(advance=86_460)
        await story.looks_home("lin", "channels:history", "message.groups")
        assert "channels:history" in caplog.text
        assert "message.groups" in caplog.text
