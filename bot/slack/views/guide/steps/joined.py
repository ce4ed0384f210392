"""Joined: the invitation waits to be accepted."""

from bot.slack.views.guide.team import RequestStep

STEP = RequestStep()
