"""Member: the team's door."""

from slack_sdk.models.blocks import ButtonElement

from bot.core.sign_in import Purpose
from bot.services.guide.checks.member import NOT_LISTED
from bot.slack.views.buttons import command
from bot.slack.views.guide import forms
from bot.slack.views.guide.team import TeamStep
from bot.slack.views.guide.view import Finished, GuideView, Modal, Sheet, plainly_done
from bot.slack.views.parts import Line, button
from bot.slack.views.sign_in import start
from bot.texts.locale import Help


class Member(TeamStep):
    """Nobody is stuck at it: their word counts where Coze's does not help."""

    drops_secret = True
    insists = frozenset({"next"})

    def done(self, view: GuideView, finished: Finished) -> Line:
        """Our own rows tick it: neither Coze nor the person has said so."""
        return plainly_done(view, finished)

    def behind(self, view: GuideView) -> list[ButtonElement]:
        """To show the account, so that nobody's word is needed."""
        return [start(view.locale, Purpose.GUIDE, view.value)] if view.signs_in else []

    def ways_out(self, view: GuideView, help: Help) -> list[ButtonElement]:
        """To ask to join, to name another account, to look again, to insist."""
        locale, failure = view.locale, view.guide.failure
        by_token = button(locale._("It's another account…"), "guide.account", view.value)
        other = start(locale, Purpose.GUIDE, view.value) if view.signs_in else by_token
        if help.key == NOT_LISTED:
            return [command("join", locale, primary=True), other]
        again = button(locale._("Check again"), "guide.next", view.value)
        again = other if failure and failure.calls else again
        again.style = "primary"
        return [again, button(locale._("I'm in it, continue"), "guide.insist", view.value)]

    def menu_of_failure(self, view: GuideView, help: Help) -> list[tuple[str, str]]:
        """To look again, and to show the account by a token, where the buttons have no room for it."""
        again = [(view.locale._("Check again"), "next")] if help.key == NOT_LISTED else []
        return [*again, *([(view.locale._("It's another account…"), "account")] if view.signs_in else [])]

    def open(self, verb: str, sheet: Sheet) -> Modal:
        """The form for a token of the account that is in the team."""
        return forms.account(sheet.locale, sheet.value)

    def secrets(self, form: str) -> tuple[str, ...]:
        """The token."""
        return ("guide.token",)

    def read(self, form: str, sheet: Sheet) -> object:
        """The token, None without one."""
        return forms.token_in(sheet) if forms.has_token(sheet) else None


STEP = Member()
