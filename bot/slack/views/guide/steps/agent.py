"""Agent: which one it is, or a new one, made in up to three forms."""

from pydantic import SecretStr
from slack_sdk.models.blocks import ButtonElement

from bot.core import agent as rules
from bot.core.agent import Address, Space
from bot.core.errors import NotFound
from bot.core.guide import Failure
from bot.services.guide.checks.agent import COPY, COPYABLE, CREATE, SENT, WANTED, Chosen, Making
from bot.slack.views.guide import create, forms
from bot.slack.views.guide.failed import UNKNOWN_MADE, sentence
from bot.slack.views.guide.row import with_menu
from bot.slack.views.guide.view import (
    Finished,
    GuideView,
    Modal,
    Sheet,
    StepView,
    called,
    done_with_evidence,
    headed,
    page_url,
)
from bot.slack.views.join.grade import prove
from bot.slack.views.parts import (
    HEADING,
    NAME,
    Card,
    Line,
    actions,
    button,
    confirm,
    context,
    cut,
    fit,
    line,
    paragraph,
    with_name,
)
from bot.texts.locale import Help


class Agent(StepView):
    """An agent is made in a form for a token, the workspace, where Coze lists several, and the agent.

    The token is needed first and last and stays where it was typed: Slack keeps what stands in an input of the same
    id while one form takes another's place (docs.slack.dev/reference/views/modal-views). So we hold nothing between
    two of them: no restart, other process or closed form loses or leaves anything; should the input come back empty,
    it is asked for once more at its field, all other text in place. What people have us keep is of no use here: they
    agreed to publishing.
    """

    def button(self, view: GuideView, named: str, label: str) -> ButtonElement | None:
        """Publishing is the command of that name, and tells which agent it is."""
        return button(label, "command.publish") if named == "channel" else super().button(view, named, label)

    def done(self, view: GuideView, finished: Finished) -> Line:
        """With the workspace that it lies in, where it was made from here."""
        where = view.locale._(" · in “{space_name}”") if view.guide.value("space_name") else ""
        return done_with_evidence(view, finished, where)

    def card(self, view: GuideView) -> Card | None:
        """How far a copy into ShargeAI is."""
        locale, guide = view.locale, view.guide
        if not guide.value(COPY):
            return None
        sent = guide.value(COPY) not in (WANTED, SENT)
        asked = locale._("✅ Coze has taken it on") if sent else locale._("⏳ **Asking Coze for the copy**")
        steps = [
            line(asked),
            line(
                locale._("⏳ **Coze copies it**, workflows and plugins too")
                if sent
                else locale._("◽ Coze copies it")
            ),
            line(locale._("◽ The copy is a draft: you publish it in the next step")),
        ]
        small = [line(locale._("No need to wait, this card goes on by itself. The original stays as it is."))]
        blocks = [
            *headed(view, fit(locale._("Copying “{name}” to ShargeAI"), cut(called(guide), NAME), HEADING)),
            paragraph(locale, *steps),
            actions(*with_menu(view, [button(locale._("I'm stuck"), "guide.stuck", view.value)])),
            context(locale, *small),
        ]
        return Card(with_name(locale._("Copying “{name}” to ShargeAI"), called(guide)), blocks)

    def mends(self, view: GuideView, help: Help) -> list[ButtonElement]:
        """To have it copied, where both workspaces are of one enterprise; once the account is proven."""
        failure, locale = view.guide.failure, view.locale
        allowed = failure.values.get(COPYABLE) if failure else None
        if allowed == "proof":
            return [prove(locale, primary=False)]
        if allowed != "yes":
            return []
        what = locale._("Copy “{name}” to ShargeAI? The copy is a draft; the original stays as it is.")
        words = (
            locale._("Copy to ShargeAI"),
            what.format(name=called(view.guide)),
            locale._("Copy it"),
            locale._("Cancel"),
        )
        asks = confirm(*words)
        return [button(locale._("Copy to ShargeAI"), "guide.copy", view.value, confirm=asks)]

    def menu_of_failure(self, view: GuideView, help: Help) -> list[tuple[str, str]]:
        """Another address, where the buttons have no room for it."""
        failure = view.guide.failure
        offered = failure is not None and failure.values.get(COPYABLE)
        return [(view.locale._("Paste another address…"), "paste")] if offered else []

    def again(self, view: GuideView) -> ButtonElement:
        """Another address; or the form in which it surely was not made: a look-up costs the person no call."""
        failure, labels = view.guide.failure, view.words.labels
        making = failure and failure.error != UNKNOWN_MADE and (failure.calls or failure.values.get("key") == CREATE)
        if making and "create" in labels:
            return button(labels["create"], "guide.create", view.value)
        return button(view.locale._("Paste another address…"), "guide.paste", view.value)

    def open(self, verb: str, sheet: Sheet) -> Modal:
        """The form for its address, known or as it was written to us; or the first of those that make one."""
        if verb == "create":
            is_ours = bool(sheet.prepared)
            locale, value = sheet.locale, sheet.value
            return create.agent(locale, value, None) if is_ours else create.token(locale, value)
        pasted = page_in(sheet.rest) if verb == "take" else ""
        return forms.address(sheet.locale, sheet.guide, sheet.value, pasted)

    def secrets(self, form: str) -> tuple[str, ...]:
        """The token, which the address alone does not need."""
        return () if form == "agent" else ("guide.token",)

    def read(self, form: str, sheet: Sheet) -> object:
        """What the form asks for. The agent to be made names its workspace beside the step."""
        if form == "agent":
            return rules.read_address(**forms.read_address(sheet.fields), site=rules.site_of(sheet.host))
        if form == "spaces":
            return forms.token_in(sheet)
        if form == "space":
            return Chosen(rules.read_space(*create.read_chosen(sheet.fields)), forms.token_in(sheet))
        space, draft = create.read_space(sheet.rest), rules.read_draft(**create.read(sheet.fields))
        return Making(draft, Chosen(space, forms.token_in(sheet)) if space else None)

    def meanwhile(self, form: str, sheet: Sheet, given: object) -> Modal | None:
        """Nothing can be sent a second time."""
        if isinstance(given, Making):
            return create.making(sheet.locale, given.draft)
        return create.token(sheet.locale, sheet.value, asking=True) if form == "spaces" else None

    def then(self, form: str, sheet: Sheet, given: object, told: object) -> Modal | None:
        """Why Coze said no, in the form that was sent; else the next one."""
        locale, value = sheet.locale, sheet.value
        match given, told:
            case Making(draft, chosen), Failure():
                space = chosen.space if chosen else None
                return create.agent(locale, value, space, draft, sentence(told, locale))
            case Making(), Address():
                return create.made(locale, told)
            case SecretStr(), Failure():
                return create.token(locale, value, note=sentence(told, locale))
            case SecretStr(), [Space() as space]:
                return create.agent(locale, value, space)
            case SecretStr(), list():
                return create.spaces(locale, value, [each for each in told if isinstance(each, Space)])
            case Chosen(), Space():
                return create.agent(locale, value, told)
        return None


def page_in(text: str) -> str:
    """The address of the agent's page that the text holds. Raises NotFound."""
    if found := rules.find_page(text):
        return page_url(found.workspace_id, found.agent_id)
    raise NotFound


STEP = Agent()
