"""Every view in every state, drawn with ordinary, with the longest and with hostile words."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import product
from typing import Any, get_args

from bot.core import credential as credentials
from bot.core import errors, join, publish, secret_store
from bot.core.assertion import AssertionReport, Finding
from bot.core.credential import Credential
from bot.core.join import Request
from bot.core.leak import SecretKind
from bot.core.people import Evidence
from bot.core.publish import Publication
from bot.core.refusal import Attempts
from bot.core.remind import Timetable
from bot.core.secret_store import LinkState
from bot.playground.slack.validate import Surface
from bot.services.overview import Trouble
from bot.slack.views import answers, credential_form, publish_forms
from bot.slack.views import credential as credential_views
from bot.slack.views import leak as leak_views
from bot.slack.views import publish as publish_views
from bot.slack.views import secret_store as secret_views
from bot.slack.views.guide import token_check
from bot.slack.views.guide.lint import lint
from bot.slack.views.join import admin as admin_views
from bot.slack.views.join import forms as join_views
from bot.slack.views.join import mine as mine_views
from bot.slack.views.parts import Card
from bot.slack.views.status import Going, status
from bot.texts.commands import commands
from bot.texts.locale import Locale

from . import (
    guide_samples,
    samples_backup,
    samples_calls,
    samples_desk,
    samples_outgrow,
    samples_pick,
    samples_publish,
    samples_review,
    samples_seats,
    samples_sign_in,
    samples_talk,
)

MEI = Locale("zh", "Asia/Shanghai")
TOM = Locale("en", "America/New_York")
NOW = datetime(2026, 12, 2, 3, 5, tzinfo=UTC)
SPACE = "https://www.coze.cn/space/7512345678901234567"


@dataclass(frozen=True)
class Words:
    """What other people wrote."""

    name: str
    nick: str
    purpose: str
    reason: str
    token: str
    agent: str
    uid: str = "3811223344556677"
    email: str = "tom@example.com"
    log_id: str = "20261202150201C7D4"


LABEL = 24.0  # letters on a button; 10 Chinese characters fit

ORDINARY = Words(
    "tom", "tom_ny", "Museum tours: <100 words, Chinese & English.", "Please add a venue.", "glasses-trial", "R&D"
)
LONGEST = Words(
    "馆" * 200,
    "馆" * 40,
    "馆" * 300,
    "馆" * 600,
    "馆" * 40,
    "馆" * 40,
    "8" * 24,
    "a" * 60 + "@" + "b" * 190 + ".cn",
    "9" * 34,
)
NASTY = (
    "*bold* _it_ ~no~ `code` <!channel> <@U0LIN> <https://x.cn|y> &lt; :tada: {name} **x** \u202eg\u2066\x07👩‍👩‍👧"
)
HOSTILE = Words(
    NASTY, NASTY, (NASTY + "\n") * 30, (NASTY + "\n") * 30, NASTY, NASTY, "123456", "*a*<!here>@x.cn", "`" * 3
)
WORDS = {"ordinary": ORDINARY, "longest": LONGEST, "hostile": HOSTILE}

Sample = tuple[str, Surface, dict[str, Any]]


def request(words: Words, state: join.JoinState = join.JoinState.PENDING, **values: Any) -> Request:
    """A request of tom's, in any state."""
    made = Request(
        id=41,
        team_id="T0SHARGE",
        user_id="U0TOM",
        name=words.name,
        coze_uid=words.uid,
        nick=words.nick,
        purpose=words.purpose,
        email=words.email,
        state=state,
        created_at=NOW - timedelta(hours=5),
        earlier=2,
    )
    decided: dict[str, Any] = {"decided_by": "U0LIN", "decided_at": NOW - timedelta(hours=3)}
    return replace(made, **{**(decided if state is not join.JoinState.PENDING else {}), **values})


def token(
    words: Words, days: float = 3, state: credentials.CredentialState = credentials.CredentialState.ACTIVE
) -> Credential:
    """A token of tom's that ends in so many days."""
    ends = NOW + timedelta(days=days)
    return Credential(17, "T0SHARGE", "U0TOM", words.token, ends - timedelta(days=30), ends, "a1b2", state, NOW)


def publication(
    words: Words, state: publish.PublicationState = publish.PublicationState.REVIEWING, **values: Any
) -> Publication:
    """An agent of tom's on its way, in any state."""
    made = Publication(
        8, "T0SHARGE", "U0TOM", "7523456789012345678", words.agent, "7512345678901234567", "10000999", state, NOW
    )
    return replace(made, **values)


