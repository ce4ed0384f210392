"""Coze's website: personal access tokens, OAuth apps with their keys, and the channel's callback address."""

from collections.abc import Iterator
from typing import get_args

import htpy
from htpy import Node

from ..coze.permissions import DEVELOPER_KEYS, OWNER_KEYS
from ..world.coze import AppKind, Channel, OAuthApp, Token, User
from .deed import button, choice, form, one_button, text_field, ticks
from .sight import Sight, copyable, fold, mark, section


def sections(sight: Sight, user: User) -> Iterator[htpy.Element]:
    """What gives programs access to the account, and the channels that it has made."""
    say, coze = sight.say, sight.coze
    tokens = [token for token in coze.tokens.values() if token.user_id == user.id and not token.app_id]
    yield section(
        say("coze.section.tokens"),
        [_token(sight, token) for token in tokens if not token.revoked],
        fold("coze-new-token", say("coze.new.token"), _new_token(sight, user)),
        bool(tokens) and fold("coze-old-token", say("coze.revoke"), _revoke(sight)),
        empty=say("coze.empty.tokens"),
    )
    apps = [app for app in coze.apps.values() if _is_listed(app, user)]
    yield section(
        say("coze.section.apps"),
        [_app(sight, user, app) for app in apps],
        fold("coze-new-app", say("coze.new.app"), _new_app(sight, user)),
        empty=say("coze.empty.apps"),
    )
    channels = [channel for channel in coze.channels.values() if channel.creator_id == user.id]
    if channels:
        yield section(say("coze.section.channels"), [_channel(sight, channel) for channel in channels])


def _is_listed(app: OAuthApp, user: User) -> bool:
    """Own apps, and those that the account has opened itself to; an app that one signs in to has its own list."""
    return app.owner_id == user.id or (user.id in app.authorised and not app.has_sign_in)


def _token(sight: Sight, token: Token) -> Node:
    say, ends = sight.say, token.expires_at
    over = ends is not None and ends <= sight.coze.now()
    until = say("coze.ends", day=sight.day(ends)) if ends is not None else say("coze.endless")
    return [
        htpy.div[
            htpy.b[token.name or say("coze.unnamed")],
            htpy.small[until, " · ", say("coze.permissions", n=len(token.permissions)), f" · …{token.last4}"],
        ],
        mark(say("coze.over"), "bad") if over else mark(say("coze.valid"), "ok"),
    ]


def _new_token(sight: Sight, user: User) -> Node:
    say, form_id = sight.say, "coze-token-form"
    return form(
        form_id,
        "token",
        {"name": user.handle},
        text_field(form_id, "text.title", say("coze.field.title"), maxlength=20),
        text_field(form_id, "int.days", say("coze.field.days"), "number", min=1, max=30, value="30"),
        choice(form_id, "some.workspaces", say("coze.field.access"), _reach(sight, user)),
        _permissions(sight, form_id),
        button(form_id, say("coze.do.token"), say("coze.section.tokens"), "primary"),
    )


def _reach(sight: Sight, user: User) -> Iterator[tuple[str, str, bool]]:
    """The spaces that a token may be opened to. One that was merely joined is shown, but can't be chosen."""
    yield "", sight.say("coze.all_spaces"), True
    for space in sight.spaces(user):
        selectable = sight.coze.selectable(space, user.id)
        yield space.id, space.name if selectable else sight.say("coze.joined_only", space=space.name), selectable


def _permissions(sight: Sight, form_id: str) -> Node:
    say = sight.say
    choices = [(key, key, key in DEVELOPER_KEYS) for key in sorted(OWNER_KEYS, key=str.lower)]
    return htpy.div(".line")[
        say("coze.field.permissions"), ticks(form_id, "many.permissions", say("coze.field.permissions"), choices)
    ]


def _revoke(sight: Sight) -> Node:
    say, form_id = sight.say, "coze-revoke-form"
    return form(
        form_id,
        "revoke",
        {},
        text_field(form_id, "text.token", say("coze.field.token"), "password", required=True),
        button(form_id, say("coze.do.revoke"), say("coze.section.tokens"), "danger"),
        classes="row",
    )


def _app(sight: Sight, user: User, app: OAuthApp) -> Node:
    say, authorised = sight.say, user.id in app.authorised
    given = {"name": user.handle, "client_id": app.id}
    switch = say("coze.do.disable" if app.enabled else "coze.do.enable")
    allow = say("coze.do.unauthorise" if authorised else "coze.do.authorise")
    return htpy.div(".agent")[
        htpy.div(".top")[
            htpy.b[app.name], mark(say("coze.on"), "ok") if app.enabled else mark(say("coze.off"), "bad")
        ],
        htpy.small["client_id ", copyable(f"coze-client-{app.id}", app.id, f"client_id {app.name}", say)],
        [htpy.small["kid ", copyable(f"coze-kid-{kid}", kid, f"kid {app.name}", say)] for kid in app.keys],
        htpy.small[
            _standing(sight, app, authorised=authorised),
            " · ",
            say("coze.permissions", n=len(app.permissions)),
        ],
        htpy.div(".actions")[
            app.owner_id == user.id
            and one_button(
                f"coze-switch-{app.id}", "oauth_app", {**given, "enabled": not app.enabled}, switch, app.name
            ),
            not app.has_sign_in
            and one_button(
                f"coze-authorise-{app.id}", "oauth_app", {**given, "authorise": not authorised}, allow, app.name
            ),
        ],
    ]


def _standing(sight: Sight, app: OAuthApp, *, authorised: bool) -> str:
    if app.has_sign_in:
        return sight.say("coze.signs_in")
    return sight.say("coze.authorised" if authorised else "coze.not_authorised")


def _new_app(sight: Sight, user: User) -> Node:
    """A new service comes with its key pair. Authorising it is a step of its own, as there."""
    say, form_id = sight.say, "coze-app-form"
    return form(
        form_id,
        "oauth_app",
        {"name": user.handle, "authorise": False},
        text_field(form_id, "text.title", say("coze.field.title"), maxlength=20, required=True),
        choice(form_id, "text.kind", say("coze.field.kind"), _kinds(sight)),
        text_field(form_id, "some.redirect_urls", say("coze.field.redirect"), "url"),
        _permissions(sight, form_id),
        button(form_id, say("coze.do.app"), say("coze.section.apps"), "primary"),
    )


def _kinds(sight: Sight) -> Iterator[tuple[str, str, bool]]:
    """What an app is for, which can't be changed later."""
    for kind in get_args(AppKind):
        yield kind, sight.say(f"coze.kind.{kind}"), True


def _channel(sight: Sight, channel: Channel) -> Node:
    say, form_id = sight.say, f"coze-channel-{channel.id}"
    address = channel.callback_url or sight.coze.callback_url
    return htpy.div(".agent")[
        htpy.b[channel.name],
        htpy.small[
            "connector_id ", copyable(f"coze-connector-{channel.id}", channel.id, f"connector_id {channel.name}", say)
        ],
        form(
            form_id,
            "channel",
            {"connector_id": channel.id},
            text_field(form_id, "text.callback_url", say("coze.field.callback"), "url", value=address),
            button(form_id, say("coze.do.callback"), channel.name),
            classes="row",
        ),
    ]
