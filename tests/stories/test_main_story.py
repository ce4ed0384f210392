"""The whole story, thin but true: join, remind, check, publish, status; both transports, both databases."""

import functools
import secrets
import time
from datetime import datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bot.core.worktime import last_worked
from bot.playground.world.chat import Transport
from bot.workdays import WorkCalendar
from tests.databases import fresh
from tests.stories.story import Story, told

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")


def assertion(app: dict[str, Any], audience: str, **changed: Any) -> str:
    """A signed assertion of a developer's app, as their own server would make it."""
    now = int(time.time())
    claims = {"iss": app["client_id"], "aud": audience, "iat": now, "exp": now + 600, "jti": secrets.token_hex(20)}
    headers = {"kid": changed.pop("kid", app["kid"])}
    return jwt.encode({**claims, **changed}, key_in(app["private_key_file"]), algorithm="RS256", headers=headers)


@functools.cache
def key_in(file: str) -> RSAPrivateKey:
    """An app's key. It was made here, and checking it again costs more than signing with it."""
    key = load_pem_private_key(Path(file).read_bytes(), None, unsafe_skip_rsa_key_validation=True)
    assert isinstance(key, RSAPrivateKey)
    return key


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_a_member_goes_all_the_way(database: str, transport: Transport) -> None:
    """Asks, is let in, joins, records a token, is reminded, proves a JWT, publishes, sees it all in status."""
    async with told(database, transport) as story:
        await all_the_way(story)


@pytest.mark.parametrize(
    "begins",
    [*(f"2040-03-{day:02}T10:00+08:00" for day in range(6, 12)), "2040-01-31T23:50+08:00", "2040-02-28T08:00+08:00"],
)
async def test_it_goes_the_same_way_on_any_day(tmp_path: Path, begins: str) -> None:
    """From the other days of the week, and from a month's end, late and early."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url, start=datetime.fromisoformat(begins)) as story:
            await all_the_way(story)


@pytest.mark.parametrize("begins", ["2040-02-13T10:00-05:00", "2040-10-08T10:00-04:00"])
async def test_it_goes_the_same_way_while_the_clocks_change(tmp_path: Path, begins: str) -> None:
    """A member in New York, whose reminders come at half past nine before and after the change."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url, start=datetime.fromisoformat(begins)) as story:
            story.world.workspace.people["mei"].tz = NEW_YORK.key
            await all_the_way(story, NEW_YORK)


async def all_the_way(story: Story, zone: ZoneInfo = SHANGHAI) -> None:
    """The whole story of mei, who lives in this zone."""
    await joins(story)
    await is_reminded(story, zone)
    await proves_a_jwt(story)
    await publishes(story)
    await sees_it_all(story)


async def joins(story: Story) -> None:
    """From the form to the member list of Coze; both cards and both people end up at the same truth."""
    await story.types("mei", "/sharge join")
    await story.sees_form("mei", "申请加入团队")
    uid = story.coze["users"]["mei"]
    await story.sends("mei", 用户=uid, 昵称="小梅", 想做什么="念天气和日程 <100 & *粗*")
    await story.reads("mei", "等管理员审批")
    card = await story.reads("lin", uid, "念天气和日程 <100 & *粗*", channel="admins")
    assert "等待审批" in card
    assert "账号未验证" in card
    await story.presses("lin", "批准", channel="admins")
    await story.reads("lin", "已批准", "等对方", channel="admins")
    await story.reads("mei", "去扣子接受 ShargeAI 的邀请")
    await story.on_coze("user", name="mei", accept_invitation=True)
    await story.passes(advance=180)
    assert "已验证" in await story.reads("mei", "你已加入 ShargeAI", "申请")
    assert "已验证" in await story.reads("lin", "@mei", "已加入", channel="admins")
    assert len(await story.texts("lin", "admins")) == 1