def cards(locale: Locale, words: Words) -> Iterator[tuple[str, Card]]:
    """All messages."""
    yield from (*join_cards(locale, words), *credential_cards(locale, words))
    yield from publish_cards(locale, words)
    yield from (*check_cards(locale, words), *secret_cards(locale, words))
    yield from answer_cards(locale, words)
    yield from guide_samples.cards(locale, words, request(words), publication(words))
    yield from (*samples_calls.cards(locale, NOW), *samples_sign_in.cards(locale, words.nick))
    yield from samples_talk.cards(locale, request(words), token(words), words.reason, words.nick)
    yield from samples_seats.cards(request(words), locale)


def join_cards(locale: Locale, words: Words) -> Iterator[tuple[str, Card]]:
    """The admins' card, the requester's card and the notices, in every state."""
    for name, each in requests(words):
        yield f"join.card {name}", admin_views.card(each, locale, SPACE)
        yield f"join.mine {name}", mine_views.mine(each, locale, SPACE)
        yield f"join.notice {name}", mine_views.notice(each, locale)
    yield "join.card without address", admin_views.card(request(words, join.JoinState.APPROVED, by_hand=True), locale)


def requests(words: Words) -> Iterator[tuple[str, Request]]:
    """A request in every state and by every evidence."""
    state = join.JoinState
    yield "pending", request(words)
    yield "pending, first", request(words, earlier=0, email=None)
    yield "approved", request(words, state.APPROVED)
    yield "by hand", request(words, state.APPROVED, by_hand=True)
    for key in ("E1", "E13", "E15", "E18"):
        yield f"failed {key}", request(words, state.APPROVED, error=key, log_id=words.log_id)
    sent = {"invited_at": NOW, "watch_until": NOW + join.WATCH, "invited_evidence": Evidence.VERIFIED}
    yield "invited", request(words, state.INVITED, **sent)
    yield "invited by hand", request(words, state.INVITED, by_hand=True, invited_evidence=Evidence.CONFIRMED)
    for evidence in Evidence:
        yield f"joined {evidence}", request(words, state.JOINED, joined_at=NOW, joined_evidence=evidence)
    yield "declined", request(words, state.DECLINED, reason=words.reason)
    yield "withdrawn", request(words, state.WITHDRAWN, decided_by=None, decided_at=None)


def credential_cards(locale: Locale, words: Words) -> Iterator[tuple[str, Card]]:
    """The receipt, the ladder, the one-line forms, the list."""
    left = {"t7": 7.0, "t3": 3.0, "t1": 1.0, "t0": 0.3, "h4": 0.15, "ended": -0.1}
    for key, days in left.items():
        each = token(words, days)
        rungs = Timetable().ladder(each.created_at, each.ends_at, NOW, locale.tz)
        following = rungs[0] if rungs else None
        yield f"remind {key}", credential_views.notice(each, key, locale, NOW, following)
        yield f"remind {key}, passed", credential_views.notice(each, key, locale, NOW, None, current=False)
        yield f"recorded {key}", credential_views.recorded(each, rungs, locale, NOW)
    yield from samples_outgrow.cards(locale, token(words, 30), request(words))
    old, new = token(words, 3, credentials.CredentialState.SUPERSEDED), token(words, 30)
    yield "remind replaced", credential_views.notice(old, "t3", locale, NOW, replaced_by=new)
    yield "remind replaced, by whatever", credential_views.notice(old, "t3", locale, NOW)
    forgotten = replace(old, state=credentials.CredentialState.FORGOTTEN)
    yield "remind off", credential_views.notice(forgotten, "t3", locale, NOW)
    quiet = NOW + timedelta(days=1)
    yield "remind snoozed", credential_views.notice(token(words), "t3", locale, NOW, quiet_until=quiet)
    yield "recorded, replaced", credential_views.recorded(old, [], locale, NOW)
    yield "off", credential_views.off(token(words), locale)
    yield "tokens none", credential_views.listing([], locale, NOW)
    yield "tokens many", credential_views.listing([token(words, days) for days in range(-1, 20)], locale, NOW)


def publish_cards(locale: Locale, words: Words) -> Iterator[tuple[str, Card]]:
    """The live card and the notice in every state."""
    settled = {
        "submitted_at": NOW,
        "checked_at": NOW,
        "settled_at": NOW,
        "reason": words.reason,
        "log_id": words.log_id,
    }
    for state in publish.PublicationState:
        for version in (None, "1764644521000"):
            each = publication(words, state, version=version, error="E16", **settled)
            yield f"publish {state} {version}", publish_views.card(each, locale, NOW)
            yield f"publish notice {state} {version}", publish_views.notice(each, locale)
        yield f"publish bare {state}", publish_views.card(publication(words, state), locale, NOW)
    told_us = publication(words, publish.PublicationState.ONLINE, evidence=Evidence.CONFIRMED, **settled)
    for state in map(publish.PublicationState, ("claimed", "unknown", "rejected")):
        by_hand = publication(words, state, evidence=Evidence.CONFIRMED, reason=words.reason)
        yield f"publish {state} by hand", publish_views.card(by_hand, locale, NOW)
    yield "publish online, confirmed", publish_views.card(told_us, locale, NOW)
    yield "publish overtaken", publish_views.overtaken(told_us, locale)
    for key in ("E1", "E5", "E8", "E15"):
        each = publication(words, publish.PublicationState.FAILED, error=key, **settled)
        yield f"publish failed {key}", publish_views.card(each, locale, NOW)
    yield from samples_publish.cards(publication(words), locale)
    yield from samples_review.cards(words.agent, words.reason, locale)


