"""The addresses of Coze's pages for signing in, on Coze's own port. They work without a script, as forms do."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from ..coze.consent import ACCOUNT_COOKIE
from ..coze.sign_in import CONSENT_PAGE, DEVICE_PAGE, consent_page
from ..director import Director
from ..world.sign_in import SignIn
from .consent import code_card, consent_card, document, over_card
from .state import State, read_state
from .texts import words
from .wire import HEADERS, STATIC, last_of, read_form

CONSENT_PATHS = ("/oauth2/", "/page/static/")
"""What is served here, and not by the API."""

SELF = "form-action 'self'"
BACK = f"{SELF} https: http://localhost:* http://127.0.0.1:*"  # where an app may wait for the browser
POLICY = {"Content-Security-Policy": HEADERS["Content-Security-Policy"].replace(SELF, BACK)}


def consent_routes(director: Director) -> list[BaseRoute]:
    """The two pages and what they look like."""
    site = _Consent(director)
    return [
        Route(DEVICE_PAGE, site.device, methods=["GET"]),
        Route(DEVICE_PAGE, site.typed, methods=["POST"]),
        Route(CONSENT_PAGE, site.asked, methods=["GET"]),
        Route(CONSENT_PAGE, site.answered, methods=["POST"]),
        Mount("/page/static", StaticFiles(directory=STATIC)),
    ]


class _Consent:
    """The handlers."""

    def __init__(self, director: Director) -> None:
        self._coze, self._state = director.coze, director.world.coze

    async def device(self, request: Request) -> Response:
        """The page that a device's link opens, with or without the code in it."""
        return self._code(request, request.query_params.get("user_code", ""), is_wrong=False)

    async def typed(self, request: Request) -> Response:
        """A code was typed: on to the question, or once more."""
        typed = last_of(await read_form(request), "user_code")
        found = self._state.sign_ins.typed(typed, self._state.now())
        return RedirectResponse(consent_page(found), 303) if found else self._code(request, typed, is_wrong=True)

    async def asked(self, request: Request) -> Response:
        """The question; once it is answered, what the answer was."""
        asked = self._state.sign_ins.by_key.get(request.query_params.get("authorize_key", ""))
        return self._question(request, asked)

    async def answered(self, request: Request) -> Response:
        """Yes or no. A browser that an app has sent goes back there."""
        form, accounts = await read_form(request), {user.handle for user in self._state.users.values()}
        asked = self._state.sign_ins.by_key.get(last_of(form, "authorize_key"))
        approve, who = last_of(form, "answer") == "yes", last_of(form, "who")
        if asked is None or (approve and who not in accounts):
            return self._question(request, asked, "consent.who")
        name = who or next(iter(accounts), "")  # whoever says no need not say who it is
        answer = await self._coze.act("sign_in", {"name": name, "authorize_key": asked.key, "approve": approve})
        if not answer["ok"]:
            return self._question(request, asked, "consent.impossible")
        response = RedirectResponse(answer.get("redirect_url") or consent_page(asked), 303, HEADERS)
        if who:
            response.set_cookie(ACCOUNT_COOKIE, who, samesite="strict")
        return response

    # Drawing

    def _code(self, request: Request, typed: str, *, is_wrong: bool) -> Response:
        state = _read(request)
        card = code_card(state.lang, typed, is_wrong=is_wrong)
        here = f"{DEVICE_PAGE}?{urlencode({'user_code': typed})}" if typed else DEVICE_PAGE
        return _shown(state, document(state, here, words(state.lang)("consent.device"), card))

    def _question(self, request: Request, asked: SignIn | None, problem: str = "") -> Response:
        state = _read(request)
        say, here = words(state.lang), consent_page(asked) if asked else CONSENT_PAGE
        app = self._state.apps.get(asked.app_id) if asked else None
        if asked is None or app is None or asked not in self._state.sign_ins.open(self._state.now()):
            kind = "unknown" if asked is None else "late" if asked.answer == "open" else asked.answer
            user = self._state.users.get(asked.user_id) if asked else None
            card = over_card(state.lang, kind, app.name if app else "", user.name if user else "")
            return _shown(state, document(state, here, say("consent.device"), card))
        space = self._state.workspaces.get(asked.workspace_id)
        card = consent_card(
            state.lang,
            asked,
            app,
            self._state.users.values(),
            request.cookies.get(ACCOUNT_COOKIE, ""),
            space.name if space else "",
            say(problem) if problem else "",
        )
        return _shown(state, document(state, here, say("consent.asks", app=app.name), card))


def _read(request: Request) -> State:
    """Language and theme, which the whole playground shares by its cookies."""
    return read_state(str(request.url), request.cookies, request.headers.get("Accept-Language", ""))


def _shown(state: State, page: str) -> Response:
    cookies: Mapping[str, Any] = {"lang": state.lang, "theme": state.theme}
    response = HTMLResponse(page, headers=HEADERS | POLICY)
    for name, value in cookies.items():
        response.set_cookie(name, str(value), samesite="strict")
    return response
