"""Being stuck, in Slack: the admins' card and their answer, and what the person writes back."""

from bot.core import report as rules
from bot.core.errors import NotAdmin
from bot.logs import has_secret
from bot.services.report import Reports
from bot.slack.table import Accept, Call, Drawing, Open, Reply, Table
from bot.slack.views import guide_forms
from bot.slack.views import report as views
from bot.store import message
from bot.store.message import Message
from bot.texts import Reader
from bot.texts.guide import GuideTexts


class ReportDesk:
    """What admins and members see and press about reports."""

    def __init__(self, reports: Reports, texts: GuideTexts) -> None:
        self._reports, self._texts = reports, texts

    def register(self, table: Table) -> None:
        """Put everything into the table."""
        table.action("report.answer", self.open_answer)
        table.form("report.answer", self.answer, guide_forms.problem, admin=True, check=_words)
        table.action("report.reply", self.open_reply)
        table.form("report.reply", self.reply, guide_forms.problem)
        table.action("report.solve", self.solve, writes=True)
        table.drawer("report", self.draw)

    async def open_answer(self, call: Call) -> Reply:
        """The form for an answer; whether it may be sent is decided when it is."""
        if not call.who.may_decide():
            raise NotAdmin
        report = await self._reports.find(call.who.team_id, call.row)
        return Open(views.answer_form(report, self._texts, call.reader))

    async def answer(self, call: Call) -> Reply:
        """An admin answers."""
        await self._reports.answer(call.who, call.row, _words(call), call.once)
        return Accept()

    async def open_reply(self, call: Call) -> Reply:
        """The form to write back."""
        report = await self._reports.find(call.who.team_id, call.row)
        rules.check_owner(report, call.who.user_id)
        return Open(views.reply_form(report, call.reader))

    async def reply(self, call: Call) -> Reply:
        """The person writes back."""
        await self._reports.reply(call.who, call.row, _words(call), call.once)
        return Accept()

    async def solve(self, call: Call) -> Reply:
        """It helped."""
        await self._reports.solve(call.who, call.row, call.once)
        return Accept()

    async def draw(self, copy: Message, reader: Reader) -> Drawing:
        """The admins' card, a line of its thread, or an answer in the person's DM."""
        report = await self._reports.find(copy.team_id, int(copy.subject.partition(":")[2]))
        if copy.thread is not None:
            return Drawing(views.history(await self._reports.line(copy), reader), False)
        if copy.slot == message.CARD:
            return Drawing(views.card(report, self._texts, reader), report.state is rules.State.OPEN)
        current = await self._reports.is_newest(copy)
        deed = await self._reports.line(copy)
        return Drawing(views.notice(report, deed, current, reader), report.state is rules.State.ANSWERED)


def _words(call: Call) -> str:
    written = guide_forms.read_words(call.values)
    return rules.read(written, required=True, secret=has_secret(written))
