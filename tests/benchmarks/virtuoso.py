"""Virtuoso 7 of Debian as a peer: its settings, its command, and the loading of a dump."""

import shutil
import subprocess
from pathlib import Path

SETTINGS = """\
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa

[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx

[Parameters]
ServerPort = 127.0.0.1:{sql_port}
DirsAllowed = {folder}
NumberOfBuffers = 170000
MaxDirtyBuffers = 130000

[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerThreads = 10

[SPARQL]
ResultSetMaxRows = 10000
"""
"""2 GB of buffers, as its manual advises for a machine of 4 GB; the rest is as shipped."""


def virtuoso_command(folder: Path, port: int, sql_port: int) -> list[str] | None:
    """Return the command of a server with its database in a folder; None where Virtuoso is not installed."""
    program = shutil.which("virtuoso-t")
    if program is None or shutil.which("isql-vt") is None:
        return None
    folder.mkdir()
    settings = folder / "virtuoso.ini"
    settings.write_text(SETTINGS.format(folder=folder, port=port, sql_port=sql_port))
    return [program, "-f", "-c", str(settings)]


def load_virtuoso(folder: Path, sql_port: int, dump: Path) -> None:
    """Load a dump into a server that runs."""
    shutil.copy(dump, folder)
    commands = f"ld_dir('{folder}', '{dump.name}', 'http://localhost:8000/'); rdf_loader_run(); checkpoint;"
    address = f"127.0.0.1:{sql_port}"
    subprocess.run(["isql-vt", address, "dba", "dba", f"exec={commands}"], check=True, capture_output=True)
