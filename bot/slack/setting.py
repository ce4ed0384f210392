"""Settings in Slack: what holds, the forms in which admins change it, and its history.

A form is taken as it is where Slack was asked this minute whether they are an admin. Else it stays open while Slack
is asked: a form that closed could neither say what was wrong nor keep what was typed.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from bot.clock import utc_now
from bot.core.errors import InvalidFields, NotFound
from bot.core.people import Person
from bot.core.setting import Meanwhile
from bot.services.people import People, must_be_admin
from bot.services.setting import RunningSettings
from bot.slack.router import (
    Access,
    Caller,
    Command,
    OpenModal,
    Owner,
    Press,
    RedrawModal,
    Result,
    Router,
    Submission,
    UpdateModal,
    View,
)
from bot.slack.views import setting as views
from bot.slack.views.parts import Line, line
from bot.slack.views.problems import sentence
from bot.texts.locale import Locale

LONGEST = 10  # digits of the number of a change


class SettingHandlers:
    """What admins see and press about it."""

    def __init__(self, people: People, running: RunningSettings) -> None:
        self._people, self._running = people, running

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.command("settings", self.open, access=Access.ADMIN, fresh=True)
        router.press("settings.edit", self.edit, access=Access.ADMIN)
        router.form("settings.edit", self.save, access=Access.ADMIN, stays=True)
        router.press("settings.history", self.history, access=Access.ADMIN)
        router.press("settings.back", self.back, access=Access.ADMIN)
        router.press("settings.undo", self.undo, access=Access.ADMIN, owner=Owner.ANY)

    async def open(self, _command: Command, caller: Caller) -> Result:
        """All of them."""
        return OpenModal(await self._overview(caller.locale))

    async def edit(self, press: Press, caller: Caller) -> Result:
        """The form of one group. Raises NotFound."""
        return OpenModal(self._form(press.value, caller.locale))

    async def save(self, form: Submission, caller: Caller) -> Result:
        """The form was sent. Raises InvalidFields, NotFound."""
        if not caller.person.fresh(utc_now()):
            return UpdateModal(views.saving(caller.locale), partial(self._later, form, caller))
        try:
            await self._change(form, caller.person)
        except Meanwhile as error:
            await self._running.look()
            return UpdateModal(self._again(form, error, caller.locale))
        return RedrawModal(form.parent_view_id, partial(self._overview, caller.locale))

    async def _later(self, form: Submission, caller: Caller) -> View:
        """The same once Slack was asked. Raises NotAdmin, Unreachable, NotFound."""
        person, locale = await self._people.refresh(caller.person.user_id), caller.locale
        must_be_admin(person)
        try:
            await self._change(form, person)
        except (Meanwhile, InvalidFields) as error:
            await self._running.look()
            return self._again(form, error, locale)
        return {**await self._overview(locale), "clear_on_close": True}

    async def history(self, press: Press, caller: Caller) -> Result:
        """Who changed what, in the place of the list."""
        return RedrawModal(press.target.modal_id, partial(self._history, caller.locale))

    async def back(self, press: Press, caller: Caller) -> Result:
        """All of them, in the place of the history."""
        return RedrawModal(press.target.modal_id, partial(self._overview, caller.locale))

    async def undo(self, press: Press, caller: Caller) -> Result:
        """What held before the last change of a setting holds again. Raises NotFound."""
        notes: list[Line] = []
        try:
            await self._running.undo(caller.person, press.row)
        except Meanwhile as error:
            notes = views.meanwhile(error.changes, caller.locale)[:-1]
        except InvalidFields as error:
            notes = [line(sentence(each, caller.locale)) for each in error.problems]
        return RedrawModal(press.target.modal_id, partial(self._history, caller.locale, *notes))

    async def _change(self, form: Submission, by: Person) -> None:
        """Raises NotAdmin, NotFound, InvalidFields, Meanwhile."""
        group, names, seen = self._about(form)
        if views.is_reset(form.fields):
            wanted: dict[str, str | None] = dict.fromkeys(names)
        else:
            held, typed = self._running.now.holdings, views.read(group, form.fields)
            wanted = {name: text for name, text in typed.items() if text != held[name].text}
        await self._running.change(by, wanted, names, seen, form.fields.text(views.WHY))

    def _about(self, form: Submission) -> tuple[str, tuple[str, ...], int]:
        """The group, its settings, and the number of their last change as the form was opened. Raises NotFound."""
        group, _, seen = form.metadata.rpartition(":")
        names = views.groups(self._running.now).get(group)
        if names is None or not (seen.isascii() and seen.isdigit() and len(seen) < LONGEST):
            raise NotFound
        return group, names, int(seen)

    def _form(
        self, group: str, locale: Locale, typed: Mapping[str, str] | None = None, notes: Sequence[Line] = ()
    ) -> View:
        """Raises NotFound."""
        now = self._running.now
        if group not in views.groups(now):
            raise NotFound
        known = [views.known_labels(self._running.labels, locale)] if group == "labels" else []
        return views.form(group, now, locale, self._running.seen(views.groups(now)[group]), typed, *notes, *known)

    def _again(self, form: Submission, error: Meanwhile | InvalidFields, locale: Locale) -> View:
        """What was typed, below why it was not saved. Raises NotFound."""
        if isinstance(error, Meanwhile):
            notes = views.meanwhile(error.changes, locale)
        else:
            notes = [line(sentence(each, locale)) for each in error.problems]
        group = self._about(form)[0]
        return self._form(group, locale, views.read(group, form.fields), notes)

    async def _overview(self, locale: Locale) -> View:
        now = await self._running.look()
        return views.overview(now, self._running.newest, locale)

    async def _history(self, locale: Locale, *notes: Line) -> View:
        await self._running.look()
        return views.history(await self._running.history(), self._running.newest, locale, *notes)
