"""What people do on Coze's website about access to their account: tokens and OAuth apps."""

import secrets
from typing import Any, get_args
from urllib.parse import urlsplit

from ..world.coze import AppKind, Json, OAuthApp, User
from ..world.coze_state import digest, fresh_secret
from .acting import NoWay, person, space_of
from .api import Site
from .keys import AppKey
from .permissions import DEVELOPER_KEYS

TOKEN_DAYS = range(1, 31)
DAY = 86_400.0
MOST_REDIRECTS = 3
LOCAL = ("localhost", "127.0.0.1")  # where Coze lets an app be tried without https


async def make_token(site: Site, body: Json) -> Json:
    """token {name, permissions?, days?, workspaces?, title?}: a new PAT, shown this once."""
    user, days = person(site, body), body.get("days", 30)
    if not isinstance(days, int) or days not in TOKEN_DAYS:
        raise NoWay("a personal access token lives 1 to 30 days")
    workspaces, value = _selected(site, user, body.get("workspaces")), fresh_secret("pat")
    expires_at = site.state.now() + days * DAY
    permissions = frozenset(map(str, body.get("permissions") or DEVELOPER_KEYS))
    title = str(body.get("title") or "")[:20]
    site.state.add_token(value, "pat", user.id, permissions, name=title, workspaces=workspaces, expires_at=expires_at)
    return {"token": value, "expires_at": int(expires_at)}


async def revoke_token(site: Site, body: Json) -> Json:
    """revoke {token}: delete a token."""
    token = site.state.tokens.get(digest(str(body.get("token"))))
    if token is None:
        raise NoWay("there is no such token")
    token.revoked = True
    return {}


async def change_app(site: Site, body: Json) -> Json:
    """oauth_app {name, client_id?, title?, kind?, permissions?, authorise?, redirect_urls?, enabled?}

    Makes an app, or changes the one with that id.
    The private key is shown this once. `authorise: false` is the step that people forget; `kind: "channel"` the wrong
    type for a developer, who has no channel to bind it to. People sign in to a "device" or "pkce": those have no key.
    """
    user = person(site, body)
    if "client_id" in body:
        return _change(site, user, body)
    kinds: dict[str, AppKind] = {kind: kind for kind in get_args(AppKind)}
    kind = kinds.get(str(body.get("kind", "developer")))
    if kind is None:
        raise NoWay(f"an app is one of {', '.join(kinds)}")
    permissions = frozenset(map(str, body.get("permissions") or DEVELOPER_KEYS))
    number = 1_178_531_100_000 + len(site.state.apps)
    app = OAuthApp(str(number), str(body.get("title") or "app"), kind, user.id, permissions)
    if app.has_sign_in:
        app.id, app.redirect_urls = f"{number}{secrets.randbelow(10**19):019}.app.coze", _redirects(kind, body)
        site.state.apps[app.id] = app
        return {"client_id": app.id}
    key = AppKey()
    app.keys[key.kid] = key.private.public_key()
    if body.get("authorise", True):
        app.authorised[user.id] = None
    site.state.apps[app.id] = app
    return {"client_id": app.id, "kid": key.kid, "private_key": key.pem.decode()}


def _redirects(kind: AppKind, body: Json) -> tuple[str, ...]:
    """The addresses of a browser's app. Raises NoWay."""
    urls = body.get("redirect_urls") if kind == "pkce" else []
    if not isinstance(urls, list) or len(urls) > MOST_REDIRECTS or (kind == "pkce" and not urls):
        raise NoWay(f"redirect_urls must be 1 to {MOST_REDIRECTS} addresses")
    for url in map(str, urls):
        parts = urlsplit(url)
        if parts.scheme != "https" and (parts.scheme != "http" or parts.hostname not in LOCAL):
            raise NoWay("a redirect address begins with https, or is on this machine")
    return tuple(map(str, urls))


def _change(site: Site, user: User, body: Json) -> Json:
    """The owner switches the app on or off; any account may open itself to it."""
    app = site.state.apps.get(str(body["client_id"]))
    if app is None:
        raise NoWay("there is no such app")
    if app.has_sign_in and body.get("authorise"):
        raise NoWay("people authorise this app by signing in to it")
    opened = _selected(site, user, body.get("workspaces")) if body.get("authorise") else None

    def change() -> None:
        if "enabled" in body and user.id == app.owner_id:
            app.enabled = bool(body["enabled"])
        if body.get("authorise"):
            app.authorised[user.id] = opened
        elif "authorise" in body:
            site.state.withdraw(app, user.id)

    site.edit(change)
    return {"client_id": app.id}


def _selected(site: Site, user: User, which: Any) -> frozenset[str] | None:
    """The workspaces that a person opens to a token: all own ones without a list. A joined one can't be chosen."""
    if which in (None, "all"):
        return None
    if not isinstance(which, list):
        raise NoWay("workspaces must be a list")
    spaces = [space_of(site, {"workspace": each, "name": user.handle}) for each in which]
    for space in spaces:
        if not site.state.selectable(space, user.id):
            raise NoWay(f"{space.name} can't be chosen: {user.handle} has merely joined it")
    return frozenset(space.id for space in spaces)