def check_cards(locale: Locale, words: Words) -> Iterator[tuple[str, Card]]:
    """Results of checks."""
    note = Finding("iat", "note", {"reason": "ahead", "seconds": 95})
    yield "check token", token_check.pat_ok(words.nick, 2, locale)
    yield "check assertion", token_check.assertion_ok(words.nick, 900, [note], locale)
    yield "check assertion, bare", token_check.assertion_ok(None, None, [], locale)
    for number in range(1, 19):
        facts = {"key": words.nick, "space": words.nick, "code": words.log_id, "log_id": words.log_id}
        yield f"check E{number}", token_check.failed(f"E{number}", locale, **facts, reason=words.reason)
    yield "lint", lint(report(words), locale)
    yield "lint one", lint(AssertionReport((Finding("pem", "fix", {"reason": "private"}),)), locale)
    strange = AssertionReport((Finding("cty", "fix", {"reason": "strange"}),))
    yield "lint unheard of", lint(strange, locale)


def kept(words: Words, kind: secret_store.Kind, *, used: bool = False) -> secret_store.StoredSecret:
    """What tom has the bot keep."""
    one = secret_store.StoredSecret(
        "5d1c",
        "T0SHARGE",
        "U0TOM",
        secret_store.PUBLISH,
        kind,
        words.nick,
        "1",
        "2",
        "k" * 43,
        17,
        "a",
        NOW,
        NOW,
        None,
    )
    return replace(one, ends_at=NOW + secret_store.KEY_LIFE, used_at=NOW if used else None)


def page_link(kind: secret_store.Kind, state: LinkState, problem: str | None = None) -> secret_store.OneTimeLink:
    """A one-time page of tom's."""
    return secret_store.OneTimeLink(
        5, "T0SHARGE", "U0TOM", secret_store.PUBLISH, kind, 17, None, None, state, "n", "a", NOW, NOW, 1, problem
    )


def secret_cards(locale: Locale, words: Words) -> Iterator[tuple[str, Card]]:
    """What is kept, the links, and secrets in the wrong place."""
    for secret, typed in product(get_args(SecretKind), (False, True)):
        yield f"leak {secret}{' typed' * typed}", leak_views.leak(secret, locale, typed=typed)
    yield "leak mistaken", leak_views.mistaken(locale)
    for kind in secret_store.HANDED_OVER:
        for state in LinkState:
            link = page_link(kind, state)
            yield f"link {kind} {state}", secret_views.page_link(link, "https://x.example/once/y", NOW, locale)
        again = page_link(kind, LinkState.OPEN, "key:public_key")
        yield f"link {kind} again", secret_views.page_link(again, "https://x.example/once/y", NOW, locale)
        offers = [secret_views.offer(kind, locale) for kind in secret_store.HANDED_OVER]
        yield f"offers {kind}", credential_views.listing([token(words)], locale, NOW, [], offers)
    for kind, used in product(secret_store.Kind, (False, True)):
        lines = [secret_views.kept(kept(words, kind, used=used), locale)]
        yield f"kept {kind} {used}", credential_views.listing([token(words)], locale, NOW, lines)
    yield "stored", secret_views.stored(kept(words, secret_store.Kind.TOKEN), locale)
    yield "useless", secret_views.useless("help:E3", locale)
    yield "forgotten", secret_views.forgotten(locale)
    yield "record first", secret_views.record_first(locale)


def report(words: Words) -> AssertionReport:
    """Much that is wrong at once."""
    slip: dict[str, str | int | bool] = {"reason": "too_long", "seconds": 312_206_400, "unit_slip": True}
    return AssertionReport(
        (
            Finding("alg", "fix", {"reason": "other", "value": words.nick, "expected": "RS256"}),
            Finding("exp", "fix", slip),
            Finding("aud", "fix", {"reason": "scheme", "value": words.nick, "expected": "api.coze.cn"}),
            Finding("iat", "note", {"reason": "ahead", "seconds": 95}),
            Finding("kid", "ok"),
            Finding("iss", "ok"),
        )
    )


