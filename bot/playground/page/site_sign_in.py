"""Coze's website: apps that ask to act for the account, and those that may."""

from collections.abc import Iterator

import htpy
from htpy import Node

from ..world.coze import OAuthApp, User
from ..world.sign_in import SignIn
from .deed import one_button
from .sight import Sight, section


def waiting(sight: Sight, user: User) -> Iterator[htpy.Element]:
    """Sign-ins that nobody has answered yet. Anybody may: an app knows its person only afterwards."""
    asked = sight.coze.sign_ins.open(sight.coze.now())
    if asked:
        yield section(sight.say("coze.section.sign_ins"), [_waiting(sight, user, one) for one in asked])


def _waiting(sight: Sight, user: User, asked: SignIn) -> Node:
    say, app = sight.say, sight.coze.apps[asked.app_id].name
    until = say("coze.until", time=sight.time(asked.ends_at))

    def answer(kind: str, look: str = "") -> Node:
        given = {"name": user.handle, "authorize_key": asked.key, "approve": kind == "grant"}
        return one_button(f"coze-{kind}-{asked.key}", "sign_in", given, say(f"coze.do.{kind}"), app, look)

    return [
        htpy.div[
            htpy.b[app],
            htpy.small[say("coze.asks")],
            htpy.small[[htpy.code[asked.user_code], " · "] if asked.user_code else None, until],
        ],
        htpy.div(".actions")[answer("deny"), answer("grant", "primary")],
    ]


def granted(sight: Sight, user: User) -> Iterator[htpy.Element]:
    """Apps that the account has signed in to, to be taken back."""
    apps = [app for app in sight.coze.apps.values() if app.has_sign_in and user.id in app.authorised]
    if apps:
        yield section(sight.say("coze.section.granted"), [_granted(sight, user, app) for app in apps])


def _granted(sight: Sight, user: User, app: OAuthApp) -> Node:
    say, opened = sight.say, app.authorised[user.id]
    spaces = [sight.coze.workspaces[one].name for one in sorted(opened or ()) if one in sight.coze.workspaces]
    reach = say("coze.between").join(spaces) if spaces else say("coze.all_spaces")
    given = {"name": user.handle, "client_id": app.id, "authorise": False}
    take_back = say("coze.do.take_back")
    return [
        htpy.div[htpy.b[app.name], htpy.small[reach, " · ", say("coze.permissions", n=len(app.permissions))]],
        one_button(f"coze-take-back-{app.id}", "oauth_app", given, take_back, app.name, "danger"),
    ]
