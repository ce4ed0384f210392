"""Signing in to Coze in every state, as a card, above a form, and what is said about it besides."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core.sign_in import ANSWER, APP, LOST, Purpose, SignIn, SignInState
from bot.slack.views import sign_in as views
from bot.slack.views.join import forms as join_views
from bot.slack.views.parts import Card
from bot.texts.locale import Locale

NOW = datetime(2026, 12, 2, 3, 5, tzinfo=UTC)


def signing_in(state: SignInState, account: str, purpose: Purpose = Purpose.JOIN, **more: Any) -> SignIn:
    """A sign-in of tom's."""
    begun = SignIn(7, "T0SHARGE", "U0TOM", purpose, "41", {"nick": ""}, state, NOW, in_modal=True)
    if state is not SignInState.STARTING:
        page, ends = "https://www.coze.cn/oauth2/device", NOW + timedelta(minutes=5)
        begun = replace(begun, page=page, user_code="WDJB-MJHT", interval=5, expires_at=ends)
    if state in (SignInState.SEEN, SignInState.DONE, SignInState.NOT_MINE, SignInState.TAKEN):
        begun = replace(begun, account=account, coze_uid="3811223344556677", answer_by=NOW + ANSWER)
    return replace(begun, settled_at=NOW, **more)


def all_states(account: str) -> Iterator[tuple[str, SignIn]]:
    """Each as it comes."""
    for purpose in Purpose:
        for state in SignInState:
            yield f"{state} {purpose}", signing_in(state, account, purpose)
    yield "done, asked", signing_in(SignInState.DONE, account, may_keep=True)
    yield "done, kept", signing_in(SignInState.DONE, account, is_kept=True)
    yield "nobody said", signing_in(SignInState.EXPIRED, account, answer_by=NOW)
    for error in (LOST, APP, "E15", "E3"):
        yield f"failed {error}", signing_in(SignInState.FAILED, account, error=error)


def cards(locale: Locale, account: str) -> Iterator[tuple[str, Card]]:
    """All messages."""
    for name, each in all_states(account):
        yield f"sign_in {name}", views.card(each, locale)
        yield f"sign_in {name}, leads on", views.card(each, locale, leads_on=True)
        yield f"sign_in {name}, overtaken", views.card(each, locale, is_overtaken=True)
    for why in ("signed_out", "end"):
        yield f"signed out, {why}", views.signed_out(why, locale)
    yield "sign-in app refused", views.app_refused("access_deny", locale)


def modals(locale: Locale, account: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The same above a form, and the agreement."""
    for name, each in all_states(account):
        yield f"sign_in {name}", views.view(each, locale)
    yield "join.ask, signing in", join_views.form(locale, signs_in=True)
    yield "sign_in agreement", views.agreement(signing_in(SignInState.DONE, account, may_keep=True), locale)
