"""Settings that are not true: each is said in the log and on admins' Home with its remedy, gone when mended."""

import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.app import build
from bot.demo.cast import ADMIN_GROUP, CONNECTOR_ID, WORKSPACE_ID
from bot.demo.setup import setup
from bot.playground.slack.delivery import signature
from bot.settings import load
from tests.stories.story import Compared, Json, Story, told

Values = dict[str, str] | Callable[[Json], dict[str, str]]
LIN = {"ADMIN_USERS": "U0LIN"}
OTHER = WORKSPACE_ID[:-2] + "99"


def token(name: str) -> Callable[[Json], dict[str, str]]:
    """The operator's credential is this one of the cast's."""
    return lambda ready: {"COZE_OWNER_TOKEN": ready["coze"]["pats"][name]}


WRONG: dict[str, tuple[Values, str, str]] = {
    "channel unknown": ({"ADMIN_CHANNEL": "C0NOWHERE"}, "看不到频道 C0NOWHERE", "复制 ID"),
    "channel without the bot": ({"ADMIN_CHANNEL": "C0RANDOM"}, "机器人不在频道 C0RANDOM", "/invite"),
    "person unknown": ({"ADMIN_USERS": "U0LIN,U0NOBODY"}, "没有 ID 为 U0NOBODY 的人", "成员 ID"),
    "person deactivated": ({"ADMIN_USERS": "U0LIN,U0GONE"}, "账号已停用", "换一个人"),
    "a bot": (lambda ready: {"ADMIN_USERS": "U0LIN," + ready["slack"]["bot_user"]}, "机器人不能审批", "要填人"),
    "guest": ({"ADMIN_USERS": "U0LIN,U0GUEST"}, "访客不能审批", "正式成员"),
    "stranger": ({"ADMIN_USERS": "U0LIN,U0STRANGER"}, "别的 Slack 工作区", "本工作区"),
    "group unknown": ({"ADMIN_GROUP": "S0NOBODY", **LIN}, "没有用户组 S0NOBODY", "⋯ 菜单"),
    "backup group unknown": ({"BACKUP_ADMIN_GROUP": "S0NOBODY"}, "BACKUP_ADMIN_GROUP", "⋯ 菜单"),
    "token wrong": ({"COZE_OWNER_TOKEN": "pat_mistyped"}, "不认这个令牌", "COZE_BASE_URL"),
    "token expired": (token("expired"), "不认这个令牌", "新建一个"),
    "token of a stranger": (token("mei"), "能看到 1 个空间，其中没有", "所有者"),
    "workspace unknown": ({"COZE_WORKSPACE_ID": OTHER}, f"其中没有 {OTHER}", "/space/"),
    "connector unknown": ({"COZE_CONNECTOR_ID": OTHER}, f"没有渠道 {OTHER}", "渠道管理页"),
    "connector of Coze's own": ({"COZE_CONNECTOR_ID": "1024"}, "1024 是扣子自己的渠道", "渠道管理页"),
    "swapped": ({"COZE_WORKSPACE_ID": CONNECTOR_ID, "COZE_CONNECTOR_ID": WORKSPACE_ID}, "填反了", "对调"),
}
"""Values, what an admin reads, and a word of the remedy."""


@pytest.fixture(autouse=True)
def calm() -> None:
    """Here the log is loud on purpose."""


