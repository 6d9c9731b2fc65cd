"""Configuration: ``practicegraph.toml``, checked against the commands whose options it sets.

What holds, in this order: the command line, ``PRACTICEGRAPH_*`` in the environment, this file, the default.
click does the ordering: the file becomes its ``default_map``, and commands are made with
``auto_envvar_prefix=ENVIRONMENT_PREFIX``.
"""

import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from pipeline.model.errors import UsageError
from pipeline.system.data_files import tables_of

CONFIG_NAME = "practicegraph.toml"
ENVIRONMENT_PREFIX = "PRACTICEGRAPH"
DATASET = "dataset"
DATASET_SETTINGS: Mapping[str, Mapping[str, Any]] = tables_of(__package__, "dataset_settings.toml")
"""What a publisher may say of the dataset in the section ``[dataset]``, with the form that it must have."""

_KINDS = {bool: "true or false", int: "a whole number", float: "a number", str: "a text in quotation marks"}


def find_config(folder: Path) -> Path | None:
    """Return the configuration file of a folder, or None if there is none."""
    path = folder / CONFIG_NAME
    return path if path.is_file() else None


def load_config(path: Path, commands: click.Command) -> dict[str, Any]:
    """Return the file's settings as a click ``default_map``, and ``dataset`` beside the commands.

    Relative paths are taken from the file's folder. Raises UsageError, naming the key, for what is no option
    or no value of it.
    """
    table = _read(path)
    said = table.pop(DATASET, {})
    loaded = _section(table, commands, "", path)
    if said:
        loaded[DATASET] = _dataset(said, path)
    return loaded


def dataset_settings(
    config: Mapping[str, Any], environment: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """Return the settings of the dataset: from ``PRACTICEGRAPH_DATASET_*``, else from the file."""
    settings: dict[str, str] = dict(config.get(DATASET, {}))
    for key in DATASET_SETTINGS:
        value = environment.get(f"{ENVIRONMENT_PREFIX}_DATASET_{key.upper().replace('-', '_')}")
        if value:
            settings[key] = value
    return settings


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8. Save it as UTF-8.") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{path} is not TOML: {error}.") from error


def _section(table: Mapping[str, Any], command: click.Command, section: str, path: Path) -> dict[str, Any]:
    subcommands = command.commands if isinstance(command, click.Group) else {}
    options = {_key(parameter): parameter for parameter in command.params if _may_be_set(parameter)}
    loaded: dict[str, Any] = {}
    for key, value in table.items():
        name = key.replace("_", "-")
        if name in subcommands:
            if not isinstance(value, dict):
                raise UsageError(f"{path}: {key} is a command. Write its options below [{key}].")
            loaded[name] = _section(value, subcommands[name], name, path)
        elif name in options:
            parameter = options[name]
            loaded[parameter.name or name] = _value(
                value, parameter, f"{path}, {_where(section)}{key}", path.parent
            )
        else:
            raise UsageError(
                _unknown(key, section, [*options, *subcommands, *([] if section else [DATASET])], path)
            )
    return loaded


def _may_be_set(parameter: click.Parameter) -> bool:
    """Return whether a file may set it: not what names the file, nor what only prints and ends."""
    return parameter.expose_value and not parameter.is_eager and _key(parameter) != "config"


def _key(parameter: click.Parameter) -> str:
    """Return the option as it is written on the command line, without its dashes; of an argument the name."""
    names = parameter.opts if isinstance(parameter, click.Option) else [parameter.name or ""]
    return max(names, key=len).lstrip("-").replace("_", "-")


def _where(section: str) -> str:
    return f"[{section}] " if section else ""


def _unknown(key: str, section: str, known: Iterable[str], path: Path) -> str:
    from rapidfuzz import process  # only for a mistake: every command starts by reading its settings

    near = process.extractOne(key.replace("_", "-"), list(known), score_cutoff=70)
    hint = f"Did you mean {near[0]}?" if near else f"Known are: {', '.join(sorted(known)) or 'none'}."
    return f"{path}, {_where(section)}{key}: there is no such setting. {hint}"


def _value(value: Any, parameter: click.Parameter, where: str, folder: Path) -> Any:
    if parameter.multiple or parameter.nargs != 1:
        items = value if isinstance(value, list) else [value]
        return [_single(item, parameter, where, folder) for item in items]
    return _single(value, parameter, where, folder)


def _single(value: Any, parameter: click.Parameter, where: str, folder: Path) -> Any:
    wanted = _type_of(parameter)
    if type(value) is not wanted and not (wanted is float and type(value) is int):
        raise UsageError(f"{where}: {value!r} cannot be used here. Write {_KINDS[wanted]}.")
    if isinstance(parameter.type, click.Path | click.File):
        return str(folder / str(value))
    try:
        parameter.type.convert(value, parameter, None)
    except click.BadParameter as error:
        raise UsageError(f"{where}: {error.message}") from error
    return value


def _type_of(parameter: click.Parameter) -> type:
    kinds = (
        (click.types.BoolParamType, bool),
        (click.types.IntParamType, int),
        (click.types.FloatParamType, float),
    )
    return next((wanted for kind, wanted in kinds if isinstance(parameter.type, kind)), str)


def _dataset(said: Any, path: Path) -> dict[str, str]:
    if not isinstance(said, dict):
        raise UsageError(f"{path}: dataset is a section. Write what it says below [{DATASET}].")
    settings: dict[str, str] = {}
    for key, value in said.items():
        name = key.replace("_", "-")
        if name not in DATASET_SETTINGS:
            raise UsageError(_unknown(key, DATASET, DATASET_SETTINGS, path))
        if not isinstance(value, str) or not value.strip():
            raise UsageError(
                f"{path}, [{DATASET}] {key}: {value!r} cannot be used here. Write {_KINDS[str]}."
            )
        settings[name] = value.strip()
    return settings
