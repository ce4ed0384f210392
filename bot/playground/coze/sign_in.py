"""Signing in to an app: by a code that a device shows, by a link with a challenge (PKCE), and staying signed in.

Where Coze's documentation is silent, what its own clients need decides. A code or refresh token that is used up or
unknown is an invalid request; none of the four answers that let a device go on asking may stand for it.
"""

import base64
import hashlib
import secrets
import time
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from ..world.coze import AppKind, Json, OAuthApp
from ..world.coze_state import digest, fresh_secret
from ..world.sign_in import RefreshToken, SignIn
from .api import Site
from .bare import Handler, bare, switched, text
from .errors import OAuthError, deactivated, invalid_request

ROOT, SPACE = "/api/permission/oauth2", "/workspace_id/{workspace_id}"
DEVICE_PAGE, CONSENT_PAGE = "/oauth2/device", "/oauth2/authorize"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
CODE_LIFE = 300  # seconds; Coze documents it for device codes alone
ACCESS_LIFE, REFRESH_LIFE = 15 * 60, 30 * 86_400
JITTER = 0.5  # seconds by which a device may ask too early
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # of a code that people type: no vowels, so no words


def routes(site: Site) -> list[Route]:
    """Where an app begins; what comes of it is fetched at the token endpoint."""
    code = bare(site, switched(_device_code))

    async def authorize(request: Request) -> Response:
        return _authorize(site, request)

    return [
        *(Route(f"{ROOT}{space}/device/code", code, methods=["POST"]) for space in ("", SPACE)),
        *(Route(f"{ROOT}{space}/authorize", authorize, methods=["GET"]) for space in ("", SPACE)),
    ]


def _device_code(site: Site, request: Request, body: Json) -> Json:
    app = _app(site, body, "device")
    sign_in, device_code = _begin(site, request, app), secrets.token_urlsafe(32)
    letters = [secrets.choice(LETTERS) for _ in range(8)]
    sign_in.user_code = f"{''.join(letters[:4])}-{''.join(letters[4:])}"
    site.state.sign_ins.by_secret[digest(device_code)] = sign_in
    return {
        "device_code": device_code,
        "user_code": sign_in.user_code,
        "verification_uri": f"{str(request.base_url).rstrip('/')}{DEVICE_PAGE}",
        "expires_in": CODE_LIFE,
        "interval": site.sign_in_interval,
    }


def _authorize(site: Site, request: Request) -> Response:
    """On to the page that asks the person; in words of the token endpoint where the link is no good."""
    query: Json = dict(request.query_params)
    try:
        app = _app(site, query, "pkce")
        redirect_uri, challenge = text(query, "redirect_uri"), text(query, "code_challenge")
        method = query.get("code_challenge_method", "plain")
        if redirect_uri not in app.redirect_urls:
            raise invalid_request("redirect_uri")
        wrong = {"response_type": query.get("response_type") != "code", "state": "state" not in query}
        wrong |= {"code_challenge_method": method not in ("plain", "S256")}
        for name in (name for name, is_wrong in wrong.items() if is_wrong):
            raise invalid_request(name)
        sign_in = _begin(site, request, app)
    except OAuthError as error:
        return JSONResponse(error.content, error.status, {"X-Tt-Logid": site.log_id()})
    sign_in.redirect_uri, sign_in.redirect_state = redirect_uri, query["state"]
    sign_in.challenge, sign_in.challenge_method = challenge, method
    return RedirectResponse(consent_page(sign_in), 302)


def consent_page(sign_in: SignIn) -> str:
    """The path on Coze's website where a person is asked."""
    return f"{CONSENT_PAGE}?{urlencode({'authorize_key': sign_in.key})}"


def _begin(site: Site, request: Request, app: OAuthApp) -> SignIn:
    """A new request of an app. Raises access_deny for a space that can't be named alone, outside an enterprise."""
    workspace_id = request.path_params.get("workspace_id", "")
    space = site.state.workspaces.get(workspace_id)
    if workspace_id and (space is None or not space.enterprise_id):
        raise OAuthError(400, "access_deny", f"workspace_id={workspace_id} is not available to app: {app.name}")
    now = site.state.now()
    sign_in = SignIn(secrets.token_urlsafe(24), app.id, now, now + CODE_LIFE, workspace_id)
    site.state.sign_ins.begin(sign_in)
    site.state.changed()
    return sign_in


