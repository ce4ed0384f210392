"""Being stuck, in Slack: the admins' card and their answer, and what the person writes back."""

from bot.core import report as rules
from bot.services.report import Reports
from bot.slack.links import Links
from bot.slack.router import Access, Ack, Caller, Drawing, OpenModal, Owner, Press, Result, Router, Submission
from bot.slack.views import report as views
from bot.slack.views.guide import forms as guide_forms
from bot.store import message
from bot.store.message import Message
from bot.texts.guide import GuideTexts
from bot.texts.locale import Locale


class ReportHandlers:
    """What admins and members see and press about reports."""

    def __init__(self, reports: Reports, links: Links, texts: GuideTexts) -> None:
        self._reports, self._links, self._texts = reports, links, texts

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.press("report.answer", self.open_answer, access=Access.ADMIN, owner=Owner.ANY)
        router.form("report.answer", self.answer, access=Access.ADMIN, owner=Owner.ANY, precheck=_words)
        router.press("report.reply", self.open_reply, owner=Owner.OWN)
        router.form("report.reply", self.reply, owner=Owner.OWN)
        router.press("report.solve", self.solve, owner=Owner.OWN)
        router.renderer("report", self.draw)

    async def open_answer(self, press: Press, caller: Caller) -> Result:
        """The form for an answer; whether it may be sent is decided when it is."""
        report = await self._reports.find(caller.person.team_id, press.row)
        return OpenModal(views.answer_form(report, self._texts, caller.locale))

    async def answer(self, form: Submission, caller: Caller) -> Result:
        """An admin answers."""
        await self._reports.answer(caller.person, form.row, _words(form))
        return Ack()

    async def open_reply(self, press: Press, caller: Caller) -> Result:
        """The form to write back."""
        report = await self._reports.find(caller.person.team_id, press.row)
        rules.check_owner(report, caller.person.user_id)
        return OpenModal(views.reply_form(report, caller.locale))

    async def reply(self, form: Submission, caller: Caller) -> Result:
        """The person writes back."""
        await self._reports.reply(caller.person, form.row, _words(form))
        return Ack()

    async def solve(self, press: Press, caller: Caller) -> Result:
        """It helped."""
        await self._reports.solve(caller.person, press.row)
        return Ack()

    async def draw(self, copy: Message, locale: Locale) -> Drawing:
        """The admins' card, a line of its thread, or an answer in the person's DM."""
        report = await self._reports.find(copy.team_id, int(copy.subject.partition(":")[2]))
        if copy.thread is not None:
            return Drawing(views.history(await self._reports.line(copy), locale), is_open=False)
        if copy.kind == message.CARD:
            return Drawing(views.card(report, self._texts, locale), report.state is rules.ReportState.OPEN)
        current = await self._reports.is_newest(copy)
        deed = await self._reports.line(copy)
        guide = await self._reports.open_guide(report)
        place = await self._links.to(copy, guide) if guide else None
        card = views.notice(report, deed, current=current, place=place, locale=locale)
        return Drawing(card, report.state is rules.ReportState.ANSWERED)


def _words(form: Submission) -> str:
    return rules.read(guide_forms.read_words(form.fields), required=True)
