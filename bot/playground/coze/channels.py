"""Custom channels: installing, the review of what is published to them, and the signed callbacks."""

import asyncio
import hashlib
import json
import secrets
import time
from typing import Any

import httpx

from ..world.coze import Bot, CallbackDelivery, Channel, Json
from . import errors
from .api import Call, Operation, Site

AUDIT_SECONDS = 10.0
HANDSHAKE_SECONDS = 3.0
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
    """PUT /v1/connectors/:connector_id/bots/:bot_id: the channel's late verdict."""
    connector_id, bot_id = call.path["connector_id"], call.path["bot_id"]
    if call.token.connector_id != connector_id:
        raise errors.missing_permission("Connector.botUpdateProfile", f"connector_id={connector_id}")
    bot = call.state.bots.get(bot_id)
    if bot is None or connector_id not in bot.publications:
        raise errors.not_found(f"bot_id={bot_id}")
    status, reason = call.body.get("audit_status"), call.text("reason", default="")
    if status not in (REVIEWING, PASSED, REJECTED) or isinstance(status, bool):
        raise errors.bad_parameter("audit_status")
    _apply(call.site, bot, connector_id, status, reason)


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


def tell_channel(site: Site, bot: Bot, connector_id: str, kind: str) -> None:
    """Bring bot.unpublished or bot.deleted to a channel's callback; its answer changes nothing."""
    channel = site.state.channels.get(connector_id)
    if channel is not None and channel.callback_url is not None:
        body = {"header": _header(site, channel, kind), "event": _about(site, bot)}
        site.spawn(_tell(site, channel, channel.callback_url, body))


async def _tell(site: Site, channel: Channel, url: str, body: Json) -> None:
    await _send(site, channel, url, body, HANDSHAKE_SECONDS)


def _about(site: Site, bot: Bot) -> Json:
    author = site.state.users[bot.owner_id]
    return {
        "user_id_str": author.id,
        "user_name": author.name,
        "bot_id_str": bot.id,
        "bot_name": bot.name,
        "description": bot.description,
    }


async def verify_callback(site: Site, channel: Channel, url: str) -> bool:
    """Whether the address echoes the challenge, as Coze wants before it accepts a callback address."""
    challenge = secrets.token_hex(16)
    body = {"header": _header(site, channel, "url_verification"), "event": {"challenge": challenge}}
    delivery = await _send(site, channel, url, body | {"challenge": challenge}, HANDSHAKE_SECONDS)
    return isinstance(delivery.answer, dict) and delivery.answer.get("challenge") == challenge


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
    event = _about(site, bot) | {"version": version}
    body = {"header": _header(site, channel, "bot.published"), "event": event}
    delivery = await _send(site, channel, str(channel.callback_url), body, AUDIT_SECONDS)
    if bot.publications[channel.id].version != version or site.state.bots.get(bot.id) is not bot:
        return  # published again, or the scenario started anew meanwhile
    audit = delivery.answer.get("audit") if delivery.status == 200 and isinstance(delivery.answer, dict) else None
    status = audit.get("audit_status") if isinstance(audit, dict) else None
    if status in (REVIEWING, PASSED, REJECTED) and isinstance(audit, dict):
        _apply(site, bot, channel.id, int(status), str(audit.get("reason") or ""))
    else:
        site.state.settle(bot, channel.id, "failed", "The channel did not answer the review request.")


def _header(site: Site, channel: Channel, kind: str) -> Json:
    return {
        "event_type": kind,
        "event_id": secrets.token_hex(16),
        "created_at": int(site.state.now() * 1000),
        "coze_account_id": channel.creator_id,
        "api_app_id": channel.app_id,
        "connector_id": channel.id,
    }


def sign(timestamp: str, nonce: str, callback_token: str, body: bytes) -> str:
    """Coze's callback signature: hex SHA-1 over timestamp, nonce, callback token and the raw body."""
    raw = (timestamp + nonce + callback_token).encode() + body
    return hashlib.sha1(raw, usedforsecurity=False).hexdigest()


async def _send(site: Site, channel: Channel, url: str, body: Json, limit: float) -> CallbackDelivery:
    """Deliver one event and write down what came back."""
    raw, timestamp, nonce = json.dumps(body, ensure_ascii=False).encode(), str(int(time.time())), secrets.token_hex(8)
    headers = {
        "Content-Type": "application/json",
        "X-Coze-Timestamp": timestamp,
        "X-Coze-Nonce": nonce,
        "X-Coze-Signature": sign(timestamp, nonce, channel.callback_token, raw),
    }
    delivery = CallbackDelivery(body["header"]["event_id"], body["header"]["event_type"], site.state.now())
    site.state.deliveries.append(delivery)
    try:
        async with asyncio.timeout(limit), httpx.AsyncClient(trust_env=False, timeout=limit) as http:
            answer = await http.post(url, content=raw, headers=headers)
        delivery.status, delivery.answer = answer.status_code, _json(answer)
    except TimeoutError:
        delivery.status = "timeout"
    except (httpx.HTTPError, httpx.InvalidURL):
        delivery.status = "unreachable"
    site.state.changed()
    return delivery


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


OPERATIONS = [
    Operation("POST", "/v1/connectors/{connector_id}/install", "installConnector", install),
    Operation("POST", "/v1/connectors/{connector_id}/user_configs", "bindConnectorConfig", bind_configs),
    Operation("PUT", "/v1/connectors/{connector_id}/bots/{bot_id}", "Connector.botUpdateProfile", settle_review),
]
