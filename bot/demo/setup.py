"""What the playground is told of the bot."""

import base64
import hashlib

from bot.playground.setup import Setup
from bot.playground.world.chat import CommandHint, Json
from bot.slack import manifest
from bot.texts.catalogue import catalogues
from bot.texts.commands import CommandText, commands
from bot.texts.locale import Locale

from .cast import COZE, SEATS, fill_chat
from .scenarios import SCENARIOS
from .story import as_test

EVENTS_PATH = "slack/events"  # where the bot's web server listens to Slack
CALLBACK_PATH = "coze/callback"  # and where to what Coze tells the channel's owner
CREDENTIAL_KEYS = "playground:" + base64.b64encode(hashlib.sha256(b"playground").digest()).decode()
"""The same in each run, so that a bot's database outlives it. It guards nothing: tokens of here open nothing."""


def environment(ready: Json) -> dict[str, str]:
    """The settings that a process of the bot needs to run in a playground; `ready` is its ready file."""
    slack, coze = ready["slack"], ready["coze"]
    return {
        "BOT_ENV": "playground",
        "SLACK_TRANSPORT": ready["transport"],
        "SLACK_API_URL": slack["api_url"],
        "SLACK_BOT_TOKEN": slack["bot_token"],
        "SLACK_APP_TOKEN": slack["app_token"],
        "SLACK_SIGNING_SECRET": slack["signing_secret"],
        "ADMIN_CHANNEL": slack["channels"]["admins"],
        "ANNOUNCE_CHANNEL": slack["channels"]["general"],
        "ADMIN_GROUP": slack["usergroups"]["admins"],
        "COZE_BASE_URL": coze["base_url"],
        "COZE_WORKSPACE_ID": str(coze["workspace_id"]),
        "COZE_CONNECTOR_ID": str(coze["connector_id"]),
        "COZE_OWNER_TOKEN": coze["owner_token"],
        "COZE_SIGN_IN_CLIENT_ID": coze["sign_in"]["client_id"],
        "COZE_CHANNEL_APP_ID": coze["channel"]["client_id"],
        "COZE_CHANNEL_KID": coze["channel"]["kid"],
        "COZE_CHANNEL_KEY_FILE": coze["channel"]["private_key_file"],
        "COZE_CALLBACK_TOKEN": coze["channel"]["callback_token"],
        "CREDENTIAL_KEYS": CREDENTIAL_KEYS,
        "GREET_NEW_MEMBERS": "yes",
        "CLOCK_URL": f"{ready['human']}clock",
    }


def _offered(name: str) -> tuple[CommandHint, ...]:
    """The bare command, then each with its word and what it does in every language."""
    bare = CommandHint(name, {"zh": "你的下一步", "en": "your one next step"})
    return bare, *(_hint(name, row) for row in commands())


def _hint(name: str, row: CommandText) -> CommandHint:
    about = {language: row.summary(Locale(language, "UTC")) for language in catalogues()}
    return CommandHint(f"{name} {row.verb}", about, row.words, admin=row.admin)


def setup() -> Setup:
    """The bot's own manifest, its people and its scenarios. Raises OSError without the manifest."""
    own = manifest.read()
    return Setup(
        manifest=own,
        about={"zh": "接入扣子智能体 · 令牌到期提醒", "en": "Connects Coze agents · watches tokens"},
        commands=_offered(own["features"]["slash_commands"][0]["command"]),
        chat=fill_chat,
        coze=COZE,
        scenarios=SCENARIOS,
        seats=SEATS,
        environment=environment,
        story=as_test,
    )
