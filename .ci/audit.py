"""Looks for usual mistakes in the bot (bandit) and for known weaknesses of its packages (pip-audit).

`.audit/bin/python .ci/audit.py`, where `.ci/requirements.txt` is installed in `.audit`. The exit code is 1 where one
is found. Where the index can't be asked about weaknesses, that is said, and nothing waits longer than two minutes.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TOLD = re.compile(r"# noqa: ([^#]*)")
LOOKED_AT = "B404,B105"
"""An import alone does nothing; ruff's S105 looks for the passwords."""
PATIENCE = 120  # seconds

Json = dict[str, Any]


def mistakes(report: Json) -> list[str]:
    """Findings of bandit's, but for those that ruff, whose S rules are bandit's, was told of in their line."""
    left = [each for each in report["results"] if each["test_id"].replace("B", "S") not in _told(each["code"])]
    found = [f"{each['filename']}:{each['line_number']}: {each['test_id']} {each['issue_text']}" for each in left]
    return found + [f"{each['filename']}: {each['reason']}" for each in report["errors"]]


def _told(code: str) -> str:
    return ",".join(TOLD.findall(code))


def weaknesses(report: Json) -> tuple[list[str], list[str]]:
    """Known weaknesses, and the packages of which nothing could be learnt."""
    packages = report["dependencies"]
    unknown = [each["name"] for each in packages if "skip_reason" in each]
    found = [
        f"{each['name']} {each['version']}: {known['id']}, mended in {', '.join(known['fix_versions']) or 'none'}"
        for each in packages
        for known in each.get("vulns", ())
    ]
    return found, unknown


def _ask(*arguments: str) -> Json | None:
    """What a tool found, as JSON; None where it could not look."""
    command = [sys.executable, "-m", *arguments]
    try:
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)  # noqa: S603
        found: Json = json.loads(ran.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return None
    return found


def main() -> int:
    """Look, and print what is found."""
    ours = _ask("bandit", "--quiet", "--recursive", "--format", "json", "--skip", LOOKED_AT, "bot")
    found = mistakes(ours) if ours else ["bandit could not look"]
    print("\n".join([*found, f"bandit: {len(found)} mistakes"]))
    locked = ("--disable-pip", "--require-hashes", "--requirement", "requirements.txt")
    theirs = _ask("pip_audit", *locked, "--format", "json", "--progress-spinner", "off", "--timeout", "10")
    if theirs is None:
        print("pip-audit can't reach the index: known weaknesses were NOT looked for")
        return int(bool(found))
    known, unknown = weaknesses(theirs)
    if len(unknown) == len(theirs["dependencies"]):
        print(f"pip-audit: the index knows none of {len(unknown)} packages: known weaknesses were NOT looked for")
        return int(bool(found))
    if unknown:
        print(
            f"pip-audit learnt nothing of {len(unknown)} of {len(theirs['dependencies'])} packages, "
            f"which were NOT looked at: {', '.join(unknown[:5])} …"
        )
    print("\n".join([*known, f"pip-audit: {len(known)} known weaknesses"]))
    return int(bool(found or known))


if __name__ == "__main__":
    sys.exit(main())