def _app(site: Site, body: Json, *kinds: AppKind) -> OAuthApp:
    """The app that asks, of one of these kinds. Raises OAuthError."""
    app = site.state.apps.get(text(body, "client_id"))
    if app is None:
        raise OAuthError(401, "invalid_client", "invalid client: client_id")
    if app.kind not in kinds:
        raise OAuthError(400, "access_deny", "invalid app type")
    if not app.enabled:
        raise deactivated(app.name, 400)
    return app


# What is fetched at the token endpoint


def _by_device_code(site: Site, _: Request, body: Json) -> Json:
    app, state = _app(site, body, "device"), site.state
    sign_in = state.sign_ins.by_secret.get(digest(text(body, "device_code")))
    if sign_in is None or sign_in.app_id != app.id or sign_in.answer == "used":
        raise invalid_request("device_code")
    if state.now() >= sign_in.ends_at:
        raise OAuthError(400, "expired_token", "The device code has expired.")
    if _too_soon(site, sign_in):
        raise OAuthError(400, "slow_down", f"Ask again after {site.sign_in_interval} seconds.")
    if sign_in.answer == "open":
        raise OAuthError(400, "authorization_pending", "The person has not answered yet.")
    if sign_in.answer == "refused":
        raise OAuthError(400, "access_denied", "The person has refused.")
    return _redeem(site, app, sign_in)


def _too_soon(site: Site, sign_in: SignIn) -> bool:
    """Whether a device asks more often than it may, by real time. The first question is never too soon."""
    now, before = time.monotonic(), sign_in.asked_at
    sign_in.asked_at = now
    return before is not None and now - before < site.sign_in_interval - JITTER


def _by_code(site: Site, _: Request, body: Json) -> Json:
    app, state = _app(site, body, "pkce"), site.state
    sign_in = state.sign_ins.by_secret.get(digest(text(body, "code")))
    known = sign_in is not None and sign_in.app_id == app.id and sign_in.answer == "granted"
    if sign_in is None or not known or state.now() >= sign_in.ends_at:
        raise invalid_request("code")
    if body.get("redirect_uri") != sign_in.redirect_uri:
        raise invalid_request("redirect_uri")
    if _challenge(text(body, "code_verifier"), sign_in.challenge_method) != sign_in.challenge:
        raise invalid_request("code_verifier")
    return _redeem(site, app, sign_in)


def _challenge(verifier: str, method: str) -> str:
    if method == "plain":
        return verifier
    hashed = hashlib.sha256(verifier.encode("utf-8", "surrogatepass")).digest()
    return base64.urlsafe_b64encode(hashed).decode().rstrip("=")


def _redeem(site: Site, app: OAuthApp, sign_in: SignIn) -> Json:
    sign_in.answer = "used"
    return _pair(site, app, sign_in.user_id, frozenset({sign_in.workspace_id}) if sign_in.workspace_id else None)


def _by_refresh_token(site: Site, _: Request, body: Json) -> Json:
    app, tokens = _app(site, body, "device", "pkce"), site.state.sign_ins.refresh_tokens
    value = digest(text(body, "refresh_token"))
    token = tokens.get(value)
    if token is None or token.app_id != app.id or site.state.now() >= token.ends_at:
        raise invalid_request("refresh_token")
    del tokens[value]  # dead from here on, whether or not the answer arrives
    return _pair(site, app, token.user_id, token.workspaces)


def _pair(site: Site, app: OAuthApp, user_id: str, workspaces: frozenset[str] | None) -> Json:
    """An access token with all permissions of the app, and what renews it."""
    state, access, refresh = site.state, fresh_secret("user"), secrets.token_urlsafe(48)
    ends_at = int(state.now()) + ACCESS_LIFE
    state.add_token(
        access,
        "user",
        user_id,
        app.permissions,
        name=app.name,
        workspaces=workspaces,
        expires_at=ends_at,
        app_id=app.id,
    )
    ends = state.now() + REFRESH_LIFE
    state.sign_ins.refresh_tokens[digest(refresh)] = RefreshToken(app.id, user_id, workspaces, ends)
    state.changed()
    return {"access_token": access, "expires_in": ends_at, "refresh_token": refresh}


GRANTS: dict[str, Handler] = {
    DEVICE_CODE: switched(_by_device_code),
    "authorization_code": switched(_by_code),
    "refresh_token": switched(_by_refresh_token),
}
