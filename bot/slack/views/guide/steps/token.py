"""Token: its end is recorded, and it may be tried."""

from slack_sdk.models.blocks import ButtonElement

from bot.core import credential as rules
from bot.core.credential import Credential
from bot.slack.views import credential_form
from bot.slack.views.guide import forms, token_check
from bot.slack.views.guide.row import with_menu
from bot.slack.views.guide.view import Finished, GuideView, Modal, Sheet, StepView, headed
from bot.slack.views.parts import Card, Line, actions, button, context, line, paragraph
from bot.slack.views.plan import Task, in_turn
from bot.texts.locale import Locale


class Token(StepView):
    """Coze tells that it works, but not when it ends."""

    drops_secret = True

    def tasks(self, locale: Locale) -> list[Task]:
        """Three calls."""
        return in_turn(
            locale._("Whose token it is"), locale._("Which spaces it sees"), locale._("Whether it lists agents")
        )

    def done(self, view: GuideView, finished: Finished) -> Line | None:
        """What Coze said and what the person did, told apart."""
        if finished.is_verified:
            return view.line(view.locale._("✅ Token works · verified; expires {ends} · entered by you"))
        return super().done(view, finished)

    def again(self, view: GuideView) -> ButtonElement:
        """The token once more."""
        return button(view.locale._("Check again…"), "guide.check", view.value)

    def card(self, view: GuideView) -> Card | None:
        """The token was tried and works; its end is still to be recorded."""
        locale, guide = view.locale, view.guide
        if "account" not in guide.facts:
            return None
        count, lists = int(guide.value("workspaces") or 0), bool(guide.value("lists"))
        proven = token_check.pat_lines(guide.value("account"), count, locale, lists=lists)
        unknown = line(locale._("📅 Coze doesn't tell when it expires: record the date and I'll remind you"))
        record = button(locale._("Track an expiry date…"), "guide.record", view.value, primary=True)
        blocks = [
            *headed(view, locale._("The token works")),
            paragraph(locale, *proven, unknown),
            actions(*with_menu(view, [record, button(locale._("I'm stuck"), "guide.stuck", view.value)])),
            context(
                locale,
                token_check.calls_used(int(guide.value("calls") or 0), locale),
                line(locale._("token dropped, not stored, not logged")),
            ),
        ]
        return Card(locale._("The token works: everything checked is verified"), blocks)

    def open(self, verb: str, sheet: Sheet) -> Modal:
        """The form for its end, or for itself."""
        if verb == "record":
            replaces = sheet.prepared if isinstance(sheet.prepared, Credential) else None
            return credential_form.form(sheet.locale, sheet.now, replaces, guide=sheet.value)
        text = sheet.locale._("I'll ask Coze whose token it is, what it can see and what it can do: 3 calls at most.")
        return forms.token(sheet.locale, "guide.check", sheet.value, line(text), sheet.locale._("Check once"))

    def secrets(self, form: str) -> tuple[str, ...]:
        """The token."""
        return ("guide.token",) if form == "check" else ()

    def read(self, form: str, sheet: Sheet) -> object:
        """Its name and end, or itself."""
        if form == "record":
            return rules.read(
                **credential_form.read(sheet.fields, sheet.rest, sheet.now), tz=sheet.locale.tz, now=sheet.now
            )
        return forms.token_in(sheet)


STEP = Token()
