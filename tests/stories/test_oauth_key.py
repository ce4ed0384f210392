"""An OAuth app's key never ends; whoever set one up is reminded of the day on which they wanted to change it."""

import json
import re
from pathlib import Path

import httpx

from tests.databases import fresh
from tests.stories import test_guide
from tests.stories.story import Story, told
from tests.stories.test_join_forged import Forger
from tests.stories.test_orphan import days_pass


async def sets_up(story: Story) -> None:
    """Tom walks the route of his own server to its end, and wants to be reminded."""
    await test_guide.test_route_b_a_key_on_ones_own_server(story)
    await story.presses("tom", "Remind in 90 days")
    await story.reads("tom", "🔑 “OAuth key", "I'll remind you to change it")


async def test_it_is_changed_and_comes_again(database: str) -> None:
    """A week before and on the day; nothing is said to end, admins hear nothing, and the next time is planned."""
    async with told(database) as story:
        await sets_up(story)
        await story.presses("tom", "Remind in 90 days")
        await story.reads("tom", "I remind you of this key already.")
        await story.tries("home", who="tom")
        await story.looks_home("tom", "🔑", "OAuth key", "to be changed by")
        await days_pass(story, 84)
        seen = await story.reads("tom", "Change “OAuth key", "the old key works until you delete it")
        assert "expire" not in seen
        await story.types("lin", "/sharge expiring")
        await story.reads("lin", "没有令牌")
        await story.presses_soon("tom", "It's changed", action_id="key.changed")
        await story.reads("tom", "changed · you confirmed")
        await story.types("tom", "/sharge remind")
        await story.reads("tom", "No token is recorded", "🔑 OAuth key", "to be changed by")


async def test_it_is_put_off_moved_and_given_up(story: Story) -> None:
    """Tomorrow again; another day and name by the form, with what is wrong said in it; and no more."""
    await sets_up(story)
    await days_pass(story, 84)
    await story.presses_soon("tom", "Remind me tomorrow")
    await story.reads("tom", "Change “OAuth key", "💤 I'll remind you again")
    await story.presses("tom", "Change name or date…")
    await story.sees_form("tom", "A key never expires")
    refused = await story.tries("submit", who="tom", fields={"Name": "server", "Change it by": "2040-03-05"})
    assert set(refused["errors"]) == {"Change it by"}
    await story.sends("tom", **{"Name": "server", "Change it by": "2040-12-24"})
    await story.reads("tom", "🔑 “server” · I'll remind you to change it", "24")
    assert not [text for text in await story.texts("tom") if "you confirmed" in text and "OAuth key" in text]
    await story.presses("tom", "No longer needed")
    await story.reads("tom", "“server” · reminders off")
    await story.types("lin", "/sharge forecast 30")
    assert "server" not in await story.reads("lin", "30 天")


async def test_a_key_of_somebody_who_left_is_nobodys_matter(story: Story) -> None:
    """Neither the admins' channel nor a backup person hears of it: nothing ends."""
    await sets_up(story)
    await story.tries("user", who="tom", deleted=True)
    before = await story.texts("lin", channel="admins")
    await days_pass(story, 92)
    await story.settles()
    new = [text for text in await story.texts("lin", channel="admins") if text not in before]
    assert not [text for text in new if "OAuth" in text]


async def test_a_key_is_no_token(tmp_path: Path) -> None:
    """Its number forged into a token's ways is refused: nothing opens, no guide begins, and it stays as it was."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url, "http") as story, httpx.AsyncClient(trust_env=False) as http:
            await sets_up(story)
            before = await story.texts("tom")
            forger, key = Forger(story, http), str(await key_id(story))
            for action in ("remind.renew", "backup.open", "credential.record", "credential.gone", "remind.ways"):
                assert await forger.presses("U0TOM", action, key) == 200
            await story.settles()
            assert [text for text in await story.texts("tom") if text not in before and "OAuth" in text] == []
            assert (await story.screen("tom"))["modal"] is None


async def key_id(story: Story) -> int:
    """The row of Tom's key, as its menu holds it."""
    return int(re.findall(r"changed:([0-9]+)", json.dumps(await story.screen("tom")))[0])
