"""Agent: which one it is, or a new one, made in up to three forms."""

from pydantic import SecretStr
from slack_sdk.models.blocks import ButtonElement

from bot.core import agent as rules
from bot.core.agent import Address, Space
from bot.core.errors import NotFound
from bot.core.guide import Failure
from bot.services.guide.checks.agent import CREATE, Chosen, Making
from bot.slack.views.guide import create, forms
from bot.slack.views.guide.failed import UNKNOWN_MADE, sentence
from bot.slack.views.guide.view import Finished, GuideView, Modal, Sheet, StepView, done_with_evidence, page_url
from bot.slack.views.parts import Line, button


class Agent(StepView):
    """An agent is made in a form for a token, the workspace, where Coze lists several, and the agent.

    The token is needed first and last and stays where it was typed: Slack keeps what stands in an input of the same
    id while one form takes another's place (docs.slack.dev/reference/views/modal-views). So we hold nothing between
    two of them: no restart, other process or closed form loses or leaves anything; should the input come back empty,
    it is asked for once more at its field, all other text in place. What people have us keep is of no use here: they
    agreed to publishing.
    """

    def done(self, view: GuideView, finished: Finished) -> Line:
        """With the workspace that it lies in, where it was made from here."""
        where = view.locale._(" · in “{space_name}”") if view.guide.value("space_name") else ""
        return done_with_evidence(view, finished, where)

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
