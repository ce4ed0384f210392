"""How people fill in modals, send them and close them, and what the app's answer does to them."""

from collections import Counter
from typing import Any

from ..world.chat import Json, Person, SlackApp, View
from . import payloads, views
from .acting import Acting, told, told_of, worst
from .asking import Refused
from .files import file_list, file_of
from .forms import Input, complaint, entry, first_entry, inputs, read, value_of
from .press import Impossible, with_value

SOON = 120  # seconds around now in which a moment means "now"


class Modals(Acting):
    """The part of what people do that happens in modals."""

    def _top(self, person: Person) -> View:
        stack = self._workspace.modals.get(person.id)
        if not stack:
            raise Impossible(f"{person.handle} has no modal open")
        return stack[-1]

    def fill(self, who: str, fields: dict[str, Any]) -> View:
        """Enter values into the top modal, named by label or `block_id.action_id`, without sending it.

        Raises Impossible for a name that isn't there and CannotEnter for a value that can't be picked.
        """
        person = self._person(who)
        view = self._top(person)
        values = view.payload["state"]["values"]
        for name, raw in fields.items():
            each = named_input(view, name)
            element = each.element
            if "external_select" in element["type"]:
                known = self._suggested.get((person.id, element["action_id"]), ())
                element = {**element, "options": list(known)}
            if element["type"] == "file_input":
                raw = [self._attach(person, view, each) for each in file_list(raw)]
            picked = entry(each.element, read(element, raw, self._workspace, person))
            values = with_value(values, (each.block["block_id"], element["action_id"]), picked)
        view.payload = {**view.payload, "state": {"values": values}}
        return view

    def _attach(self, person: Person, view: View, given: Json) -> Json:
        """A file that somebody puts into a form, as the state describes it."""
        return payloads.file(self._workspace, file_of(self._workspace, given, person.id, view.app_id))

    async def _send(self, who: str, fields: dict[str, Any]) -> Json:
        """Fill in and send the top modal. Raises Impossible, CannotEnter."""
        person, view = self._person(who), self.fill(who, fields)
        if view.payload["submit"] is None:
            raise Impossible("this modal has no button to send it")
        self._does("sends", person, fields=changed_fields(view, self._workspace.now()))
        view.errors = client_errors(view, person)
        self._workspace.changed()
        if view.errors:
            self.on_refused(person.handle)
            return {"ok": False, "error": "not filled in as asked", "errors": by_label(view)}
        app = self._workspace.apps[view.app_id]
        payload = payloads.view_submission(self._workspace, app, person, view)
        view.busy = True
        self._workspace.changed()
        about = str(view.payload["submit"]["text"])
        try:
            outcome = await self._bring(app, payload, about, person)
        finally:
            view.busy = False
            self._workspace.changed()
        answer = told_of(outcome)
        return answer | self._after_submit(app, person, view, outcome.body, about) if outcome.ok else answer

    def _after_submit(self, app: SlackApp, person: Person, view: View, body: Any, about: str) -> Json:
        """Do what the answer to a submission says; without one the modal closes."""
        stack = self._workspace.modals.get(person.id, [])
        action = body.get("response_action") if isinstance(body, dict) else None
        if body in (None, "", {}):
            if view in stack:
                stack.remove(view)
        elif action == "clear":
            views.close_all(self._workspace, person.id)
        elif action == "errors":
            return self._refused(person, view, body.get("errors"), about)
        elif action in ("update", "push"):
            return self._next_view(app, person, view, body, about)
        else:
            return self._invalid(person, about, "response_action")
        self._workspace.changed()
        return {}

    def _next_view(self, app: SlackApp, person: Person, view: View, body: Json, about: str) -> Json:
        try:
            if body["response_action"] == "push":
                views.push(self._workspace, app, person.id, views.answer_view(body))
            else:
                views.replace(self._workspace, app, view, views.answer_view(body))
        except Refused as refused:
            return self._invalid(person, about, str(refused.answer.get("errors") or refused.answer["error"]))
        return {}

    def _refused(self, person: Person, view: View, errors: Any, about: str) -> Json:
        known = {block["block_id"] for block in view.payload["blocks"] if block["type"] == "input"}
        if not isinstance(errors, dict) or not errors or not known.issuperset(errors):
            return self._invalid(person, about, "errors must be keyed by the block_ids of inputs")
        self.on_refused(person.handle)
        view.errors = {block_id: str(text) for block_id, text in errors.items()}
        self._workspace.changed()
        return {"ok": False, "error": "the app refused", "errors": by_label(view)}

    @told
    async def close(self, who: str, *, all: bool = False) -> Json:
        """Close the top modal, or all of them; the app hears of it where it asked to."""
        person = self._person(who)
        view = self._top(person)
        self._does("close", person)
        closed = self._workspace.modals[person.id][:] if all or view.payload["clear_on_close"] else [view]
        for each in closed:
            self._workspace.modals[person.id].remove(each)
        self._workspace.changed()
        outcomes = []
        for each in closed:
            if each.payload["notify_on_close"]:
                app = self._workspace.apps[each.app_id]
                payload = payloads.view_closed(self._workspace, app, person, each, cleared=len(closed) > 1)
                outcomes.append(await self._courier.deliver(app, payload, "view_closed", person.handle))
        return {**worst(outcomes), "ok": True}


def named_input(view: View, name: str) -> Input:
    """The input with this `block_id.action_id`, block_id or label. Raises Impossible."""
    found = list(inputs(view.payload["blocks"]))
    for fits in (
        lambda each: name in (each.key, each.block["block_id"]),
        lambda each: name == each.label,
        lambda each: name in each.label,
    ):
        for each in found:
            if fits(each):
                return each
    raise Impossible(f"there is no input {name!r}; there are: {', '.join(each.label for each in found)}")


def changed_fields(view: View, now: float) -> Json:
    """What somebody entered, by label where no other input has the same; a moment that means "now" is left out."""
    found = list(inputs(view.payload["blocks"]))
    labels = Counter(each.label for each in found)
    fields = {}
    for each in found:
        state = view.payload["state"]["values"][each.block["block_id"]][each.element["action_id"]]
        if each.element["type"] == "file_input" or state == first_entry(each.element):
            continue
        value = value_of(state)
        soon = each.element["type"] == "datetimepicker" and value is not None and abs(value - now) < SOON
        if not soon:
            fields[each.label if labels[each.label] == 1 else each.key] = value
    return fields


def client_errors(view: View, person: Person) -> dict[str, str]:
    """What the client objects to before it asks the app, by block_id."""
    errors = {}
    for each in inputs(view.payload["blocks"]):
        state = view.payload["state"]["values"][each.block["block_id"]][each.element["action_id"]]
        value = next(part for name, part in state.items() if name != "type")
        if words := complaint(each.block, each.element, value, person.locale):
            errors[each.block["block_id"]] = words
    return errors


def by_label(view: View) -> dict[str, str]:
    """The errors of a modal under the labels of their inputs."""
    labels = {each.block["block_id"]: each.label for each in inputs(view.payload["blocks"])}
    return {labels[block_id]: text for block_id, text in view.errors.items()}
