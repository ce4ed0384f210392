"""Custom channels: installing, and the review of what is published to them."""

import json
from typing import Any

from ..world.coze import Bot, Channel
from . import errors
from .api import Call, Operation, Site
from .callbacks import ask_channel, tell_channel

REVIEWING, PASSED, REJECTED = 1, 2, 3


def install(call: Call) -> None:
    """POST /v1/connectors/:connector_id/install"""
    space = call.workspace(call.text("workspace_id"))
    connector_id = call.path["connector_id"]
    if connector_id not in call.state.channels:
        raise errors.not_found(f"connector_id={connector_id}")
    if space.members[call.token.user_id] == "member":
        raise errors.missing_permission("installConnector", f"space_id={space.id}")
    space.connectors.add(connector_id)
    call.state.changed()


def bind_configs(call: Call) -> None:
    """POST /v1/connectors/:connector_id/user_configs: what may be chosen when publishing to one's channel."""
    connector_id = call.path["connector_id"]
    channel = call.state.channels.get(connector_id)
    if channel is None:
        raise errors.not_found(f"connector_id={connector_id}")
    if channel.creator_id != call.token.user_id:
        raise errors.missing_permission("bindConnectorConfig", f"connector_id={connector_id}")
    configs = call.body.get("configs")
    if not isinstance(configs, list) or not configs:
        raise errors.bad_parameter("configs")
    bound = dict(_config(config) for config in configs)
    channel.configs |= bound


def _config(config: Any) -> tuple[str, set[str]]:
    try:
        key, values = config["key"], {enum["value"] for enum in config["enums"] if isinstance(enum["label"], str)}
    except (KeyError, TypeError):
        raise errors.bad_parameter("configs") from None
    if not isinstance(key, str) or not values or not all(isinstance(value, str) for value in values):
        raise errors.bad_parameter("configs")
    return key, values


def check_chosen(call: Call, channel: Channel) -> None:
    """What `connectors` chooses for this channel is among what its owner has bound. Raises 4000."""
    chosen = (call.body.get("connectors") or {}).get(channel.id) or {}
    if not isinstance(chosen, dict):
        raise errors.bad_parameter("connectors")
    for key, written in chosen.items():
        try:
            values = json.loads(written)
        except (TypeError, ValueError, RecursionError):
            raise errors.bad_parameter(f"connectors.{key}", "is not a JSON-encoded string") from None
        if not isinstance(values, list) or not {str(value) for value in values} <= channel.configs.get(key, set()):
            raise errors.bad_parameter(f"connectors.{key}", "is not among the channel's options")


def settle_review(call: Call) -> None:
    """PUT /v1/connectors/:connector_id/bots/:bot_id: the channel's late verdict.

    What Coze says of one about something that is not in review (any more) is not documented; it changes nothing.
    """
    connector_id, bot_id = call.path["connector_id"], call.path["bot_id"]
    if call.token.connector_id != connector_id:
        raise errors.missing_permission("Connector.botUpdateProfile", f"connector_id={connector_id}")
    bot = call.state.bots.get(bot_id)
    if bot is None or connector_id not in bot.publications:
        raise errors.not_found(f"bot_id={bot_id}")
    status, reason = call.body.get("audit_status"), call.text("reason", default="")
    if status not in (REVIEWING, PASSED, REJECTED) or isinstance(status, bool):
        raise errors.bad_parameter("audit_status")
    if bot.publications[connector_id].state == "reviewing":
        _apply(call.site, bot, connector_id, status, reason)
    elif call.site.late_verdict == "refused":
        raise errors.bad_parameter("bot_id", "is not in review")


def review(site: Site, bot: Bot, connector_id: str, *, rejected: bool = False) -> None:
    """Start the review of what was just published. Official channels have none."""
    channel = site.state.channels.get(connector_id)
    if channel is None:
        return
    if rejected:
        site.state.settle(bot, connector_id, "rejected", "The playground's fault “review_rejected” is on.")
    elif channel.callback_url is None:
        _apply(site, bot, connector_id, REVIEWING, "")
    else:
        site.spawn(_ask_channel(site, channel, bot))


def take_down(site: Site, bot: Bot, connector_id: str) -> None:
    """Take an agent off a channel, which hears of it."""
    publication = bot.publications[connector_id]
    publication.state, publication.online_version = "offline", None
    tell_channel(site, bot, connector_id, "bot.unpublished")
    site.state.changed()


def _apply(site: Site, bot: Bot, connector_id: str, status: int, reason: str) -> None:
    publication = bot.publications[connector_id]
    if status == REVIEWING:
        publication.state = "reviewing"
        site.state.changed()
    else:
        site.state.settle(bot, connector_id, "passed" if status == PASSED else "rejected", reason)


async def _ask_channel(site: Site, channel: Channel, bot: Bot) -> None:
    """Ask the channel's callback for its verdict; no or no valid answer in time makes the publication fail."""
    version = bot.publications[channel.id].version
    audit = await ask_channel(site, channel, bot) or {}
    if bot.publications[channel.id].version != version or site.state.bots.get(bot.id) is not bot:
        return  # published again, or the scenario started anew meanwhile
    status = audit.get("audit_status")
    if status in (REVIEWING, PASSED, REJECTED) and not isinstance(status, bool):
        _apply(site, bot, channel.id, int(status), str(audit.get("reason") or ""))
    else:
        site.state.settle(bot, channel.id, "failed", "The channel did not answer the review request.")


OPERATIONS = [
    Operation("POST", "/v1/connectors/{connector_id}/install", "installConnector", install),
    Operation("POST", "/v1/connectors/{connector_id}/user_configs", "bindConnectorConfig", bind_configs),
    Operation("PUT", "/v1/connectors/{connector_id}/bots/{bot_id}", "Connector.botUpdateProfile", settle_review),
]
