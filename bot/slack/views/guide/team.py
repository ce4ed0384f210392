"""The steps into the team, whose buttons are those of the request to join."""

from slack_sdk.models.blocks import ButtonElement

from bot.slack.views.parts import Line, button
from bot.slack.views.status import request_state

from .view import GuideView, StepView


class TeamStep(StepView):
    """One of them."""

    def button(self, view: GuideView, named: str, label: str) -> ButtonElement | None:
        """Asking to join is the command of that name; accepting belongs to the request."""
        if named == "join":
            return button(label, "command.join")
        if named == "accepted":
            return button(label, "join.accepted", view.snapshot.request.id) if view.snapshot.request else None
        return super().button(view, named, label)


class RequestStep(TeamStep):
    """One that waits for the request."""

    def state(self, view: GuideView) -> list[Line]:
        """How it stands."""
        if view.snapshot.request is None:
            return []
        found = request_state(view.snapshot.request, view.locale)
        return [Line(view.locale._("⏳ **Your request:** {state}").replace("{state}", found.template), found.pieces)]