async def is_reminded(story: Story, zone: ZoneInfo) -> None:
    """A recorded token stands as work; as time moves on the reminders come with the true days left."""
    await story.types("mei", "/sharge remind add")
    await story.sees_form("mei", "登记到期日")
    await story.sends("mei", 名字="拍拍镜-试用")
    await story.reads("mei", "拍拍镜-试用", "已登记")
    ends = (await story.now()).astimezone(zone) + timedelta(days=30)
    for morning in mornings(ends):
        now = datetime.fromisoformat(await story.passes(to="next")).astimezone(zone)
        assert timedelta() <= now - morning < timedelta(minutes=1)
        await story.reads("mei", "拍拍镜-试用", f"还有 {(ends.date() - now.date()).days} 天", "到期")
    await story.presses("mei", "已换新")
    await story.sees_form("mei", "登记到期日")
    await story.sends("mei", 名字="拍拍镜-二代")
    await story.reads("mei", "拍拍镜-二代", "已登记")
    await story.reads("mei", "拍拍镜-试用", "换新")


def mornings(ends: datetime) -> list[datetime]:
    """A week, three days and a day before the end, but the working day before a free one: there two may be one."""
    days = (ends.date() - timedelta(days=before) for before in (7, 3, 1))
    worked = {last_worked(day, str(ends.tzinfo), WorkCalendar().is_worked) for day in days}
    return [datetime.combine(day, clock(9, 30), ends.tzinfo) for day in sorted(worked)]


async def proves_a_jwt(story: Story) -> None:
    """First an assertion with faults, all named at once; then a good one, exchanged for real."""
    app, audience = story.coze["jwt_app"], story.coze["base_url"].removeprefix("http://")
    await story.types("mei", "/sharge check")
    await story.sees_form("mei", "令牌或签名凭证")
    long_lived = assertion(app, f"https://{audience}", exp=int(time.time()) + 86400 * 3600)
    await story.sends("mei", 令牌=long_lived)
    report = await story.reads("mei", "改 2 处，再签一次")
    assert "aud" in report
    assert "exp" in report
    await story.types("mei", "/sharge 检查")
    await story.sees_form("mei", "令牌或签名凭证")
    await story.sends("mei", 令牌=assertion(app, audience))
    assert "已验证" in await story.reads("mei", "凭证可用")


async def publishes(story: Story) -> None:
    """An agent in the ShargeAI space goes to both channels; the verdict arrives by itself.

    Whose the account is was only typed, so that is shown first.
    """
    agent = await story.on_coze("agent", name="mei", title="博物馆讲解员", workspace="ShargeAI")
    await story.types("mei", "/sharge publish")
    await story.sees_form("mei", "请先验证你的")
    await story.proves("mei")
    await story.tries("close", who="mei")
    await story.types("mei", "/sharge publish")
    await story.sees_form("mei", "确认发布", "博物馆讲解员")
    await story.sends("mei")
    await story.reads("mei", "博物馆讲解员", "审核中")
    await story.on_coze("review", bot_id=agent["bot_id"], verdict="passed")
    await story.passes(advance=600)
    await story.reads("mei", "博物馆讲解员", "已上线", "扣子已列出 · 已验证")
    await story.reads("mei", "🎉", "博物馆讲解员", "扣子已列出")


async def sees_it_all(story: Story) -> None:
    """One answer, seen by the asker alone."""
    await story.types("mei", "/sharge")
    answer = await story.reads("mei", "下一步", "令牌", "博物馆讲解员")
    assert "加入" in answer
    assert "已上线" in answer


async def test_english_is_spoken_to_an_english_reader(story: Story) -> None:
    """Tom reads English, the admin channel keeps its own language."""
    await story.types("tom", "/sharge join")
    await story.sees_form("tom", "Join ShargeAI")
    await story.sends(
        "tom",
        **{"Coze user ID": story.coze["users"]["tom"], "nickname": "tom_ny", "What will you build": "Museum tours"},
    )
    await story.reads("tom", "Waiting for an admin")
    await story.reads("lin", "等待审批", "Museum tours", channel="admins")
    await story.presses("lin", "批准", channel="admins")
    await story.reads("tom", "Accept the ShargeAI")
