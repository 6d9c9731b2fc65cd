"""Who we are to a remote server: options of the commands that speak to one; a password is no option."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from pipeline.exchange.access import Credentials
from pipeline.model.errors import UsageError

PASSWORD = "PRACTICEGRAPH_STORE_PASSWORD"  # noqa: S105  # the name of the variable, not a password
TOKEN = "PRACTICEGRAPH_STORE_TOKEN"  # noqa: S105

Command = TypeVar("Command", bound=Callable[..., Any])


def options(command: Command) -> Command:
    """Add --user and --password-file to a command."""
    with_file = click.option(
        "--password-file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help=f"File with the password on its first line. Default: the variable {PASSWORD}, or {TOKEN} for a token.",
    )
    with_user = click.option(
        "--user", default="", envvar="PRACTICEGRAPH_STORE_USER", help="User name at the remote server."
    )
    return with_user(with_file(command))


def find(user: str, password_file: Path | None) -> Credentials:
    """Return who we are: the user with the password of the file or the environment, or the bearer of a token."""
    if not user:
        return Credentials(token=os.environ.get(TOKEN, ""))
    if password_file is not None:
        lines = password_file.read_text(encoding="utf-8").splitlines()
        return Credentials(user, lines[0] if lines else "")
    if PASSWORD not in os.environ:
        raise UsageError(f"No password for {user}: set {PASSWORD}, or name a --password-file.")
    return Credentials(user, os.environ[PASSWORD])