@asynccontextmanager
async def configured(url: str, values: Values = {}, **more: Any) -> AsyncIterator[Story]:  # noqa: B006
    """A story of a bot with these settings, which may be made of what the playground says."""
    about = setup()

    def environment(ready: Json) -> dict[str, str]:
        chosen = values(ready) if callable(values) else values
        return about.environment(ready) | chosen

    async with told(url, about=replace(about, environment=environment), **more) as story:
        await story.tries("home", who="lin")
        yield story


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the log was warned of."""
    return [each.getMessage() for each in caplog.records if each.name.endswith("preflight") and each.levelno >= 30]


@pytest.mark.parametrize("name", WRONG)
async def test_a_wrong_value_is_said_with_its_remedy(
    database: str, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """In the log once, and on the Home of an admin in both languages; the bot works."""
    caplog.set_level(logging.INFO)
    values, says, remedy = WRONG[name]
    async with configured(database, values) as story:
        home = await story.looks_home("lin", "1 项设置不对", says, remedy)
        (said,) = warnings(caplog)
        setting = said.partition(":")[0]
        assert f"❌ {setting}：" in home["plain"] or f"❌ {setting}: " in home["plain"]
        await story.presses("lin", "English", channel="home")
        english = await story.looks_home("lin", "1 setting is wrong")
        assert "Look again" in english["buttons"]
        assert said.partition(": ")[2].split(". ")[0] in english["plain"]


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_right_values_raise_no_alarm(transport: Any, caplog: pytest.LogCaptureFixture, database: str) -> None:
    """Nothing is said, whoever looks."""
    caplog.set_level(logging.INFO)
    both = {"ADMIN_USERS": "U0LIN,U0WANG", "BACKUP_ADMIN_GROUP": ADMIN_GROUP}
    async with configured(database, both, transport=transport) as story:
        home = await story.looks_home("lin", "运行情况")
        assert "❌" not in home["plain"]
        assert "再看一次" not in home["buttons"]
        assert warnings(caplog) == []


async def breaks(story: Story, how: str, *, mended: bool = False) -> None:
    """Something is changed that the settings rest on, or changed back."""
    match how:
        case "archived":
            await story.tries("archive", channel="admins", archived=not mended)
        case "removed":
            await story.tries("membership", who="bot", channel="admins", inside=mended)
        case "emptied":
            story.world.world.chat.usergroups[ADMIN_GROUP] = {"U0LIN"} if mended else set()
        case "plan" if mended:
            await story.works_again()
        case "plan":
            await story.goes_wrong("slack", "plan_upgrade_required", method="usergroups.users.list")
        case "uninstalled":
            await story.on_coze("install", name="owner", installed=mended)
        case "other Coze" if mended:
            await story.works_again()
        case "other Coze":
            await story.goes_wrong("coze", "wrong_host", method="/v1/workspaces")


BROKEN: dict[str, tuple[Values, str]] = {
    "archived": ({}, "频道 C0ADMINS 已归档"),
    "removed": ({}, "频道 C0ADMINS"),
    "emptied": (LIN, f"用户组 {ADMIN_GROUP} 里没有人"),
    "plan": (LIN, "套餐没有用户组"),
    "uninstalled": ({}, f"渠道 {CONNECTOR_ID} 没有安装到空间里"),
    "other Coze": ({}, "COZE_BASE_URL 改为 https://api.coze.c"),
}


@asynccontextmanager
async def started_again(story: Story, **settings: str) -> AsyncIterator[None]:
    """Another process of the same bot starts, on the same database, and compares its settings."""
    env = story.ready["env"] | {"DATABASE_URL": story.database} | settings
    env.pop("CLOCK_URL")
    with Compared() as compared:
        async with build(load(env), clock=story.world.clock, part="worker") as app, app.running():
            await compared.once()
            yield


async def coze_calls(story: Story) -> int:
    """How many calls the operator's credential has spent."""
    return len([call for call in story.world.coze.state.calls if call.credential == "concierge"])


@pytest.mark.parametrize("how", BROKEN)
async def test_what_breaks_is_seen_and_gone_when_mended(database: str, how: str) -> None:
    """At a start on another day; by the button at once."""
    values, says = BROKEN[how]
    async with configured(database, values) as story:
        await story.looks_home("lin", "运行情况")
        await breaks(story, how)
        await story.passes(advance=86_460)
        async with started_again(story):
            await story.looks_home("lin", "1 项设置不对", says)
        await breaks(story, how, mended=True)
        await story.presses("lin", "再看一次", channel="home")
        await gone(story, "设置不对")


async def test_what_slack_tells_is_looked_at_again_by_itself(story: Story) -> None:
    """Once a day while all is well, every ten minutes while it is not."""
    await story.tries("home", who="lin")
    await breaks(story, "archived")
    await story.passes(advance=86_460)
    await story.looks_home("lin", "1 项设置不对", "已归档")
    await breaks(story, "archived", mended=True)
    await story.passes(advance=660)
    await gone(story, "设置不对")


