"""What the doctor says: the name of each check, what is right, and of what is not, what is wrong and what to do."""

from collections.abc import Mapping

from .locale import mark
from .preflight import PROBLEMS as OF_SETTINGS

CHECKS: Mapping[str, tuple[str, str]] = {
    "settings": (mark("Settings"), mark("each value, and that none is missing; who may read .env")),
    "database": (mark("Database"), mark("whether it answers")),
    "schema": (mark("Schema"), mark("whether this version may run on it")),
    "write": (mark("Writing"), mark("whether the database takes a write")),
    "disk": (mark("Disk"), mark("room beside SQLite's file")),
    "sweep": (mark("Later work"), mark("how long ago any worker has looked for jobs")),
    "jobs": (mark("Jobs"), mark("how many were given up")),
    "backup": (mark("Backup"), mark("how old the newest copy by `backup` is")),
    "changes": (mark("Set in Slack"), mark("what admins set there, which wins over the environment")),
    "clock": (mark("Clock"), mark("this machine's against the database's, Slack's and Coze's")),
    "proxy": (mark("Proxy"), mark("by which way calls leave, and whether it is open")),
    "bot_token": (mark("Bot token"), mark("whether Slack takes it, and whose it is")),
    "app_token": (mark("App-level token"), mark("whether Slack takes it, with Socket Mode")),
    "signing_secret": (mark("Signing secret"), mark("what deliveries have shown of it, over HTTP")),
    "scopes": (mark("Scopes"), mark("what the app was installed without")),
    "channel": (mark("Channels"), mark("whether the bot is in each and may post there")),
    "admins": (mark("Admins"), mark("whether each may decide")),
    "deputies": (mark("Deputies"), mark("the same for DEPUTY_USERS")),
    "groups": (mark("User groups"), mark("whether anybody is in them")),
    "coze": (mark("Coze"), mark("the owner's credential against workspace and channel; takes 2 calls")),
    "calls": (mark("Calls to Coze"), mark("edition, calls used and left, by the bot's own count")),
    "address": (mark("Address"), mark("whether PUBLIC_URL leads here: Slack, Coze's callback and the one-time page")),
}
"""In the order in which they are told: a name, and what is looked at."""

RIGHT: Mapping[str, str] = {
    "settings": mark("{count} are set, and each can be used."),
    "database": mark("{kind} answers."),
    "schema": mark("It is {number}, as this version wants it."),
    "write": mark("A write was taken."),
    "disk": mark("{free} MB are free."),
    "sweep": mark("A worker looked for jobs {seconds} s ago."),
    "jobs": mark("None was given up; {due} are due now."),
    "backup": mark("The newest copy is {days} days old."),
    "changes": mark("{names}: set in Slack, whatever the environment says."),
    "changes_none": mark("Nothing is: the environment holds."),
    "clock": mark("At most {seconds} s off: {whose}."),
    "proxy": mark("{ways}"),
    "proxy_none": mark("None: calls leave directly."),
    "bot_token": mark("Slack takes it: bot {bot} in workspace {team}."),
    "app_token": mark("Slack takes it, and would open a connection."),
    "signing_secret": mark("Deliveries signed with it have come."),
    "scopes": mark("The app has all that manifest.yml names."),
    "channel": mark("{setting}: the bot is in it."),
    "admins": mark("Everybody in {setting} may decide."),
    "deputies": mark("Everybody in {setting} may stand in."),
    "groups": mark("{setting}: somebody is in it."),
    "coze": mark("{setting}: Coze confirms it."),
    "coze_by_hand": mark("No credential is set: admins invite and publish by hand."),
    "calls": mark("Edition {edition}: {used} calls used, {left} left."),
    "calls_endless": mark("Edition {edition}: {used} calls used, without an end."),
    "address": mark("{paths} answer at {host}."),
    "address_needless": mark("None is needed: Slack comes by Socket Mode, and no page or callback is offered."),
}

