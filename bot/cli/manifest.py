"""`manifest`."""

import json

import yaml
from click import BadParameter, Option

from bot.slack import manifest

OPTIONS = (
    Option(["--json", "as_json"], is_flag=True, help="as JSON, which the Slack CLI reads"),
    Option(["--link", "as_link"], is_flag=True, help="the address that creates the app from it"),
    Option(["--http"], metavar="URL", help="for SLACK_TRANSPORT=http: the bot's address, https://…"),
)


def main(*, as_json: bool, as_link: bool, http: str | None) -> int:
    """Print the Slack app manifest, as YAML unless asked otherwise."""
    if as_json and as_link:
        raise BadParameter("--json and --link don't go together")
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
