"""Done: the last card, which is drawn from the whole guide."""

from bot.slack.views.guide.view import StepView

STEP = StepView()
