"""The settings as `.env.example` and the README show them."""

from typing import Any

from pydantic import SecretStr

from bot.settings import Settings


def defaults() -> dict[str, str]:
    """Each setting's name and its default as one would write it; empty where there is none."""

    def written(default: Any) -> str:
        if isinstance(default, bool):
            return "yes" if default else "no"
        if isinstance(default, tuple):
            return ",".join(map(str, default))
        return default.get_secret_value() if isinstance(default, SecretStr) else str(default or "")

    return {name.upper(): written(field.default) for name, field in Settings.model_fields.items()}


def table() -> str:
    """All settings as a Markdown table, for the README."""
    rows = ["| setting | default | meaning |", "|---|---|---|"]
    for name, default in defaults().items():
        meaning = Settings.model_fields[name.lower()].description
        rows.append(f"| `{name}` | {f'`{default}`' if default else ''} | {meaning} |")
    return "\n".join(rows)
