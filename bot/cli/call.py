"""Runs a command. What reads options is only imported where there are any: it costs a tenth of a start."""

import functools
import gc
import importlib
import types
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from click import Parameter


def call(command: str, arguments: Sequence[str]) -> int:
    """Import what the command needs, and nothing else, and run it; its exit code, 2 for options not understood."""
    module = _imported(f"bot.cli.{command.replace('-', '_')}")
    main: Callable[..., int] = module.main
    if command == "test":
        return main(arguments)  # pytest reads them
    options = module.OPTIONS if hasattr(module, "OPTIONS") else ()
    return _with_options(command, main, options, arguments) if options or arguments else main()


def _imported(name: str) -> types.ModuleType:
    """Import without looking for garbage: all of it stays, and the looking takes a tenth of the start."""
    gc.disable()
    module = importlib.import_module(name)
    gc.freeze()
    gc.enable()
    return module


def _with_options(
    command: str, main: Callable[..., int], options: "Sequence[Parameter]", arguments: Sequence[str]
) -> int:
    import click

    @functools.wraps(main)
    def run(**given: object) -> NoReturn:
        raise click.exceptions.Exit(main(**given))

    names = {"help_option_names": ["-h", "--help"]}
    reader = click.Command(command, names, run, list(options), help=main.__doc__)
    try:
        reader.main(list(arguments), prog_name=f"python3 -m bot {command}")
    except SystemExit as end:
        return int(end.code or 0)
    return 0
