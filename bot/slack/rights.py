"""Whether the bot may still say anything in Slack."""

from slack_sdk.errors import SlackApiError

from bot.core.errors import Unreachable
from bot.slack.connection import TOO_MANY, Connection, call, scopes, told
from bot.slack.send import HALTED

NEEDED = "chat:write"
"""The scope without which nothing can be said at all; one of the others leaves the rest whole."""


class Rights:
    """`is_let_in` says whether Slack took the token when it was asked last, None while it has not answered that."""

    def __init__(self, slack: Connection) -> None:
        self._slack = slack
        self.is_let_in: bool | None = None

    async def trouble(self) -> str:
        """Why nothing can be said now; "" where it can. Raises nothing of Slack's."""
        try:
            answer = await call(self._slack.client, "auth.test")
        except SlackApiError as error:
            status, code, headers = told(error)
            self._slack.time.hear(headers)
            if code in HALTED:
                self.is_let_in = False
            if status == TOO_MANY:  # who asks too often is not refused for that
                return ""
            return f"Slack answers {code or f'HTTP {status}'}"
        except Unreachable as error:
            return f"Slack can't be reached: {error}"
        self.is_let_in = True
        self._slack.time.hear(answer.headers)
        granted = scopes(answer.headers)
        return "" if granted is None or NEEDED in granted else f"the app has lost the scope {NEEDED}"