def answer_cards(locale: Locale, words: Words) -> Iterator[tuple[str, Card]]:
    """Answers to commands and presses."""
    yield "help", answers.help(locale, [text for text in commands() if not text.admin])
    yield "help of admins", answers.help(locale, commands()[:2], [text for text in commands() if text.admin])
    yield "unknown", answers.unknown(words.purpose, None, locale)
    yield "unknown, guessed", answers.unknown(words.nick, "publish", locale, words.nick)
    yield "language", answers.lang_set(locale)
    yield "languages", answers.choose_language(locale)
    yield "unexpected", answers.unexpected("c0ffee42", locale)
    for form in ("join.ask", "credential.record", "check.run", "publish.looking", "new.form"):
        yield f"expired {form}", answers.form_expired(form, locale)
        yield f"from a message {form}", answers.open_form(form, locale)
    for error in refused():
        yield f"refused {type(error).__name__} {error}", answers.refusal(error, locale)
    yield from status_cards(locale, words)


def refused() -> list[errors.BotError]:
    """Every reason to say no."""
    return [
        errors.NotAdmin(),
        errors.OwnRequest(),
        errors.NotYours(),
        errors.NotAllowed(),
        errors.AlreadyDecided("approved", "U0LIN", NOW),
        errors.AlreadyDecided("declined", None, None),
        errors.AlreadyDecided("moved", "U0LIN", NOW),
        errors.NoAccount(),
        errors.Unproven(),
        errors.WrongState("joined"),
        errors.NotFound(),
        errors.Unreachable(),
        errors.InvalidFields([]),
        errors.BotError(),
        OutOfQuota(),
    ]


class OutOfQuota(errors.BotError):
    """As errors of Coze do, it names its help."""

    help = "E17"
    code = 4027


def status_cards(locale: Locale, words: Words) -> Iterator[tuple[str, Card]]:
    """One's status, whatever comes next."""
    tokens = [token(words, days) for days in (20, 9)]
    agents = [publication(words, state) for state in publish.PublicationState]
    yield "status in a guide", status(locale, NOW, None, [], [], going=Going(17, words.agent))
    trouble = Trouble(2, 3, 1, [Attempts("U0TOM", 23), Attempts("U0MEI", 2000)])
    yield "status in trouble", status(locale, NOW, None, tokens, agents, trouble)
    yield "status new", status(locale, NOW, None, [], [])
    for name, each in requests(words):
        yield f"status {name}", status(locale, NOW, each, tokens, agents[3:5])
    joined = request(words, join.JoinState.JOINED)
    for agent in agents:
        yield f"status agent {agent.state}", status(locale, NOW, joined, [], [agent])
    yield "status all agents", status(locale, NOW, joined, tokens, agents)
    for days in (-1, 0.2, 2):
        yield f"status token {days}", status(locale, NOW, joined, [token(words, days)], [])


def modals(locale: Locale, words: Words) -> Iterator[tuple[str, dict[str, Any]]]:
    """All forms and what replaces them."""
    yield from guide_samples.modals(locale, words)
    answers_before = {"coze_uid": words.uid, "nick": words.nick, "purpose": words.purpose, "email": words.email}
    yield from (*samples_sign_in.modals(locale, words.nick), *samples_talk.modals(locale, words.reason))
    yield "join.ask", join_views.form(locale)
    yield "join.ask again", join_views.form(locale, answers_before)
    yield "join.fix", join_views.fix_form(request(words), locale)
    yield "join.decline", join_views.decline_form(request(words), locale)
    for dated in (False, True):
        yield f"credential.record {dated}", credential_form.form(locale, NOW, dated=dated)
        yield f"credential.record again {dated}", credential_form.form(locale, NOW, token(words), dated=dated)
    for kind, has_pages in product(secret_store.HANDED_OVER, (True, False)):
        name = f"credential.keep {kind} {has_pages}"
        yield name, secret_views.agreement(kind, [token(words)], has_pages=has_pages, locale=locale)
    yield "check.run", token_check.form(locale)
    yield from samples_pick.forms(words.purpose, words.nick, words.log_id, locale)
    yield from (*samples_publish.forms(publication(words), locale), *samples_backup.forms(token(words), locale))
    of_desks = samples_desk.forms(request(words), locale)
    yield from (*samples_review.forms_of(words.agent, words.reason, locale), *of_desks)
    yield "publish.rejected", publish_forms.rejected_form(publication(words), locale)
    for name, card in cards(locale, words):
        yield f"told {name}", answers.in_modal(card, locale)


@cache
def samples(locale: Locale, words: Words) -> tuple[Sample, ...]:
    """All of it as Slack gets it."""
    drawn: list[Sample] = [(name, "message", card.payload()) for name, card in cards(locale, words)]
    return (*drawn, *((name, "modal", view) for name, view in modals(locale, words)))
