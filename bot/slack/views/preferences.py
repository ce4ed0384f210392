"""Settings: in which language somebody is written to, and in which hours not at all."""

from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import Option, RadioButtonsElement, TimePickerElement

from bot.core.remind import USUAL, Quiet
from bot.texts.catalogue import Language, catalogues
from bot.texts.locale import Locale

from .parts import field, modal

AUTO = "auto"
ON, OFF = "on", "off"
LANGUAGE, HOURS = "people.language", "people.quiet"
FROM, TO = "people.quiet_from", "people.quiet_to"


def form(chosen: Language | None, quiet: Quiet | None, now: datetime, locale: Locale) -> dict[str, Any]:
    """What holds now, to be changed. `chosen` is the language that they asked for, None for Slack's."""
    names = [(each.name, language) for language, each in catalogues().items()]
    hours = quiet or USUAL
    blocks = [
        field(LANGUAGE, locale._("Language"), _choice([*names, (locale._("Same as Slack"), AUTO)], chosen or AUTO)),
        field(
            HOURS,
            locale._("Quiet hours"),
            _choice(
                [(locale._("Don't remind me in these hours"), ON), (locale._("Remind me at any hour"), OFF)],
                ON if quiet else OFF,
            ),
            hint=locale._("For tokens that expire in these hours I'll write earlier."),
        ),
        field(FROM, locale._("From"), TimePickerElement(action_id="value", initial_time=f"{hours.begins:%H:%M}")),
        field(
            TO,
            locale._("To"),
            TimePickerElement(action_id="value", initial_time=f"{hours.ends:%H:%M}"),
            hint=locale._("In your time zone: {zone}.", zone=locale.zone(now)),
        ),
    ]
    return modal(locale._("Settings"), locale._("Cancel"), blocks, "people.settings", locale._("Save"))


def told(quiet: Quiet | None, now: datetime, locale: Locale) -> str:
    """When reminders come, in a few words."""
    zone = locale.zone(now)
    if quiet is None:
        return locale._("Reminders in your own time zone ({zone}), at any hour", zone=zone)
    hours = f"{quiet.begins:%H:%M}–{quiet.ends:%H:%M}"
    return locale._("Reminders in your own time zone ({zone}), quiet {hours}", zone=zone, hours=hours)


def _choice(choices: list[tuple[str, str]], chosen: str) -> RadioButtonsElement:
    options = [Option(text=text, value=value) for text, value in choices]
    held = next(option for option in options if option.value == chosen)
    return RadioButtonsElement(action_id="value", options=options, initial_option=held)
