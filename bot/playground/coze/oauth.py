"""The token endpoint, and its first grant: an assertion (RS256 JWT) for an access token.

Assertions live in real time, whatever the story clock says.
"""

import time
from collections.abc import Mapping
from typing import Any

import jwt
from starlette.requests import Request
from starlette.routing import Route

from ..world.coze import Json, OAuthApp
from ..world.coze_state import fresh_secret
from ..world.faults import CozeFault
from . import sign_in
from .api import Site
from .bare import Handler, bare
from .errors import OAuthError, deactivated, invalid_request

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
DEFAULT_DURATION, MAX_DURATION = 900, 86_399
CLOCK_SKEW = 60  # seconds; Coze documents none
PATH, ACCOUNT_PATH = "/api/permission/oauth2/token", "/api/permission/oauth2/account/{account_id}/token"


def routes(site: Site) -> list[Route]:
    """The endpoint, which takes every kind of grant, and its variant for one account, which takes assertions."""
    assertions: dict[str, Handler] = {GRANT_TYPE: exchange}
    takes = {PATH: assertions | sign_in.GRANTS, ACCOUNT_PATH: assertions}
    return [Route(path, bare(site, _granting(grants)), methods=["POST"]) for path, grants in takes.items()]


def _granting(grants: Mapping[str, Handler]) -> Handler:
    """Hands a request on by its grant_type alone: clients send an Authorization header, or half of one, anyway."""

    def handler(site: Site, request: Request, body: Json) -> Json:
        grant_type = body.get("grant_type")
        grant = grants.get(grant_type) if isinstance(grant_type, str) else None
        if grant is None:
            shown = str(grant_type).encode("utf-8", "replace").decode()  # half a surrogate pair can't be sent back
            raise OAuthError(400, "unsupported_grant_type", f"not supported grant type: {shown}")
        return grant(site, request, body)

    return handler


def exchange(site: Site, request: Request, body: Json) -> Json:
    """An access token for an assertion."""
    _strike(site, request.url.path)
    duration = _duration(body)
    app, claims = verify(site, _assertion(request), request.headers.get("host", ""))
    account_id = request.path_params.get("account_id", app.owner_id)
    if not app.enabled:
        raise deactivated(app.name)
    if app.kind == "channel" and app.connector_id is None:
        raise OAuthError(403, "access_deny", f"connector app[{app.name}] should bind connector id")
    if account_id not in app.authorised:
        raise OAuthError(403, "access_deny", f"app: {app.name} is not authorized by the account")
    bots = _scope(body, app)
    site.state.used_jti[(app.id, claims["jti"])] = claims["exp"]
    return _issue(site, app, account_id, duration, bots)


def _issue(site: Site, app: OAuthApp, account_id: str, duration: int, bots: frozenset[str] | None) -> Json:
    value, expires_at = fresh_secret("oauth"), int(time.time()) + duration
    site.state.add_token(
        value,
        "oauth",
        account_id,
        app.permissions,
        name=app.name,
        workspaces=app.authorised[account_id],
        expires_at=expires_at,
        app_id=app.id,
        connector_id=app.connector_id,
        bots=bots,
    )
    return {"access_token": value, "expires_in": expires_at}


def _strike(site: Site, path: str) -> None:
    call = f"POST {path}"
    if site.faults.take(CozeFault.UNKNOWN_KID, call) or site.faults.take(CozeFault.WRONG_HOST, call):
        raise invalid_jwt("kid not been registred")


def _duration(body: Json) -> int:
    """Seconds that the token shall live. Raises invalid_request."""
    duration = body.get("duration_seconds")
    duration = DEFAULT_DURATION if duration is None else duration
    if not isinstance(duration, int) or isinstance(duration, bool) or not 1 <= duration <= MAX_DURATION:
        raise invalid_request("duration_seconds")
    return duration


def _assertion(request: Request) -> str:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or not value:
        raise OAuthError(401, "invalid_client", "verify jwt empty error")
    return value


def verify(site: Site, assertion: str, host: str) -> tuple[OAuthApp, Json]:
    """The app that signed, and the claims. `host`: as the caller reached us, port included. Raises invalid_client."""
    try:
        header = jwt.get_unverified_header(assertion)
        claims = jwt.decode(assertion, options={"verify_signature": False})
    except jwt.PyJWTError:
        raise invalid_jwt("token is malformed") from None
    if header.get("alg") != "RS256" or header.get("typ") != "JWT":
        raise invalid_jwt("alg must be RS256 and typ must be JWT")
    app = next((app for app in site.state.apps.values() if header.get("kid") in app.keys), None)
    if app is None:
        raise invalid_jwt("kid not been registred")
    try:
        jwt.decode(assertion, app.keys[header["kid"]], algorithms=["RS256"], options=_SIGNATURE_ONLY)
    except jwt.PyJWTError:
        raise invalid_jwt("signature is invalid") from None
    _check_claims(site, app, claims, host)
    return app, claims


_SIGNATURE_ONLY: Any = {
    "verify_signature": True,
    **dict.fromkeys(("verify_exp", "verify_nbf", "verify_iat", "verify_aud", "verify_iss"), False),
    **dict.fromkeys(("verify_sub", "verify_jti"), False),
}


def _check_claims(site: Site, app: OAuthApp, claims: Json, host: str) -> None:
    """Raise for the first claim that is wrong, in the order in which people find them."""
    now, iat, exp, jti = time.time(), claims.get("iat"), claims.get("exp"), claims.get("jti")
    if claims.get("iss") != app.id:
        raise invalid_jwt("iss is not the app's id")
    if claims.get("aud") != host:
        raise invalid_jwt("aud is invalid")
    if type(iat) is not int or type(exp) is not int or exp <= iat:
        raise invalid_jwt("iat and exp must be integers, exp after iat")
    if exp <= now:
        raise invalid_jwt("token is expired")
    if iat > now + CLOCK_SKEW:
        raise invalid_jwt("iat is in the future")
    if not isinstance(jti, str) or not jti:
        raise invalid_jwt("jti is empty")
    if site.state.used_jti.get((app.id, jti), 0) > now:
        raise invalid_jwt("jti has been used")


def _scope(body: Json, app: OAuthApp) -> frozenset[str] | None:
    """The agents that a channel app narrows its token to; None without scope. Raises invalid_request."""
    scope = body.get("scope")
    if scope is None:
        return None
    if app.kind != "channel":
        raise invalid_request("scope")
    try:
        bots = scope["attribute_constraint"]["connector_bot_chat_attribute"]["bot_id_list"]
        permissions = scope["account_permission"]["permission_list"]
    except (KeyError, TypeError):
        raise invalid_request("scope") from None
    if not isinstance(permissions, list) or not isinstance(bots, list):
        raise invalid_request("scope")
    return frozenset(str(bot) for bot in bots)


def invalid_jwt(why: str) -> OAuthError:
    """The assertion is no good."""
    return OAuthError(401, "invalid_client", f"invalid jwt: {why}")
