"""Where operators hear what is wrong with the bot: in the admins' channel, or elsewhere while Slack fails."""

import json
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from bot.core.alert import Alert, Trouble
from bot.core.errors import Unreachable
from bot.playground.world.faults import SlackFault
from bot.store import job
from tests.databases import fresh
from tests.serving import serving
from tests.slack.bot import TEAM, Bot, awake

SECRET = "/hook/T0/B0/a1B2c3D4e5F6"
Json = dict[str, Any]


class Webhook:
    """Somebody outside Slack who takes alerts."""

    def __init__(self) -> None:
        self.status, self.heard = 200, list[Json]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one."""
        request = Request(scope, receive)
        assert request.url.path == SECRET
        self.heard.append(json.loads(await request.body()))
        await PlainTextResponse("", self.status)(scope, receive, send)


@pytest.fixture
async def webhook() -> AsyncIterator[tuple[Webhook, str]]:
    """One that is there, and its address."""
    hook = Webhook()
    async with serving(hook) as url:
        yield hook, url + SECRET


def in_channel(bot: Bot) -> list[str]:
    """What stands in the admins' channel."""
    channel = bot.slack.env()["ADMIN_CHANNEL"]
    return [each.text for each in bot.slack.world.chat.messages.get(channel, ())]


async def looks(bot: Bot) -> None:
    await bot.app.health.look()
    await bot.app.alerts.look()


async def gives_up(bot: Bot) -> None:
    """A job is dead."""
    async with bot.app.db.write() as tx:
        await job.enqueue(tx, TEAM, "invite", "1", bot.app.clock.now() + timedelta(days=1))
    await bot.does("UPDATE job SET state = 'dead', last_error = 'CannotAdd: the space is full'")


async def test_dead_jobs_stand_in_the_admins_channel(tmp_path: Path, webhook: tuple[Webhook, str]) -> None:
    """Once, as a card, and one line once they are gone; the webhook is not for this."""
    hook, url = webhook
    with fresh("sqlite", tmp_path) as database:
        async with awake(database, ALERT_WEBHOOK=url) as bot:
            await looks(bot)
            assert in_channel(bot) == []
            await gives_up(bot)
            await looks(bot)
            await looks(bot)
            assert in_channel(bot) == ["🟠 1 件事没办成，请看一眼"]
            await bot.does("UPDATE job SET state = 'done'")
            await looks(bot)
            assert [each[:1] for each in in_channel(bot)] == ["🟠", "✅"]
    assert hook.heard == []


async def test_a_token_that_was_revoked_is_told_elsewhere(tmp_path: Path, webhook: tuple[Webhook, str]) -> None:
    """And so is its end; Slack is not asked to say it."""
    hook, url = webhook
    with fresh("sqlite", tmp_path) as database:
        async with awake(database, ALERT_WEBHOOK=url, DEFAULT_LANGUAGE="en") as bot:
            bot.slack.world.faults["slack"].set(SlackFault.TOKEN_REVOKED)
            await looks(bot)
            await looks(bot)
            (told,) = hook.heard
            assert told["text"].startswith("🔴 Slack revoked the bot token: reinstall\n1. Reinstall the app")
            assert (told["alert"], told["phase"]) == ("token", "begins")
            bot.slack.world.faults["slack"].clear()
            await looks(bot)
            assert [each["phase"] for each in hook.heard] == ["begins", "ends"]
            assert in_channel(bot) == []


async def test_without_a_webhook_the_log_has_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with fresh("sqlite", tmp_path) as database:
        async with awake(database) as bot:
            bot.slack.world.faults["slack"].set(SlackFault.TOKEN_REVOKED)
            await looks(bot)
            await looks(bot)
            assert [each.getMessage() for each in caplog.records if each.levelno == logging.ERROR] == [
                "alert: token begins"
            ]
            bot.slack.world.faults["slack"].clear()
            await looks(bot)
            assert [each[:1] for each in in_channel(bot)] == ["✅"]


async def test_what_slack_does_not_take_goes_elsewhere(tmp_path: Path, webhook: tuple[Webhook, str]) -> None:
    hook, url = webhook
    with fresh("sqlite", tmp_path) as database:
        async with awake(database, ALERT_WEBHOOK=url) as bot:
            await gives_up(bot)
            bot.slack.world.faults["slack"].set(SlackFault.SERVER_ERROR, method="chat.postMessage")
            await looks(bot)
            assert [each["alert"] for each in hook.heard] == ["dead"]
            assert "1 × invite: CannotAdd: the space is full" in hook.heard[0]["text"]


@pytest.mark.parametrize("status", [500, 302, None])
async def test_a_webhook_that_fails_is_tried_again(
    status: int | None, tmp_path: Path, webhook: tuple[Webhook, str], caplog: pytest.LogCaptureFixture
) -> None:
    """Its address, which is a secret, stands nowhere."""
    hook, url = webhook
    hook.status = status or 200
    with fresh("sqlite", tmp_path) as database:
        async with awake(database, ALERT_WEBHOOK=url if status else f"http://127.0.0.1:1{SECRET}") as bot:
            bot.slack.world.faults["slack"].set(SlackFault.TOKEN_REVOKED)
            with pytest.raises(Unreachable) as failed:
                await looks(bot)
            assert "ALERT_WEBHOOK" in str(failed.value)
            assert "a1B2" not in f"{failed.value!r} {failed.value.__cause__} {caplog.text}"
            await bot.does("UPDATE alert SET claimed_until = 0")
            with pytest.raises(Unreachable):
                await looks(bot)
    assert len(hook.heard) == (2 if status else 0)


async def test_what_stands_in_the_channel_is_known_without_the_database(tmp_path: Path) -> None:
    """That it began; not once it has ended, nor of another trouble; and False where Slack does not tell."""
    with fresh("sqlite", tmp_path) as database:
        async with awake(database) as bot:
            teller, now = bot.app.alerts._teller, bot.app.clock.now()
            begun, ended = Alert(Trouble.WRITE, now), Alert(Trouble.WRITE, now, now + timedelta(minutes=1))
            assert not await teller.is_said(begun)
            await teller.say(begun)
            assert await teller.is_said(begun)
            assert not await teller.is_said(Alert(Trouble.SWEEP, now))
            bot.slack.world.faults["slack"].set(SlackFault.CUT)
            assert not await teller.is_said(begun)
            bot.slack.world.faults["slack"].clear()
            await teller.say(ended)
            assert not await teller.is_said(begun)
            await teller.say(begun)
            assert await teller.is_said(begun)