async def gone(story: Story, words: str) -> None:
    """Waits until the admin's Home does not say this any more."""

    async def well() -> bool:
        return words not in (await story.screen("lin"))["home"]["plain"]

    await story.waits(well, f"{words} is gone", "lin")


async def test_restarts_spend_no_call(database: str) -> None:
    """A first start takes two calls; others on that day none, however many; nor do days on which nothing starts."""
    async with configured(database, {"COZE_EDITION": "free"}) as story:  # others are asked for, and agents listed
        assert await coze_calls(story) == 2
        for _ in range(3):
            async with started_again(story):
                pass
        assert await coze_calls(story) == 2
        for _ in range(3):
            await story.passes(advance=86_460)
        assert await coze_calls(story) == 2
        async with started_again(story):

            async def asked_again() -> bool:
                return await coze_calls(story) == 4

            await story.waits(asked_again, "two more calls")


async def test_a_members_token_is_not_taken_for_the_owners(database: str) -> None:
    """The list of workspaces tells whose it is."""
    async with configured(database, token("mei")) as story:
        await story.looks_home("lin", "1 项设置不对", "COZE_WORKSPACE_ID")
        story.space.members[story.coze["users"]["mei"]] = "member"
        await story.presses("lin", "再看一次", channel="home")
        await story.looks_home("lin", "1 项设置不对", f"空间 {WORKSPACE_ID} 的普通成员", "用所有者的账号")


@pytest.mark.parametrize(("side", "settings"), [("slack", "ADMIN_CHANNEL"), ("coze", "COZE_OWNER_TOKEN")])
async def test_no_answer_is_neither_wrong_nor_right(
    side: str, settings: str, caplog: pytest.LogCaptureFixture, database: str
) -> None:
    """It is said that it is not known; what was wrong is not called mended; with the next answer it is gone."""
    caplog.set_level(logging.INFO)
    async with configured(database) as story:
        method = {"slack": "conversations.info", "coze": "/v1/workspaces"}[side]
        await story.goes_wrong(side, "server_error", method=method)
        await story.passes(advance=86_460)
        async with started_again(story):
            home = await story.looks_home("lin", "没有回应，还不知道", settings)
            assert "❌" not in home["plain"]
            assert warnings(caplog) == []
        await story.works_again()
        await story.passes(advance=3_660)
        await gone(story, "还不知道")


async def test_a_wrong_signing_secret_shows_by_what_is_refused(
    database: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It cannot be asked for: what would show it is said at the start, then what was refused, then that it holds.

    Who has a right one hears nothing of what strangers send.
    """
    caplog.set_level(logging.INFO)
    async with configured(f"sqlite:///{tmp_path / 'other.db'}") as story:
        env = story.ready["env"] | {"DATABASE_URL": database, "SLACK_TRANSPORT": "http"}
        env |= {"SLACK_SIGNING_SECRET": "0" * 32}
        env.pop("CLOCK_URL")
        with Compared() as compared:
            async with build(load(env), clock=story.world.clock) as app, app.running():
                await compared.once()
                assert app.front
                bot = httpx.ASGITransport(app.front.asgi)
                async with httpx.AsyncClient(transport=bot, base_url="http://bot") as http:

                    async def delivers(secret: str) -> int:
                        stamp, body = str(int(time.time())), b'{"type": "url_verification", "challenge": "x"}'
                        signed = signature(secret, stamp, body)
                        headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signed}
                        return (await http.post("/slack/events", content=body, headers=headers)).status_code

                    assert [await delivers("f" * 32) for _ in range(5)] == [401] * 5
                    await app.dispatch.drain(5)
                    refused = [said for said in warnings(caplog) if said.startswith("SLACK_SIGNING_SECRET")]
                    (said,) = refused
                    assert "1 refused" in said
                    assert "Basic Information" in said
                    assert await delivers("0" * 32) == 200
                    assert await delivers("f" * 32) == 401
                    await app.dispatch.drain(5)
            assert "It can't be checked in advance" in caplog.text
            assert "SLACK_SIGNING_SECRET: mended" in caplog.text
