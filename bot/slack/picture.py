"""A picture of somebody's screen, handed on to the admins: below the card of what it is about, once."""

import logging
import re

from bot.core import report as rules
from bot.core.errors import NotFound, SlackRefused, Unreachable
from bot.core.report import Kind
from bot.services.guide.guides import Guides
from bot.services.job_runner import Backoff, Done, Outcome, on_commit
from bot.services.people import People
from bot.services.report import Reports
from bot.slack.files import Files, kind_of
from bot.slack.router import Ack, Caller, Drawing, OpenModal, Press, Result, Router, Submission
from bot.slack.views import talk as views
from bot.slack.views.guide import forms as guide_forms
from bot.slack.views.parts import Card
from bot.store.job import TRIES, Job
from bot.store.message import Message
from bot.texts.guide import GuideTexts
from bot.texts.locale import Locale

log = logging.getLogger(__name__)

CARDLESS = 5.0  # seconds until a picture is tried again whose card is not there yet
_ASKED = re.compile(r"(F[A-Z0-9]{1,30})(?: (.*))?", re.DOTALL)


class PictureHandlers:
    """What is pressed about a picture, and the job that hands it on."""

    def __init__(self, people: People, guides: Guides, reports: Reports, files: Files, texts: GuideTexts) -> None:
        self._people, self._guides, self._reports = people, guides, reports
        self._files, self._texts = files, texts

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.press("report.picture", self.open_form)
        router.form("report.picture", self.ask)
        router.renderer("picture", self.draw)

    async def open_form(self, press: Press, caller: Caller) -> Result:
        """`F0123 words`: the form to the admins, which says that the picture goes along."""
        picture, said = _asked(press.value)
        return OpenModal(views.picture_form(picture, said, caller.locale))

    async def ask(self, form: Submission, caller: Caller) -> Result:
        """The admins are asked, and the picture follows."""
        picture, _ = _asked(form.metadata)
        guide = next(iter(await self._guides.opened(caller.person)), None)
        said = rules.read(guide_forms.read_words(form.fields), required=guide is None)
        checked_on = self._texts.routes[guide.route].step(guide.step).checked_on if guide else ""
        kind = Kind.DIFFERS if guide else Kind.QUESTION
        await self._reports.ask(caller.person, guide, kind, checked_on, said, picture)

        async def told() -> Card:
            return views.asked(caller.locale)

        return Ack(told)

    async def hand_on(self, row: Job) -> Outcome:
        """Job `report:12:F0123`: fetched and put below the admins' card, unless it stands there already."""
        _, number, picture = row.subject.split(":")
        try:
            report = await self._reports.find(row.team_id, int(number))
        except NotFound:  # deleted with what the person had
            return Done()
        card = await self._reports.admin_card(report)
        if card is None or not card.ts or not card.channel:
            raise Backoff(CARDLESS)
        name = f"screen-{report.id}-{picture}."
        try:
            file_id = await self._files.below(card.channel, card.ts, name)
            if file_id is None:
                content = await self._files.fetch(picture, report.user_id)
                comment = views.picture_comment(report.user_id, self._people.common_locale())
                file_id = await self._files.put(card.channel, card.ts, name + kind_of(content), content, comment)
        except SlackRefused as error:
            return self._failed(row, error.code)
        except Unreachable as error:
            if row.attempts < TRIES:
                raise
            return self._failed(row, str(error))
        return Done(on_commit(self._reports.handed_picture, row.team_id, report.id, file_id))

    def _failed(self, row: Job, why: str) -> Outcome:
        """Both sides are told, and the picture stays where it is."""
        log.info("a picture is not handed on: %s: %s", row.subject, why)
        _, number, _ = row.subject.split(":")
        return Done(on_commit(self._reports.kept_picture, row.team_id, int(number), why))

    async def draw(self, copy: Message, locale: Locale) -> Drawing:
        """That it was not handed on, and why, in the person's DM."""
        deed = await self._reports.line(copy)
        return Drawing(views.picture_kept(str(deed.detail.get("why") or ""), locale), is_open=False)


def _asked(value: str) -> tuple[str, str]:
    """The file that a button names, and the words that it carries. Raises NotFound for any other value."""
    found = _ASKED.fullmatch(value)
    if found is None:
        raise NotFound
    return found[1], found[2] or ""
