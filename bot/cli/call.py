"""Runs a command. What reads options is only imported where there are any: it costs a tenth of a start."""

import functools
import gc
import importlib
import types
from collections.abc import Callable, Sequence
from typing import NoReturn


def call(command: str, arguments: Sequence[str]) -> int:
    """Import what the command needs, and nothing else, and run it; its exit code, 2 for options not understood."""
    main: Callable[..., int] = _imported(f"bot.cli.{command.replace('-', '_')}").main
    if command == "test":
        return main(arguments)  # pytest reads them
    return _with_options(command, main, arguments) if arguments else main()


def _imported(name: str) -> types.ModuleType:
    """Import without looking for garbage: all of it stays, and the looking takes a tenth of the start."""
    gc.disable()
    module = importlib.import_module(name)
    gc.freeze()
    gc.enable()
    return module


def _with_options(command: str, main: Callable[..., int], arguments: Sequence[str]) -> int:
    import typer

    @functools.wraps(main)
    def run(*args: object, **options: object) -> NoReturn:
        raise typer.Exit(main(*args, **options))

    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command(context_settings={"help_option_names": ["-h", "--help"]})(run)
    try:
        app(list(arguments), prog_name=f"python3 -m bot {command}")
    except SystemExit as end:
        return int(end.code or 0)
    return 0
