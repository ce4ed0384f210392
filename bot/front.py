"""The front door: what takes deliveries, Slack's by Socket Mode or HTTP and people's on the one-time page."""

from dataclasses import dataclass
from functools import partial

from starlette.applications import Starlette

from bot import logs
from bot.services.deployment import Resources
from bot.services.health import Health
from bot.services.wiring import Services
from bot.settings import Settings, revealed
from bot.slack.connection import Connection
from bot.slack.dispatch import Dispatch
from bot.slack.socket import Socket
from bot.slack.wiring import Features
from bot.web.callback import CallbackEndpoint, ChannelSignature
from bot.web.endpoints import create_app
from bot.web.ready import ReadinessChecks
from bot.web.signature import Signature


@dataclass(frozen=True)
class Front:
    """Deliveries end in `dispatch`; `socket` brings them where Slack reaches the bot so, else `asgi` does."""

    dispatch: Dispatch
    asgi: Starlette
    socket: Socket | None


def front(
    settings: Settings,
    slack: Connection,
    resources: Resources,
    do: Services,
    features: Features,
    health: Health,
) -> Front:
    """The front door of a process; `health` looks at its connection too."""
    dispatch = Dispatch(slack, resources.db, features.pipeline, features.replies, features.events)
    logs.quiet_bolt()
    socket = None
    if settings.slack_transport == "socket":
        socket = Socket(revealed(settings.slack_app_token), slack, dispatch)
        health.also("socket", socket.trouble)
    return Front(dispatch, _asgi(settings, do, dispatch, health), socket)


def _asgi(settings: Settings, do: Services, dispatch: Dispatch, ready: ReadinessChecks) -> Starlette:
    once = None
    if do.secrets.store.has_pages and settings.public_url:
        from bot.web.once import OncePage  # with it comes the library that writes HTML

        once = OncePage(do.secrets.store, settings.public_url, settings.default_language)
    callback, token = _callback(settings, do), settings.metrics_token
    if settings.slack_transport != "http":
        return create_app(ready, once=once, callback=callback, token=token)

    def told(taken: int, refused: int) -> None:
        dispatch.spawn(partial(do.preflight.deliveries, taken, refused))

    signature = Signature(revealed(settings.slack_signing_secret), told)
    return create_app(ready, signature, dispatch, once, callback, token)


def _callback(settings: Settings, do: Services) -> CallbackEndpoint | None:
    """Where Coze tells of the channel, for its owner."""
    if do.publish.reviews is None or settings.coze_callback_token is None:
        return None
    signature = ChannelSignature(settings.coze_callback_token)
    return CallbackEndpoint(signature, settings.coze_connector_id or "", do.publish.reviews.hear)
