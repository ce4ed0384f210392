"""The one-time page on which somebody enters a token or key that they agreed to have kept.

Served by ourselves, with no script and nothing of anybody else's. Its address works once and for ten minutes; an
unknown, a used and an expired one answer alike. What is entered is never shown again, on no page.
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import htpy
from markupsafe import Markup
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from bot.core.secret_store import AFTER_END, KEY_LIFE, Kind, LinkState
from bot.services.secret_store import OneTimePage, SecretStore
from bot.texts.catalogue import Language, language_of
from bot.texts.keys import refusal
from bot.texts.locale import Locale

from .endpoints import whole

LARGEST = 16 * 1024  # bytes of what is sent
STYLE = Path(__file__).with_name("once.css").read_text("utf-8")
NOWHERE = "UTC"

_STYLE = Markup(STYLE)  # noqa: S704 (our own file)
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none'; object-src 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_SECURE = {"Strict-Transport-Security": "max-age=31536000"}
_QUIET: dict[str, str | bool] = {
    "autocomplete": "off",
    "autocapitalize": "off",
    "spellcheck": "false",
    "required": True,
}
_GLASSES = Markup(
    '<svg viewBox="0 0 20 20" aria-hidden="true">'
    '<circle cx="5.5" cy="11" r="3.5"/><circle cx="14.5" cy="11" r="3.5"/>'
    '<path d="M9 10.5a1.4 1.4 0 0 1 2 0M2 9.5 3.5 5.5M18 9.5 16.5 5.5"/></svg>'
)


class OncePage:
    """An ASGI endpoint for /once/{part}. `public_url` is the address at which people reach it.

    Over plain http, which only the playground allows, the cookie has neither the `__Host-` prefix nor `Secure`:
    browsers would not take it.
    """

    def __init__(self, secret_store: SecretStore, public_url: str, default: Language) -> None:
        self._secret_store, self._default = secret_store, default
        parts = urlsplit(public_url)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._secure = parts.scheme == "https"
        self._cookie = "__Host-once" if self._secure else "once"
        self._headers = _HEADERS | (_SECURE if self._secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        answer = await (self._enter(request, receive) if request.method == "POST" else self._open(request))
        answer.headers.update(self._headers)
        await answer(scope, receive, send)

    async def _open(self, request: Request) -> Response:
        """Show the form. Spends nothing: previews of links fetch them too."""
        page = await self._secret_store.page(str(request.path_params["part"]))
        if page is None:
            return self._gone(request)
        token = secrets.token_urlsafe(32)
        answer = HTMLResponse(_form(page, token))
        answer.set_cookie(self._cookie, token, max_age=900, secure=self._secure, httponly=True, samesite="strict")
        return answer

    async def _enter(self, request: Request, receive: Receive) -> Response:
        """Take what was entered, if it was entered on our own page."""
        body = await whole(request.scope, receive, LARGEST)
        fields = _fields(body) if body is not None else None
        if fields is None:
            return _told(self._stranger(request), "bad", 413 if body is None else 400)
        if not self._ours(request, fields):
            return _told(self._stranger(request), "foreign", 403)
        taken = await self._secret_store.receive(str(request.path_params["part"]), SecretStr(fields.get("value", "")))
        if taken is None:
            return self._gone(request)
        page, kept = taken
        answer = HTMLResponse(_done(page, kept.account) if kept else _useless(page), 200 if kept else 422)
        answer.delete_cookie(self._cookie, secure=self._secure, httponly=True, samesite="strict")
        return answer

    def _ours(self, request: Request, fields: Mapping[str, str]) -> bool:
        """Whether the form was sent from the page that this browser was given."""
        cookie, hidden = request.cookies.get(self._cookie, ""), fields.get("form", "")
        same = hmac.compare_digest(cookie.encode(), hidden.encode("utf-8", "surrogatepass"))
        return bool(cookie) and same and self._from_here(request)

    def _from_here(self, request: Request) -> bool:
        """Whether a page of ours sent it.

        Under `no-referrer`, which keeps the address to itself, browsers call the origin of a form "null" (Fetch
        standard, "append a request Origin header"); then their Sec-Fetch-Site, which no page can set, decides.
        """
        origin = request.headers.get("origin")
        return origin == self._origin or (origin == "null" and request.headers.get("sec-fetch-site") == "same-origin")

    def _gone(self, request: Request) -> Response:
        return _told(self._stranger(request), "gone", 404)

    def _stranger(self, request: Request) -> Locale:
        """Who asks for a page that tells nothing about anybody: the browser's language."""
        wanted = re.split("[,;]", request.headers.get("accept-language", ""))[0].strip()
        return Locale(language_of(wanted) or self._default, NOWHERE)