OF_DOCTOR: Mapping[str, tuple[str, str]] = {
    "setting_wrong": (
        mark("{setting} {said}"),
        mark("Mend it in .env or the environment; `python3 -m bot init --add` asks for it."),
    ),
    "env_open": (
        mark("Others on this machine may read {file}, which holds secrets."),
        mark("Make it yours alone: `chmod 600 {file}`."),
    ),
    "skipped": (
        mark("Not looked at: {first} has to be right first."),
        "",
    ),
    "not_asked": (
        mark("Not asked: no process of the bot has told it yet."),
        mark("Ask now: `python3 -m bot doctor --online`."),
    ),
    "database_new": (
        mark("There is no file {file} yet."),
        mark("The first start makes it, or `python3 -m bot migrate`."),
    ),
    "database_away": (
        mark("It doesn't answer: {why}."),
        mark("Is it running, and are address, name and password in DATABASE_URL right?"),
    ),
    "file_away": (
        mark("Its file can't be used: {why}."),
        mark("See that the folder is there, writable and has room, and that the file is a database of SQLite."),
    ),
    "schema_old": (
        mark("It is {number}, and this version needs {head}."),
        mark("Take a backup, then run `python3 -m bot migrate`."),
    ),
    "schema_none": (
        mark("There are no tables yet."),
        mark("The first start makes them, or `python3 -m bot migrate`."),
    ),
    "schema_new": (
        mark("It is {number}, of a later version; this one knows {head} at most."),
        mark("Start the later version, or restore the backup that was taken before it."),
    ),
    "write_refused": (
        mark("No write is taken: {why}."),
        mark("See its disk, its rights and who holds a lock; until then nothing is decided."),
    ),
    "disk_full": (
        mark("Only {free} MB are free beside {file}."),
        mark("Free some: below {least} MB the next writes may fail."),
    ),
    "disk_unseen": (
        mark("PostgreSQL's disk can't be seen from here."),
        mark("Watch it where the server runs."),
    ),
    "sweep_old": (
        mark("No worker has looked for jobs for {seconds} s."),
        mark("Start `python3 -m bot run`, or a `worker` beside each `web`; its log says why it ended."),
    ),
    "sweep_never": (
        mark("No worker has ever looked for jobs here."),
        mark("Start `python3 -m bot run`."),
    ),
    "jobs_dead": (
        mark("{count} were given up."),
        mark("`python3 -m bot jobs list` shows why; `jobs retry ID` tries one again."),
    ),
    "changes_void": (
        mark("{names}: set in Slack, but can't hold any more, so the environment does."),
        mark("See `/sharge settings` for why, and set it anew or back there."),
    ),
    "backup_never": (
        mark("No copy was made with `backup` yet."),
        mark("`python3 -m bot backup FILE`, daily, and keep it on another machine."),
    ),
    "backup_old": (
        mark("The newest copy is {days} days old."),
        mark("`python3 -m bot backup FILE`, daily, and keep it on another machine."),
    ),
    "backup_unseen": (
        mark("PostgreSQL is copied by its own tools, of which the bot sees nothing."),
        mark("`python3 -m bot backup FILE` names the line; try a restore now and then."),
    ),
    "clock_off": (
        mark("This machine's clock is off by {seconds} s: {whose}."),
        mark(
            "Set it, best by NTP: beyond some minutes signatures and tokens fail, and reminders come at a wrong time."
        ),
    ),
    "clock_unheard": (
        mark("Nobody has told another time."),
        mark("`python3 -m bot doctor --online` compares it with Slack's and Coze's."),
    ),
    "proxy_dead": (
        mark("The proxy {proxy} takes no connection: {why}."),
        mark("Compare HTTPS_PROXY with what works for others here, or name the host in NO_PROXY."),
    ),
    "slack_away": (
        mark("Slack gives no answer: {why}."),
        mark("Can this machine reach {host}? A firewall or a proxy may stand between; see that line."),
    ),
    "bot_token_refused": (
        mark("Slack refuses it: {code}."),
        mark("Copy it anew from OAuth & Permissions, once the app is installed, then restart."),
    ),
    "app_token_refused": (
        mark("Slack refuses it: {code}."),
        mark("Make one with connections:write in Basic Information, switch Socket Mode on, then restart."),
    ),
    "key_useless": (
        mark("The key of the owner's app can't be used."),
        mark("{said}"),
    ),
    "calls_unknown": (
        mark("{used} calls used; the edition isn't known, and a free one has {most} for life."),
        mark("Press **Ask for the edition** at Home, or set COZE_EDITION."),
    ),
    "calls_short": (
        mark("Edition {edition}: {used} of {most} calls are used, so only what somebody presses is sent."),
        mark("Buy an edition without the limit, then press **Ask for the edition** at Home."),
    ),
    "calls_none": (
        mark("Coze says that the account has no calls or credit left."),
        mark("Buy an edition without the limit, then press **Retry** at Home."),
    ),
    "address_untold": (
        mark("Slack or Coze has to reach the bot, and PUBLIC_URL doesn't say where."),
        mark("Set PUBLIC_URL to the https address that leads to PORT."),
    ),
    "address_silent": (
        mark("{host} gives no answer, as seen from here: {why}."),
        mark("Does the bot run, and do DNS, certificate, firewall and balancer lead to its PORT?"),
    ),
    "address_other": (
        mark("At {host}{path} answers something else than this bot (HTTP {status})."),
        mark("Let the balancer hand {path} to the bot's PORT, with its headers and body unchanged."),
    ),
}

PROBLEMS: Mapping[str, tuple[str, str]] = {**OF_SETTINGS, **OF_DOCTOR}
"""What is wrong or not known, and the remedy: those that the log and Home know too, and the doctor's own."""

STATED = mark("as the bot found at {at}")
ALL_WELL = mark("All that was looked at is well.")
