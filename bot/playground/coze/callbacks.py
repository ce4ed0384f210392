"""A channel's callback: signed events that Coze brings to its owner's address, and what comes back."""

import asyncio
import hashlib
import json
import secrets
import time
from typing import Any

import httpx

from ..world.coze import Bot, CallbackDelivery, Channel, Json
from .acting import NoWay
from .api import Site

AUDIT_SECONDS = 10.0
HANDSHAKE_SECONDS = 3.0
MOST_TRIES, MOST_TIMES = 5, 50


def sign(timestamp: str, nonce: str, callback_token: str, body: bytes) -> str:
    """Coze's callback signature: hex SHA-1 over timestamp, nonce, callback token and the raw body."""
    raw = (timestamp + nonce + callback_token).encode() + body
    return hashlib.sha1(raw, usedforsecurity=False).hexdigest()


async def verify_callback(site: Site, channel: Channel, url: str) -> bool:
    """Whether the address echoes the challenge, as Coze wants before it accepts a callback address."""
    challenge = secrets.token_hex(16)
    body = {"header": _header(site, channel, "url_verification"), "event": {"challenge": challenge}}
    answer = (await _bring(site, channel, url, _delivery(site, channel, body))).answer
    return isinstance(answer, dict) and answer.get("challenge") == challenge


async def ask_channel(site: Site, channel: Channel, bot: Bot) -> Json | None:
    """Bring bot.published; the channel's audit, None where none that can be understood has come in time."""
    event = _about(site, bot) | {"version": bot.publications[channel.id].version}
    body = {"header": _header(site, channel, "bot.published"), "event": event}
    delivery = await _bring(site, channel, str(channel.callback_url), _delivery(site, channel, body))
    audit = delivery.answer.get("audit") if delivery.status == 200 and isinstance(delivery.answer, dict) else None
    return audit if isinstance(audit, dict) else None


def tell_channel(site: Site, bot: Bot, connector_id: str, kind: str) -> None:
    """Bring bot.unpublished or bot.deleted to a channel's callback; its answer changes nothing."""
    channel = site.state.channels.get(connector_id)
    if channel is not None and channel.callback_url is not None:
        event = {"bot_id": bot.id, "bot_name": bot.name, "description": bot.description}
        event |= {"connector_id": connector_id} if kind == "bot.unpublished" else {}
        delivery = _delivery(site, channel, {"header": _header(site, channel, kind), "event": event})
        site.spawn(_tell(site, channel, channel.callback_url, delivery))


async def _tell(site: Site, channel: Channel, url: str, delivery: CallbackDelivery) -> None:
    await _bring(site, channel, url, delivery)


async def bring_again(site: Site, body: Json) -> Json:
    """callback {event_id?, exactly?: bool, times?}: an event comes once more, the newest unless one is named.

    Signed anew, or `exactly` as it was. Whatever is answered changes nothing here.
    """
    wanted, times = body.get("event_id"), body.get("times", 1)
    found = [each for each in site.state.deliveries if wanted in (None, each.event_id)]
    if not found or type(times) is not int or not 1 <= times <= MOST_TIMES:
        raise NoWay(f"name an event that was sent, and 1 to {MOST_TIMES} times")
    before = found[-1]
    channel = site.state.channels[before.connector_id]
    if channel.callback_url is None:
        raise NoWay("the channel has no callback address")
    headers = before.headers if body.get("exactly") else None
    answers = []
    for _ in range(times):
        again = CallbackDelivery(before.event_id, before.kind, site.state.now(), channel.id, before.raw)
        site.state.deliveries.append(again)
        answers.append(await _send(site, channel, channel.callback_url, again, headers))
    return {"event_id": before.event_id, "answers": [[each.status, each.answer] for each in answers]}


