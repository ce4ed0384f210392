"""Whether the bot may still say anything in Slack."""

from slack_sdk.errors import SlackApiError

from bot.core.errors import Unreachable
from bot.slack.connection import TOO_MANY, Connection, call, scopes, told

NEEDED = "chat:write"
"""The scope without which nothing can be said at all; one of the others leaves the rest whole."""


async def trouble(slack: Connection) -> str:
    """Why nothing can be said now; "" where it can. Raises nothing of Slack's."""
    try:
        answer = await call(slack.client, "auth.test")
    except SlackApiError as error:
        status, code, headers = told(error)
        slack.time.hear(headers)
        if status == TOO_MANY:  # who asks too often is not refused for that
            return ""
        return f"Slack answers {code or f'HTTP {status}'}"
    except Unreachable as error:
        return f"Slack can't be reached: {error}"
    slack.time.hear(answer.headers)
    granted = scopes(answer.headers)
    return "" if granted is None or NEEDED in granted else f"the app has lost the scope {NEEDED}"
