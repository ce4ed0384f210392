"""Asked: the request waits for an admin."""

from slack_sdk.models.blocks import ButtonElement

from bot.core.join import WHOSE, JoinState
from bot.slack.views.guide.team import RequestStep
from bot.slack.views.guide.view import Finished, GuideView, plainly_done
from bot.slack.views.join.grade import prove
from bot.slack.views.parts import Line, button

WRONG_ID = "E13"  # key of the error help


class Asked(RequestStep):
    """Who was in the team already has passed the admins' step without their approval."""

    def before(self, view: GuideView) -> list[ButtonElement]:
        """What only the person can do: give another account, or show that it is theirs."""
        request = view.snapshot.request
        if request and request.error == WHOSE:
            return [prove(view.locale)]
        if request and not request.coze_uid:
            return [button(view.locale._("Enter my account…"), "join.edit", request.id)]
        if request is None or request.error != WRONG_ID:
            return []
        return [button(view.locale._("Correct user ID…"), "join.fix", request.id)]

    def done(self, view: GuideView, finished: Finished) -> Line | None:
        """Only what an admin has decided; our own rows tick it."""
        request = view.snapshot.request
        happened = request is not None and request.decided_by is not None and request.state is not JoinState.DECLINED
        return plainly_done(view, finished) if happened else None


STEP = Asked()