def _fields(body: bytes) -> dict[str, str] | None:
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=4))
    except ValueError:
        return None


def _form(page: OneTimePage, token: str) -> str:
    link, locale = page.link, page.locale
    is_token = link.kind is Kind.TOKEN
    title = locale._("Enter the token here") if is_token else locale._("Enter the key here")
    label = locale._("Token") if is_token else locale._("The whole content of private_key.pem")
    box = (
        htpy.input(_QUIET, id="value", name="value", type="password", placeholder="pat_…")
        if is_token
        else htpy.textarea(_QUIET, id="value", name="value", placeholder="-----BEGIN PRIVATE KEY-----")
    )
    days = AFTER_END.days if is_token else KEY_LIFE.days
    end = (
        locale._("It is deleted by itself {days} days after its end.", days=days)
        if is_token
        else locale._("It is deleted by itself after {days} days.", days=days)
    )
    content = [
        htpy.p[locale._("This page works once; nothing you enter reaches the chat.")],
        htpy.form(method="post", autocomplete="off")[
            htpy.input(type="hidden", name="form", value=token),
            htpy.label(for_="value")[label],
            box,
            htpy.button(type="submit")[locale._("Check and store")],
        ],
        htpy.ul[
            htpy.li[locale._("It is stored encrypted and only used to publish your own agents, when you say so.")],
            htpy.li[end],
            htpy.li[locale._("You can delete it at any time: /sharge remind in Slack.")],
        ],
    ]
    return _document(locale, title, content)


def _done(page: OneTimePage, account: str) -> str:
    locale = page.locale
    text = locale._("Coze confirms it: the account is “{account}”. You can close this page.", account=account)
    title = locale._("Received and stored encrypted")
    return _document(locale, title, [htpy.p[text]], "ok")


def _useless(page: OneTimePage) -> str:
    locale, link = page.locale, page.link
    again = (
        locale._("This page no longer works. There's a new one for you in Slack, in the same message.")
        if link.state is LinkState.OPEN
        else locale._("This page no longer works. Please start again in Slack: /sharge remind.")
    )
    content = [htpy.p[refusal(link.problem or "", locale)], htpy.p[again]]
    return _document(locale, locale._("Nothing was kept"), content, "bad")


def _told(locale: Locale, what: str, status: int) -> Response:
    """A page about no link in particular."""
    titles = {
        "gone": locale._("This link doesn't work any more"),
        "foreign": locale._("This didn't come from the page itself"),
        "bad": locale._("That could not be read"),
    }
    texts = {
        "gone": locale._("Each link works once and for ten minutes. You get a new one in Slack: /sharge remind."),
        "foreign": locale._("Nothing was taken. Please open the link in Slack again, with cookies allowed."),
        "bad": locale._("It was too large, or not sent by the form. Nothing was taken; please open the link again."),
    }
    return HTMLResponse(_document(locale, titles[what], [htpy.p[texts[what]]], "bad"), status)


def _document(locale: Locale, title: str, content: list[htpy.Element], state: str = "") -> str:
    return str(
        htpy.html(lang=locale.catalogue.html_lang)[
            htpy.head[
                htpy.meta(charset="utf-8"),
                htpy.meta(name="viewport", content="width=device-width, initial-scale=1"),
                htpy.title[title],
                htpy.style[_STYLE],
            ],
            htpy.body[
                htpy.main(class_=state or None)[
                    htpy.p(class_="app")[_GLASSES, locale._("ShargeAI concierge")], htpy.h1[title], content
                ],
            ],
        ]
    )
