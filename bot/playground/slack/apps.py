"""The apps of a workspace: installed, pointed at their address, disconnected; and what each needs to connect."""

from ..world.chat import Json, SlackApp
from ..world.faults import Faults, SlackFault
from ..world.workspace import Workspace
from .delivery import Courier
from .manifests import app_from_manifest, simple_manifest
from .socket import REASONS, Sockets


class Apps:
    """All apps of a workspace."""

    def __init__(self, workspace: Workspace, courier: Courier, sockets: Sockets, faults: Faults) -> None:
        self._workspace, self._courier, self._sockets, self._faults = workspace, courier, sockets, faults

    def facts(self, app: SlackApp) -> Json:
        """What an app needs to know of the chat: the `slack` part of the ready file."""
        workspace = self._workspace
        return {
            "api_url": f"{workspace.base_url}api/",
            "bot_token": app.bot_token,
            "app_token": app.app_token,
            "signing_secret": app.signing_secret,
            "app_id": app.id,
            "bot_user": app.bot_user,
            "team_id": workspace.team_id,
            "channels": {c.name: c.id for c in workspace.channels.values() if c.kind != "im"},
            "users": {person.handle: person.id for person in workspace.people.values()},
            "usergroups": {name: group for group, name in workspace.group_names.items()},
        }

    def is_reachable(self, app: SlackApp) -> bool:
        """Whether anything can be brought to an app."""
        return bool(self._sockets.count(app) or app.events_url)

    async def point(self, app: SlackApp, events_url: str) -> bool:
        """Point an app at an HTTP address; whether it answered Slack's challenge there."""
        app.transport, app.events_url = "http", events_url
        self._workspace.changed()
        verified = await self._courier.verify(app)
        if verified.ok and app.commands:
            await self._courier.ssl_check(app)
        return verified.ok

    async def register(self, body: Json) -> Json:
        """Install another app, or give a known one another address. Raises ValueError for what can't be."""
        name, transport = str(body.get("name") or ""), body.get("transport", "socket")
        if not name or transport not in ("http", "socket"):
            raise ValueError(
                'apps takes {name, commands, transport: "http" or "socket", events_url?, scopes?, manifest?}'
            )
        source = body.get("manifest") or simple_manifest(name, list(body.get("commands") or ()), body.get("scopes"))
        source = {**source, "features": {**(source.get("features") or {}), "bot_user": {"display_name": name}}}
        app = app_from_manifest(source, transport, body.get("events_url"))
        if known := self._workspace.apps.get(app.id):
            return await self._move(known, app.events_url)
        self._workspace.apps[app.id] = app
        for channel in self._workspace.channels.values():
            if channel.kind == "channel":
                channel.members.add(app.bot_user)
        self._workspace.changed()
        return {"ok": True, **self.facts(app)}

    async def _move(self, app: SlackApp, events_url: str | None) -> Json:
        if not events_url:
            raise ValueError(f"there is an app {app.name!r} already")
        verified = await self.point(app, events_url)
        failure = {} if verified else {"error": "the address did not answer the challenge"}
        return {"ok": verified, **self.facts(app), **failure}

    async def disconnect(self, times: int, delay: float | None, reason: str = "refresh_requested") -> Json:
        """End the main app's Socket Mode connections now, and the next `times - 1` ones after `delay` seconds."""
        app = self._workspace.main_app
        if reason not in REASONS:
            return {"ok": False, "error": f"Slack knows no reason {reason!r}; there are: {', '.join(REASONS)}"}
        if app.transport != "socket":
            return {"ok": False, "error": "the app is connected by HTTP, there is nothing to disconnect"}
        if times > 1:
            self._faults.set(SlackFault.DISCONNECT, times - 1, None, delay)
        return {"ok": True, "disconnected": await self._sockets.disconnect(app, reason)}
