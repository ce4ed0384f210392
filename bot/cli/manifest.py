"""`manifest`."""

import json
from typing import Annotated

import typer
import yaml

from bot.slack import manifest


def main(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="as JSON, which the Slack CLI reads")] = False,
    as_link: Annotated[bool, typer.Option("--link", help="the address that creates the app from it")] = False,
    http: Annotated[
        str | None, typer.Option(metavar="URL", help="for SLACK_TRANSPORT=http: the bot's address, https://…")
    ] = None,
) -> int:
    """Print the Slack app manifest, as YAML unless asked otherwise."""
    if as_json and as_link:
        raise typer.BadParameter("--json and --link don't go together")
    print(_printed(http, as_json=as_json, as_link=as_link))
    return 0


def _printed(http: str | None, *, as_json: bool, as_link: bool) -> str:
    app = manifest.over_http(manifest.read(), http) if http else manifest.read()
    if as_json:
        return json.dumps(app, ensure_ascii=False, indent=2)
    if as_link:
        return manifest.link(app)
    if http:
        return yaml.safe_dump(app, allow_unicode=True, sort_keys=False).rstrip()
    return manifest.FILE.read_text("utf-8").rstrip()
