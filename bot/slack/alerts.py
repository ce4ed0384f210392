"""Alerts reach operators in the admins' channel; where Slack itself is the trouble, by a webhook elsewhere."""

import logging
from datetime import timedelta

import aiohttp
from pydantic import SecretStr

from bot.core.alert import Alert, Phase, Trouble
from bot.core.errors import SlackRefused, Unreachable
from bot.network import reason
from bot.services.job_runner import Backoff
from bot.slack.connection import Connection
from bot.slack.send import Sender, part_of
from bot.slack.views import alert as views
from bot.texts.locale import Locale

log = logging.getLogger(__name__)

DAY = timedelta(days=1)
METADATA = "sharge_alert"


class AlertTeller:
    """`webhook` takes JSON with a `text`, as Slack's and many others' do; "" for none."""

    def __init__(
        self, slack: Connection, sender: Sender, channel: str, webhook: SecretStr | None, locale: Locale
    ) -> None:
        self._slack, self._sender, self._channel, self._webhook = slack, sender, channel, webhook
        self._locale = locale

    async def say(self, alert: Alert) -> None:
        """Say it where it can be read. Raises SlackRefused, Unreachable, Backoff where it can't be anywhere."""
        log.log(logging.WARNING if alert.until else logging.ERROR, "alert: %s %s", alert.trouble, alert.phase)
        if alert.trouble is Trouble.TOKEN and self._webhook:
            return await self._call(self._webhook, alert)
        if alert.trouble is Trouble.TOKEN and not alert.until:
            return None  # the log alone can be reached
        try:
            await self._post(alert)
        except (SlackRefused, Unreachable, Backoff):
            if self._webhook is None:
                raise
            await self._call(self._webhook, alert)
        return None

    async def is_said(self, alert: Alert) -> bool:
        """Whether the channel's last word of it, within a day, is that it began: for when the database can't tell."""
        oldest = f"{(alert.since - DAY).timestamp():.6f}"
        how = {"channel": self._channel, "oldest": oldest, "include_all_metadata": True, "limit": 100}
        try:
            found = part_of(await self._sender.call("conversations.history", **how), "messages")
        except (SlackRefused, Unreachable, Backoff):
            return False
        metadata = [each.get("metadata") or {} for each in found if self._sender.wrote(each)]
        told = [each.get("event_payload") or {} for each in metadata if each.get("event_type") == METADATA]
        phases = [each.get("phase") for each in told if each.get("alert") == alert.trouble]
        return bool(phases) and phases[0] == Phase.BEGINS  # the newest comes first

    async def _post(self, alert: Alert) -> None:
        metadata = {"event_type": METADATA, "event_payload": {"alert": alert.trouble, "phase": alert.phase}}
        card = views.card(alert, self._locale).payload()
        await self._sender.call(
            "chat.postMessage", channel=self._channel, metadata=metadata, unfurl_links=False, **card
        )

    async def _call(self, webhook: SecretStr, alert: Alert) -> None:
        """Raises Unreachable, which holds nothing of the address: that is a secret."""
        url, session = webhook.get_secret_value(), self._slack.client.session
        if session is None:
            raise Unreachable
        body = {"text": views.plain(alert, self._locale), "alert": alert.trouble, "phase": alert.phase}
        proxy = self._slack.network.proxy(url)
        try:
            async with session.post(url, json=body, proxy=proxy, allow_redirects=False) as answer:
                status = answer.status
        except (TimeoutError, aiohttp.ClientError) as error:
            raise Unreachable(f"ALERT_WEBHOOK: {reason(error)}") from None
        if status >= 300:
            raise Unreachable(f"ALERT_WEBHOOK answers HTTP {status}")
