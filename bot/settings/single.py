"""One setting by itself, for whoever asks for them one after another."""

from pydantic import SecretStr, ValidationError

from . import Settings, values


def problem(name: str, text: str) -> str:
    """Why this is no value of the field, as a start says it, with nothing of the text; "" where it is one."""
    given = values.trimmed({name: text})
    if odd := values.odd(given):
        return odd[name]
    if "${" in text:
        return "holds ${, in whose place a file such as .env puts something else: write it another way."
    try:
        Settings.model_validate(given)
    except ValidationError as error:
        return values.sentence(error.errors(include_input=False)[0]["msg"])
    return ""


def default_of(name: str) -> str:
    """What holds where nothing is set, which is no secret; "" for nothing."""
    found = Settings.model_fields[name].default
    return found.get_secret_value() if isinstance(found, SecretStr) else str(found or "")
