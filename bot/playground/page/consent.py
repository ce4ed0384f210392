"""Coze's own pages for signing in to an app: the code that a device shows, who says yes to what, and how it ended."""

from collections.abc import Iterable, Iterator

import htpy
from htpy import Node
from markupsafe import Markup

from ..coze.sign_in import CONSENT_PAGE, DEVICE_PAGE
from ..world.coze import OAuthApp, User
from ..world.sign_in import SignIn
from .icons import SPRITE, icon
from .reader import Lang, lang_tag
from .sight import called
from .state import State
from .texts import TEXTS, Say, words

LONGEST_CODE = 12  # with the blanks that people copy along


def document(state: State, here: str, title: str, card: Node) -> Markup:
    """A page with one card. `here` is its address without the language, for the switch."""
    say = words(state.lang)
    page = htpy.html(lang=lang_tag(state.lang), data_theme=state.theme or None)[
        htpy.head[
            htpy.meta(charset="utf-8"),
            htpy.meta(name="viewport", content="width=device-width, initial-scale=1"),
            htpy.title[f"{title} · {say('coze.heading')}"],
            htpy.link(rel="icon", href="/page/static/icon.svg", type="image/svg+xml"),
            htpy.link(rel="stylesheet", href="/page/static/page.css"),
            htpy.link(rel="stylesheet", href="/page/static/consent.css"),
        ],
        htpy.body(".consent")[
            SPRITE,
            htpy.p(".strip")[icon("lock"), say("consent.local")],
            htpy.header[
                icon("globe"),
                htpy.div[htpy.b[say("coze.heading")], htpy.span(".url")["coze.cn"]],
                _switch(state.lang, here, say),
            ],
            htpy.main[card],
        ],
    ]
    return Markup(f"<!doctype html>{page}")  # noqa: S704 (htpy escapes)


def _switch(current: Lang, here: str, say: Say) -> Node:
    joint = "&" if "?" in here else "?"
    names: dict[Lang, str] = {"zh": "中", "en": "EN"}
    return htpy.nav(".group", aria_label=say("bar.language"))[
        [
            htpy.a(
                href=f"{here}{joint}lang={lang}",
                lang=lang_tag(lang),
                aria_current="true" if lang == current else None,
            )[name]
            for lang, name in names.items()
        ]
    ]


def code_card(lang: Lang, typed: str, *, is_wrong: bool) -> htpy.Element:
    """Where a person types the code; the link that an app gives brings it along."""
    say = words(lang)
    return htpy.form(".panel", method="post", action=DEVICE_PAGE)[
        htpy.h1[say("consent.device")],
        htpy.p(".lead")[say("consent.type")],
        htpy.input(
            ".code",
            name="user_code",
            id="user_code",
            value=typed,
            maxlength=LONGEST_CODE,
            required=True,
            autofocus=True,
            autocomplete="off",
            autocapitalize="characters",
            spellcheck="false",
            placeholder="XXXX-XXXX",
            aria_label=say("consent.code"),
            aria_invalid="true" if is_wrong else None,
            aria_describedby="wrong" if is_wrong else None,
        ),
        is_wrong and _wrong(say("consent.wrong")),
        htpy.button(".btn.primary.wide")[say("consent.next")],
    ]


def _wrong(text: str) -> htpy.Element:
    return htpy.p(".wrong", id="wrong", role="alert")[icon("warn"), text]


def consent_card(
    lang: Lang, asked: SignIn, app: OAuthApp, accounts: Iterable[User], current: str, space: str, problem: str
) -> htpy.Element:
    """Who says yes to which app, to what, and where. `current` is the handle that is chosen at first."""
    say = words(lang)
    return htpy.form(".panel", method="post", action=CONSENT_PAGE)[
        htpy.div(".app")[
            htpy.span(".face", aria_hidden="true")[app.name[:1]],
            htpy.div[
                htpy.h1[say("consent.asks", app=app.name)],
                asked.user_code and htpy.small[say("consent.code"), " ", htpy.code[asked.user_code]],
            ],
        ],
        htpy.input(type="hidden", name="authorize_key", value=asked.key),
        htpy.fieldset[
            htpy.legend[say("coze.as")],
            htpy.div(".accounts")[[_account(user, lang, checked=user.handle == current) for user in accounts]],
            problem and _wrong(problem),
        ],
        htpy.section[
            htpy.h2[say("consent.may")],
            htpy.ul(".may")[_permissions(app.permissions, say)],
            htpy.p(".small")[say("consent.one_space", space=space) if space else say("consent.own_spaces")],
        ],
        htpy.footer[
            htpy.button(".btn", name="answer", value="no", formnovalidate=True)[say("consent.refuse")],
            htpy.button(".btn.primary", name="answer", value="yes")[say("consent.allow")],
        ],
    ]


def _account(user: User, lang: Lang, *, checked: bool) -> Node:
    return htpy.label[
        htpy.input(
            type="radio", name="who", value=user.handle, id=f"who-{user.handle}", checked=checked, required=True
        ),
        htpy.span[htpy.b[user.name], htpy.small[called(user, lang), " · ", user.id]],
    ]


def _permissions(keys: Iterable[str], say: Say) -> Iterator[Node]:
    """In the order of the words, which goes by matters; the key itself as what a pointer shows."""
    order = list(TEXTS)
    named = {key: f"perm.{key.replace('.', '_')}" for key in keys}
    for key in sorted(named, key=lambda key: (order.index(named[key]) if named[key] in TEXTS else len(order), key)):
        yield htpy.li(title=key)[icon("done"), say.either(named[key], default=key)]


def over_card(lang: Lang, kind: str, app: str, who: str) -> htpy.Element:
    """How it ended: granted, used, refused, late or unknown."""
    say = words(lang)
    good = kind in ("granted", "used")
    end = "granted" if good else kind
    return htpy.div(class_=["panel", "over", "good" if good else "bad"])[
        icon("done" if good else "x" if kind == "refused" else "warn"),
        htpy.h1[say(f"consent.title.{end}")],
        htpy.p[say(f"consent.over.{end}", app=app, who=who)],
        good and htpy.p(".small")[say("consent.take_back")],
    ]
