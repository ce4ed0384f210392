"""Modals and Home tabs: opened, pushed, updated and published, by the Web API and by answers to a submission."""

import secrets
import time

from ..world.chat import Json, SlackApp, View
from ..world.tickets import TriggerError
from ..world.workspace import Workspace
from .asking import Ask, Refused, checked_view
from .forms import fresh_state

STACK = 3  # so many modals may lie on each other
SENT = ("title", "submit", "close", "blocks", "callback_id", "private_metadata", "external_id")


def _hash() -> str:
    return f"{int(time.time())}.{secrets.token_urlsafe(6)[:8]}"


def _payload(workspace: Workspace, app: SlackApp, view_id: str, view: Json, old: Json | None = None) -> Json:
    """The view as Slack sends it; what was typed into `old` stays where ids are the same."""
    return {
        "id": view_id,
        "team_id": workspace.team_id,
        "app_id": app.id,
        "app_installed_team_id": workspace.team_id,
        "bot_id": app.bot_id,
        "type": view["type"],
        "callback_id": "",
        "private_metadata": "",
        "external_id": "",
        "title": None,
        "submit": None,
        "close": None,
        **{name: view[name] for name in SENT if name in view},
        "state": fresh_state(view["blocks"], old["state"] if old else None),
        "hash": _hash(),
        "clear_on_close": view.get("clear_on_close", False),
        "notify_on_close": view.get("notify_on_close", False),
        "root_view_id": old["root_view_id"] if old else view_id,
        "previous_view_id": old["previous_view_id"] if old else None,
    }


def _new(workspace: Workspace, app: SlackApp, user: str, view: Json) -> View:
    external = view.get("external_id")
    if external and any(v.payload["external_id"] == external for v in _all(workspace, app)):
        raise Refused("duplicate_external_id")
    view_id = f"V{next(workspace.numbers):08d}{secrets.token_hex(2).upper()}"
    return View(view_id, app.id, user, _payload(workspace, app, view_id, view))


def _all(workspace: Workspace, app: SlackApp) -> list[View]:
    modals = [view for stack in workspace.modals.values() for view in stack]
    return [view for view in (*modals, *workspace.homes.values()) if view.app_id == app.id]


def push(workspace: Workspace, app: SlackApp, user: str, view: Json) -> View:
    """Lay a modal on those that are open. Raises Refused when three lie there."""
    stack = workspace.modals.setdefault(user, [])
    if len(stack) >= STACK:
        raise Refused("push_limit_reached")
    new = _new(workspace, app, user, view)
    if stack:
        new.payload["root_view_id"] = stack[0].id
        new.payload["previous_view_id"] = stack[-1].id
    stack.append(new)
    workspace.changed()
    return new


def replace(workspace: Workspace, app: SlackApp, shown: View, view: Json) -> View:
    """Show something else in an open view. It keeps its id and gets a new hash."""
    shown.payload = _payload(workspace, app, shown.id, view, shown.payload)
    shown.errors = {}
    workspace.changed()
    return shown


def close_all(workspace: Workspace, user: str) -> None:
    """Close all modals of a person."""
    workspace.modals.pop(user, None)
    workspace.changed()


def answer_view(answer: Json) -> Json:
    """The modal in the answer to a submission. Raises Refused for one that Slack would not show."""
    view = answer.get("view")
    if not isinstance(view, dict):
        raise Refused("invalid_arguments")
    return checked_view(view, "modal")


def _person_of_trigger(ask: Ask) -> str:
    try:
        return ask.workspace.triggers.use(ask.need("trigger_id"), ask.app.id)
    except TriggerError as error:
        raise Refused(error.code) from None


def open_view(ask: Ask) -> Json:
    """views.open: takes the place of what was open."""
    view = ask.view("modal")
    user = _person_of_trigger(ask)
    ask.workspace.modals.pop(user, None)
    return {"view": push(ask.workspace, ask.app, user, view).payload}


def push_view(ask: Ask) -> Json:
    """views.push: only from within a modal."""
    view = ask.view("modal")
    user = _person_of_trigger(ask)
    if not ask.workspace.modals.get(user):
        raise Refused("not_found")
    return {"view": push(ask.workspace, ask.app, user, view).payload}


def _wanted(ask: Ask) -> View:
    view_id, external = ask.args.get("view_id"), ask.args.get("external_id")
    for view in _all(ask.workspace, ask.app):
        if (view_id and view.id == view_id) or (external and view.payload["external_id"] == external):
            return view
    raise Refused("not_found")


def _check_hash(ask: Ask, view: View) -> None:
    if ask.args.get("hash") and ask.args["hash"] != view.payload["hash"]:
        raise Refused("hash_conflict")


def update_view(ask: Ask) -> Json:
    """views.update: an open modal or a Home tab, by id."""
    view = ask.view("modal", "home")
    shown = _wanted(ask)
    if shown.payload["type"] != view["type"]:
        raise Refused("invalid_arguments", response_metadata={"messages": ["[ERROR] the type of a view stays"]})
    _check_hash(ask, shown)
    return {"view": replace(ask.workspace, ask.app, shown, view).payload}


def publish_view(ask: Ask) -> Json:
    """views.publish: the Home tab of one person."""
    view, user = ask.view("home"), ask.need("user_id")
    if not ask.app.home_enabled:
        raise Refused("not_enabled")
    if ask.workspace.person_by_id(user) is None:
        messages = ["[ERROR] there is no such user [json-pointer:/user_id]"]
        raise Refused("invalid_arguments", response_metadata={"messages": messages})
    shown = ask.workspace.homes.get((ask.app.id, user))
    if shown is None:
        shown = ask.workspace.homes[ask.app.id, user] = _new(ask.workspace, ask.app, user, view)
        ask.workspace.changed()
    else:
        _check_hash(ask, shown)
        replace(ask.workspace, ask.app, shown, view)
    return {"view": shown.payload}
