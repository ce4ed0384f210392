"""Channel: the agent waits for the review of the glasses' own channel."""

from slack_sdk.models.blocks import ButtonElement

from bot.core.guide import Failure
from bot.services.guide.checks.channel import REJECTED
from bot.slack.views.guide.view import Finished, GuideView, StepView, plainly_done
from bot.slack.views.parts import Line, button, line
from bot.texts.locale import Help


class Channel(StepView):
    """A review that said no is known to the person alone."""

    def button(self, view: GuideView, named: str, label: str) -> ButtonElement | None:
        """Publishing is the command of that name."""
        if named == "channel":
            return button(label, "command.publish", view.guide.value("agent_id"))
        return super().button(view, named, label)

    def state(self, view: GuideView) -> list[Line]:
        """Whose word counts."""
        locale = view.locale
        if not view.snapshot.looks:
            return [line(locale._("I can't look into that space myself, so your word counts here."))]
        return []

    def done(self, view: GuideView, finished: Finished) -> Line | None:
        """That Coze lists it does not tell what the review said."""
        if finished.is_verified:
            return plainly_done(view, finished, view.locale._(" · listed by Coze"))
        return super().done(view, finished)

    def again(self, view: GuideView) -> ButtonElement:
        """By hand, or by the bot."""
        publication = view.snapshot.publication
        if publication and publication.by_hand:
            return button(view.locale._("I published it again"), "guide.next", view.value)
        return button(view.locale._("Publish again…"), "command.publish", view.guide.value("agent_id"))

    def is_again_first(self, help: Help) -> bool:
        """After a rejection."""
        return help.key == REJECTED

    def trace(self, view: GuideView, failure: Failure) -> Line | None:
        """Coze tells the verdict to nobody but the author."""
        if failure.error != REJECTED:
            return None
        return line(view.locale._("The verdict as you told it · you confirmed"))


STEP = Channel()
