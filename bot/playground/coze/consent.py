"""The person's side of signing in: the calls of Coze's own page, and what follows a yes or a no."""

import secrets
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..world.coze import Json, User
from ..world.coze_state import digest
from ..world.sign_in import SignIn
from . import errors
from .acting import NoWay, person
from .api import Site, envelope, read_object
from .errors import ApiError
from .sign_in import CODE_LIFE, ROOT, consent_page

ACCOUNT_COOKIE = "coze_account"  # who is signed in to the website here: nobody has a password
NO_SESSION = 700012006


def routes(site: Site) -> list[Route]:
    """What the page calls, in Coze's usual envelope but without a token: the browser's session says who it is."""

    def endpoint(path: str, handler: Callable[[Site, Request, Json], Json]) -> Route:
        async def answer(request: Request) -> Response:
            try:
                return envelope(site, 0, "", handler(site, request, await read_object(request)), 200)
            except ApiError as error:
                return envelope(site, error.code, error.message, None, error.http_status)

        return Route(f"{ROOT}/{path}", answer, methods=["POST"])

    return [endpoint("device/verification", _verify), endpoint("authorize_consent", _consent)]


def _verify(site: Site, request: Request, body: Json) -> Json:
    """POST …/device/verification {user_code}: where the person is asked."""
    sign_in = site.state.sign_ins.typed(str(body.get("user_code") or ""), site.state.now())
    if sign_in is None:
        raise errors.bad_parameter("user_code")
    return {"redirect_uri": f"{str(request.base_url).rstrip('/')}{consent_page(sign_in)}"}


def _consent(site: Site, request: Request, body: Json) -> Json:
    """POST …/authorize_consent {authorize_key, consent}: the answer of whoever the browser is signed in as."""
    try:
        user = site.state.user(request.cookies.get(ACCOUNT_COOKIE, ""))
    except KeyError:
        raise ApiError(NO_SESSION, "login session invalid") from None
    sign_in = site.state.sign_ins.by_key.get(str(body.get("authorize_key")))
    if sign_in is None or not isinstance(body.get("consent"), bool):
        raise errors.bad_parameter("consent" if sign_in else "authorize_key")
    try:
        redirect = decide(site, user, sign_in, approve=body["consent"])
    except NoWay as problem:
        raise errors.bad_parameter("authorize_key", str(problem)) from None
    site.state.changed()
    return {"redirect_uri": redirect} if redirect else {}


async def sign_in(site: Site, body: Json) -> Json:
    """sign_in {name, user_code? | authorize_key?, approve: true | false}: answer an app that asks for consent.

    Without a code and a key the newest is meant. After a browser's request `redirect_url` is where it goes next.
    """
    user, approve = person(site, body), body.get("approve")
    if not isinstance(approve, bool):
        raise NoWay("say approve: true or false")
    redirect = decide(site, user, _meant(site, body), approve=approve)
    return {"redirect_url": redirect} if redirect else {}


def _meant(site: Site, body: Json) -> SignIn:
    sign_ins, now = site.state.sign_ins, site.state.now()
    if "user_code" in body:
        found = sign_ins.typed(str(body["user_code"]), now)
    elif "authorize_key" in body:
        found = sign_ins.by_key.get(str(body["authorize_key"]))
    else:
        found = next(iter(reversed(sign_ins.open(now))), None)
    if found is None:
        raise NoWay("no app waits for that answer")
    return found


def decide(site: Site, user: User, asked: SignIn, *, approve: bool) -> str:
    """Take somebody's answer; where their browser goes from here, empty for a device's. Raises NoWay."""
    state, app = site.state, site.state.apps.get(asked.app_id)
    if asked not in state.sign_ins.open(state.now()):
        raise NoWay("this was answered already, or it is too late")
    if not approve:
        asked.answer, asked.user_id = "refused", user.id
        return _back(asked, {"error": "access_denied"})
    if app is None or not app.enabled:
        raise NoWay("the app is switched off")
    space = state.workspaces.get(asked.workspace_id)
    if asked.workspace_id and (space is None or not state.selectable(space, user.id)):
        raise NoWay(f"{user.handle} can't open this workspace to an app")
    asked.answer, asked.user_id = "granted", user.id
    opened = frozenset({asked.workspace_id}) if asked.workspace_id else None
    app.authorised[user.id] = opened and app.authorised.get(user.id, opened)
    code = f"code_{secrets.token_urlsafe(32)}"
    if asked.redirect_uri:
        asked.ends_at = state.now() + CODE_LIFE
        state.sign_ins.by_secret[digest(code)] = asked
    return _back(asked, {"code": code})


def _back(asked: SignIn, answer: dict[str, str]) -> str:
    """The app's own address with the answer."""
    if not asked.redirect_uri:
        return ""
    joint = "&" if urlsplit(asked.redirect_uri).query else "?"
    return f"{asked.redirect_uri}{joint}{urlencode(answer | {'state': asked.redirect_state})}"