def change(site: Site, body: Json) -> Json:
    """How callbacks behave where Coze's documentation is silent. Raises NoWay."""
    names, tries, signed, seconds, late, listed = (
        body.get(name, getattr(site, name))
        for name in (
            "callback_names",
            "callback_tries",
            "verification_signed",
            "audit_seconds",
            "late_verdict",
            "review_listed",
        )
    )
    if names not in ("new", "old") or late not in ("taken", "refused"):
        raise NoWay("callback_names must be new or old, late_verdict taken or refused")
    if type(tries) is not int or not 1 <= tries <= MOST_TRIES:
        raise NoWay(f"callback_tries must be 1 to {MOST_TRIES}")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds <= AUDIT_SECONDS:
        raise NoWay("audit_seconds must be up to 10 seconds")
    site.callback_names, site.callback_tries, site.late_verdict = names, tries, late
    site.verification_signed, site.review_listed, site.audit_seconds = bool(signed), bool(listed), float(seconds)
    return {
        "callback_names": names,
        "callback_tries": tries,
        "verification_signed": site.verification_signed,
        "audit_seconds": site.audit_seconds,
        "late_verdict": late,
        "review_listed": site.review_listed,
    }


def _about(site: Site, bot: Bot) -> Json:
    """What bot.published says of it, with today's names or those of older code."""
    author, told = site.state.users[bot.owner_id], {"bot_name": bot.name, "description": bot.description}
    if site.callback_names == "old":
        return {"user_id": int(author.id), "user_name": author.name, "bot_id": int(bot.id), **told}
    return {"user_id_str": author.id, "user_name": author.name, "bot_id_str": bot.id, **told}


def _header(site: Site, channel: Channel, kind: str) -> Json:
    return {
        "event_type": kind,
        "event_id": secrets.token_hex(16),
        "created_at": int(site.state.now() * 1000),
        "coze_account_id": channel.creator_id,
        "api_app_id": channel.app_id,
        "connector_id": channel.id,
    }


def _delivery(site: Site, channel: Channel, body: Json) -> CallbackDelivery:
    header, raw = body["header"], json.dumps(body, ensure_ascii=False).encode()
    return CallbackDelivery(header["event_id"], header["event_type"], site.state.now(), channel.id, raw)


async def _bring(site: Site, channel: Channel, url: str, delivery: CallbackDelivery) -> CallbackDelivery:
    """Deliver it, again where it was late or failed and Coze tries more than once."""
    site.state.deliveries.append(delivery)
    for _ in range(1 if delivery.kind == "url_verification" else site.callback_tries):
        await _send(site, channel, url, delivery)
        if delivery.status == 200:
            break
    return delivery


async def _send(
    site: Site, channel: Channel, url: str, delivery: CallbackDelivery, headers: dict[str, str] | None = None
) -> CallbackDelivery:
    """Deliver it once and write down what came back."""
    limit = site.audit_seconds if delivery.kind == "bot.published" else HANDSHAKE_SECONDS
    delivery.headers = headers or _headers(site, channel, delivery)
    try:
        async with asyncio.timeout(limit), httpx.AsyncClient(trust_env=False, timeout=limit) as http:
            answer = await http.post(url, content=delivery.raw, headers=delivery.headers)
        delivery.status, delivery.answer = answer.status_code, _json(answer)
    except TimeoutError:
        delivery.status = "timeout"
    except (httpx.HTTPError, httpx.InvalidURL):
        delivery.status = "unreachable"
    site.state.changed()
    return delivery


def _headers(site: Site, channel: Channel, delivery: CallbackDelivery) -> dict[str, str]:
    """Signatures live in real time, in milliseconds."""
    headers = {"Content-Type": "application/json"}
    if delivery.kind == "url_verification" and not site.verification_signed:
        return headers
    timestamp, nonce = str(int(time.time() * 1000)), secrets.token_hex(8)
    signature = sign(timestamp, nonce, channel.callback_token, delivery.raw)
    return headers | {"X-Coze-Timestamp": timestamp, "X-Coze-Nonce": nonce, "X-Coze-Signature": signature}


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None
