"""What expires soon, as an admin asks for it: the numbers are those of the rows, whoever owns them."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from bot.core.credential import CredentialState
from bot.store.database import Database
from bot.store.tables import credential_
from tests.stories.story import Story, told

MANY = 5000


async def recorded(story: Story, *tokens: tuple[str, str, float], **more: Any) -> None:
    """Tokens as if they had been recorded long ago: whose, called what, ending in so many days."""
    now = await story.now()
    rows = [{"user_id": who, "name": name, "ends_at": now + timedelta(days=days)} for who, name, days in tokens]
    same = {"team_id": "T0PLAYGROUND", "created_at": now, "recorded_at": now, "state": CredentialState.ACTIVE}
    db = Database(story.database)
    async with db.write() as tx:
        await tx.conn.execute(insert(credential_), [{**same, **more, **row} for row in rows])
    await db.close()


def bars(blocks: list[dict[str, Any]]) -> dict[str, int]:
    """The chart's numbers by their labels."""
    [chart] = [block["chart"] for block in blocks if block["type"] == "data_visualization"]
    return {point["label"]: point["value"] for point in chart["series"][0]["data"]}


async def answered(story: Story, who: str, *words: str) -> dict[str, Any]:
    """The answer that only they see, once it holds the words."""

    async def found() -> dict[str, Any] | None:
        seen = (await story.screen(who))["dm"]
        return next((each for each in reversed(seen) if all(word in each["plain"] for word in words)), None)

    message: dict[str, Any] = await story.waits(found, f"{who} reads {words}", who)
    return message


async def test_what_ends_soon_and_whose(database: str) -> None:
    """A token that its owner was reminded of, two of one day on one line, one without anybody, and none too many."""
    async with told(database) as story:
        await story.types("tom", "/sharge remind add")
        await story.sees_form("tom", "Track an expiry date")
        await story.sends("tom", Name="demo")
        await story.reads("tom", "demo", "expires")
        await story.passes(advance=timedelta(days=23, hours=13).total_seconds())
        await story.reads("tom", "Replace “demo”")
        await recorded(story, ("U0MEI", "厨房", 8), ("U0MEI", "客厅", 8.01), ("U0MEI", "阳台", 40))
        await recorded(story, ("U0MEI", "换过的", 3), state=CredentialState.SUPERSEDED)
        await story.types("lin", "/sharge expiring")
        seen = await answered(
            story, "lin", "14 天内有 3 个令牌到期", "demo · @tom · 已提醒 1 次", "厨房、客厅 · @mei"
        )
        assert "阳台" not in seen["plain"]
        assert "换过的" not in seen["plain"]
        assert sum(bars(seen["blocks"]).values()) == 3
        assert len(bars(seen["blocks"])) == 14


@pytest.mark.parametrize("typed", ["-3", "9999", "0", "soon", "2026-12-01"])
async def test_what_is_no_number_of_days_is_answered_with_what_is(story: Story, typed: str) -> None:
    """And buttons that are."""
    await story.types("lin", f"/sharge expiring {typed}")
    await story.reads("lin", "想看多少天？写 1 到 90 之间的数字")
    await story.presses("lin", "看 30 天")
    await story.reads("lin", "30 天内没有令牌到期")


@pytest.mark.parametrize("typed", ["31", "３１", "31天"])
async def test_a_number_may_be_typed_in_any_way(story: Story, typed: str) -> None:
    """Weeks where days would be too many bars."""
    days = (0.1, 5, 6, 20, 29)
    await recorded(story, *((f"U{number}", f"t{number}", each) for number, each in enumerate(days)))
    await story.types("lin", f"/sharge 快到期 {typed}")
    seen = await answered(story, "lin", "31 天内有 5 个令牌到期")
    assert list(bars(seen["blocks"]).values()) == [3, 0, 1, 0, 1]


async def test_members_are_refused(story: Story) -> None:
    """It is about everybody's."""
    await story.types("tom", "/sharge expiring")
    await story.reads("tom", "Only admins")


async def test_who_has_left_looks_after_nothing(database: str) -> None:
    """Their token stands at the top, and nothing says that they are reminded."""
    async with told(database) as story:
        await story.types("tom", "/sharge remind add")
        await story.sees_form("tom", "Track an expiry date")
        await story.sends("tom", Name="hall-2")
        await story.reads("tom", "hall-2")
        await story.tries("user", who="tom", deleted=True)
        await story.reads("lin", "hall-2", channel="admins")
        await recorded(story, ("U0MEI", "厨房", 2))
        await story.types("lin", "/sharge expiring 31")
        seen = await answered(story, "lin", "先管「hall-2」", "已不是正式成员")
        assert seen["plain"].index("hall-2") < seen["plain"].index("厨房")
        assert "31 天内有 2 个令牌到期" in seen["plain"]


async def test_thousands_are_counted_and_the_first_ones_listed(database: str) -> None:
    """In the same time; of how many more there are the rest says."""
    async with told(database) as story:
        await recorded(story, *(("U0MEI", f"n{number}", 1 + number % 12) for number in range(MANY)))
        await story.types("lin", "/sharge expiring")
        seen = await answered(story, "lin", f"14 天内有 {MANY:,} 个令牌到期", "另外 4,990 个", "3月6日 417 个")
        assert sum(bars(seen["blocks"]).values()) == MANY
