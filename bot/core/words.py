"""Words that people type into a form and that must not be missing."""

from .errors import InvalidFields, Problem


def needed(where: str, text: str, longest: int) -> str:
    """What was typed into the field `where`, trimmed. Raises InvalidFields where it is empty or too long."""
    text = text.strip()
    if not text:
        raise InvalidFields([Problem(where, "empty")])
    if len(text) > longest:
        raise InvalidFields([Problem(where, "too_long", {"longest": longest})])
    return text
