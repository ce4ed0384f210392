"""What people do in the chat: they type, press, fill in and look. Answers are plain dicts for tests and the page.

Every answer has `ok`; a refusal has `error` in words; what went to an app has `status` and `ack_ms`.
"""

import html
import re
from collections.abc import Callable
from typing import Any, Literal

from ..world.chat import Channel, Json, Message, Person, SlackApp
from . import payloads
from .acting import told, told_of, worst
from .api import answer_in
from .asking import Ask, Refused
from .checks import Report
from .elements import GROUP, OPTION
from .files import file_list, file_of
from .forms import CannotEnter, Input, find_option
from .modals import Modals, named_input
from .press import Impossible, Target, Wish, room, sources
from .reading import Reading
from .screen import Screen

CHANGEABLE = ("deleted", "restricted", "locale", "tz", "name", "grid", "told")


class Human(Modals):
    """All people of a workspace. `who` is a handle or an id."""

    # Typing

    @told
    async def command(self, who: str, text: str, channel: str | None = None) -> Json:
        """Type a slash command; by default in the direct messages with the app that has it."""
        person = self._person(who)
        word, _, rest = text.strip().partition(" ")
        app, known = self._command(word)
        where = room(self._workspace, person, channel) if channel else self._workspace.dm(app, person.id)
        self._does("types", person, text=text.strip(), channel=channel and where.name)
        self._workspace.looking[person.id] = "messages"
        words = (word, self._escaped(rest.strip(), named=True) if known.get("should_escape") else rest.strip())
        payload = payloads.command(self._workspace, app, person, where, words)
        outcome = await self._bring(app, payload, text.strip(), person)
        answer = told_of(outcome)
        if outcome.ok and outcome.body not in (None, "", {}):
            answer |= self._show(app, person, where.id, outcome.body, text.strip())
        return answer

    def _command(self, word: str) -> tuple[SlackApp, Json]:
        for app in reversed(self._workspace.apps.values()):  # as in Slack, the app installed last wins
            for known in app.commands:
                if known["command"] == word:
                    return app, known
        raise Impossible(f"{word} is not a command of any app here")

    def _show(self, app: SlackApp, person: Person, channel: str, body: Any, about: str) -> Json:
        """Post what the ack of a command says."""
        args = body if isinstance(body, dict) else {"text": str(body)}
        try:
            answer_in(self._workspace, app, channel, person.id, self._ask(app, args))
        except Refused as refused:
            return self._invalid(person, about, str(refused.answer.get("errors") or refused.answer["error"]))
        return {}

    def _ask(self, app: SlackApp, args: Json) -> Ask:
        return Ask(self._workspace, app, "ack", args, self._courier)

    def _escaped(self, text: str, *, named: bool = False) -> str:
        """Typed text as Slack sends it: & < > escaped, @people and #channels as ids."""
        text = html.escape(text, quote=False)
        text = re.sub(r"&lt;(@\w+)&gt;", r"<\1>", text)  # a mention that is written as an id already

        def mention(match: re.Match[str]) -> str:
            user = self._id_of(match[1])
            if user is None:
                return match[0]
            return f"<@{user}|{match[1]}>" if named else f"<@{user}>"

        return re.sub(r"(?<![\w<])@([\w-]+)", mention, text)

    def _id_of(self, name: str) -> str | None:
        if name in self._workspace.people:
            return self._workspace.people[name].id
        return next((app.bot_user for app in self._workspace.apps.values() if app.name == name), None)

    @told
    async def say(
        self,
        who: str,
        text: str = "",
        channel: str | None = None,
        thread_ts: str | None = None,
        files: list[Json] | None = None,
    ) -> Json:
        """Write a message, with `files` as `file_list` takes them; by default to the main app.

        A mention of an app in a channel is an app_mention.
        """
        person, workspace, given = self._person(who), self._workspace, file_list(files)
        if not text.strip() and not given:
            raise Impossible("an empty message can't be sent")
        where = room(workspace, person, channel) if channel else workspace.dm(workspace.main_app, person.id)
        named = [{"name": each["name"], "content": ""} for each in given]
        self._does("says", person, text=text, channel=channel and where.name, files=named or None)
        workspace.looking[person.id] = "messages"
        sent = self._written(person, where, text, given)
        sent.thread_ts = thread_ts
        workspace.post(sent)
        outcomes = []
        for app in workspace.apps.values():
            if app.id == where.app_id or app.bot_user in where.members:
                event = payloads.message_event(workspace, where, sent)
                outcomes.append(await self._courier.event(app, event, person.handle))
                if where.kind != "im" and f"<@{app.bot_user}>" in sent.text:
                    event = payloads.app_mention(workspace, sent)
                    outcomes.append(await self._courier.event(app, event, person.handle))
        return {"ts": sent.ts, **worst(outcomes)}

    def _written(self, person: Person, where: Channel, text: str, given: list[Json]) -> Message:
        """A message of a person, not posted yet; its files are shared with the room."""
        files = [file_of(self._workspace, each, person.id) for each in given]
        for file in files:
            file.channels.append(where.id)
        sent = Message(self._workspace.new_ts(), where.id, person.id, self._escaped(text))
        sent.files, sent.subtype = [file.id for file in files], "file_share" if files else None
        return sent

    # Pressing

    @told
    async def click(
        self,
        who: str,
        label: str | None = None,
        action_id: str | None = None,
        ts: str | None = None,
        channel: str | None = None,
        value: Any = None,
        *,
        confirm: bool = False,
    ) -> Json:
        """Press or pick something by label, action_id or both.

        `ts` may also be a view's id or "home", `channel` also "modal" or "home". `value` is for menus and pickers:
        an option's value or label, a date, somebody's handle, a list for several.
        """
        if label is None and action_id is None:
            raise Impossible("say what to press: a label or an action_id")
        person = self._person(who)
        suggested = self._suggested.get((person.id, action_id or ""), ())
        wish = Wish(self._workspace, person, label, action_id, value, suggested)
        target = wish.find(sources(self._workspace, person, ts, channel))
        if target.element.get("confirm") and not confirm:
            return {"ok": False, "error": "confirm_required", "confirm": self._dialog(person, target)}
        self._does("presses", person, **self._pressed(target))
        target.keep()
        self._workspace.changed()
        if not target.dispatches:
            return {"ok": True, "status": None, "ack_ms": None}
        return await self._press(person, target)

    def _pressed(self, target: Target) -> Json:
        """How this can be said without the names that a message has here alone."""
        channel = self._workspace.channels[target.source.channel] if isinstance(target.source, Message) else None
        place: Json = {} if channel is None or channel.kind == "im" else {"channel": channel.name}
        if target.element["type"] in ("button", "overflow"):
            return {"label": target.label, **place}
        value = target.value["value"] if isinstance(target.value, dict) and "value" in target.value else target.value
        return {"action_id": target.element["action_id"], "value": value, **place}

    async def _press(self, person: Person, target: Target) -> Json:
        app = self._app_of(target)
        payload = payloads.block_actions(self._workspace, app, person, target.source, target.action)
        answer = told_of(await self._bring(app, payload, target.label, person))
        return answer | ({"url": target.element["url"]} if target.element.get("url") else {})

    def _app_of(self, target: Target) -> SlackApp:
        app = self._workspace.apps.get(target.source.app_id or "")
        if app is None:
            raise Impossible("the app of this message is gone")
        return app

    def _dialog(self, person: Person, target: Target) -> Json:
        dialog, reading = target.element["confirm"], Reading(self._workspace, person)
        texts = {part: reading.mrkdwn(dialog[part]["text"]) for part in ("title", "text", "confirm", "deny")}
        return texts | {"style": dialog.get("style")}

    @told
    async def shortcut(self, who: str, callback_id: str, ts: str | None = None) -> Json:
        """Run a global shortcut, or with a message's `ts` a shortcut on that message."""
        person, kind = self._person(who), "global" if ts is None else "message"
        for app in self._workspace.apps.values():
            if any(s["callback_id"] == callback_id and s.get("type") == kind for s in app.shortcuts):
                payload = self._shortcut(app, person, callback_id, ts)
                self._does("shortcut", person, callback_id=callback_id)
                return told_of(await self._bring(app, payload, callback_id, person))
        raise Impossible(f"there is no {kind} shortcut {callback_id!r}")

    def _shortcut(self, app: SlackApp, person: Person, callback_id: str, ts: str | None) -> Json:
        if ts is None:
            return payloads.shortcut(self._workspace, app, person, callback_id)
        for source in sources(self._workspace, person, ts, None):
            if isinstance(source, Message) and source.only_for is None:
                return payloads.message_action(self._workspace, app, person, source, callback_id)
        raise Impossible(f"{person.handle} sees no message {ts!r} to run a shortcut on")

    @told
    async def home(self, who: str, tab: Literal["home", "messages"] = "home") -> Json:
        """Open the Home tab of the main app, or its messages."""
        person, workspace = self._person(who), self._workspace
        app = workspace.main_app
        if tab == "home" and not app.home_enabled:
            raise Impossible(f"{app.name} has no Home tab")
        self._does("home", person, tab=tab)
        workspace.looking[person.id] = tab
        view = workspace.homes.get((app.id, person.id))
        event = payloads.app_home_opened(workspace, workspace.dm(app, person.id), person.id, tab, view)
        workspace.changed()
        return worst([await self._courier.event(app, event, person.handle)])

    @told
    async def suggest(self, who: str, action_id: str, value: str = "", block_id: str | None = None) -> Json:
        """Type into a menu whose options the app gives; answers `options` by label and value."""
        person = self._person(who)
        target = Wish(self._workspace, person, action_id=action_id).find(sources(self._workspace, person, None, None))
        ids = (block_id or target.block["block_id"], action_id)
        app = self._app_of(target)
        payload = payloads.block_suggestion(self._workspace, app, person, target.source, ids, value)
        outcome = await self._bring(app, payload, f"{action_id}: {value}", person)
        if not outcome.ok:
            return told_of(outcome)
        options = suggested_options(outcome.body)
        if options is None:
            return self._invalid(person, action_id, "options")
        self._suggested[person.id, action_id] = tuple(options)
        shown = [{"label": o["text"]["text"], "value": o["value"]} for o in options]
        return told_of(outcome) | {"options": shown}

    @told
    async def submit(self, who: str, fields: dict[str, Any] | None = None) -> Json:
        """Fill in and send the top modal; what is picked from a menu whose options the app gives is typed there
        first. `errors` by label when the client or the app refuses.
        """
        view = self._top(self._person(who))
        for name, wanted in (fields or {}).items():
            each = named_input(view, name)
            if "external_select" in each.element["type"] and isinstance(wanted, str) and wanted:
                await self._look_for(who, each, wanted)
        return await self._send(who, fields or {})

    async def _look_for(self, who: str, menu: Input, wanted: str) -> None:
        """See that the menu shows what is wanted."""
        action_id = menu.element["action_id"]
        shown = self._suggested.get((self._person(who).id, action_id), ())
        try:
            find_option({**menu.element, "options": list(shown)}, wanted)
        except CannotEnter:
            await self.suggest(who, action_id, wanted, menu.block["block_id"])

    # Looking and changing

    @told
    async def screen(self, who: str, newest: int | None = None) -> Json:
        """All that the person sees now, or of each room the `newest` so many messages."""
        return Screen(self._workspace, self._person(who), newest).whole()

    @told
    async def change(self, who: str, **changes: Any) -> Json:
        """Change what somebody is (`CHANGEABLE`); apps hear user_change."""
        try:
            person = self._workspace.person(who)
        except KeyError:
            raise Impossible(f"there is nobody called {who!r}") from None
        if unknown := set(changes) - set(CHANGEABLE):
            raise Impossible(f"can't change {', '.join(sorted(unknown))}; only {', '.join(CHANGEABLE)}")
        for name, value in changes.items():
            setattr(person, name, value)
        person.updated = int(self._workspace.now())
        self._workspace.changed()
        return await self._tell_apps(lambda app: payloads.user_event("user_change", self._workspace, app, person))

    @told
    async def arrive(self, person: Person) -> Json:
        """Somebody new joins the workspace; apps hear team_join."""
        self._workspace.people[person.handle] = person
        self._workspace.changed()
        return await self._tell_apps(lambda app: payloads.user_event("team_join", self._workspace, app, person))

    @told
    async def membership(self, who: str, channel: str, *, inside: bool) -> Json:
        """Bring somebody, or the main app as "bot", into a channel or out of it."""
        workspace, found = self._workspace, self._room(channel)
        user = workspace.main_app.bot_user if who == "bot" else self._person(who).id
        (found.members.add if inside else found.members.discard)(user)
        workspace.changed()
        kind = "member_joined_channel" if inside else "member_left_channel"

        def event(app: SlackApp) -> Json:
            if app.bot_user == user and not inside:
                return payloads.own_removal(workspace, found, next(iter(workspace.people.values())).id)
            return payloads.membership(kind, workspace, found, user)

        return await self._tell_apps(event)

    async def archive(self, channel: str, *, archived: bool = True) -> Json:
        """Archive a channel, or bring it back."""
        self._room(channel).archived = archived
        self._workspace.changed()
        return {"ok": True}

    def _room(self, channel: str) -> Channel:
        """The channel of this id or name. Raises Impossible."""
        rooms = (each for each in self._workspace.channels.values() if each.kind != "im")
        found = next((each for each in rooms if channel in (each.id, each.name)), None)
        if found is None:
            raise Impossible(f"there is no channel {channel!r}")
        return found

    async def _tell_apps(self, event: Callable[[SlackApp], Json]) -> Json:
        apps = list(self._workspace.apps.values())
        return worst([await self._courier.event(app, event(app), "") for app in apps])


def suggested_options(body: Any) -> list[Json] | None:
    """The options in the answer to a block_suggestion, groups opened; None if it is not valid."""
    if not isinstance(body, dict):
        return None
    report = Report("modal")
    options, groups = body.get("options"), body.get("option_groups")
    for each, check in [(o, OPTION) for o in options or []] + [(g, GROUP) for g in groups or []]:
        check(each, "", report)
    found = [*(options or []), *(o for g in groups or [] if isinstance(g, dict) for o in g.get("options", []))]
    too_many = len(options or groups or []) > 100
    return None if report.problems or too_many or (options is None and groups is None) else found
