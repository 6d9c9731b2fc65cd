"""The export under the web servers that it has configurations for."""

import csv
import http.client
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from running import Reply, eventually

from pipeline.cli.group import main

pytestmark = pytest.mark.thorough

CASES = Path(__file__).parents[2] / "cases" / "export" / "host_requests.csv"

APACHE = """
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile {folder}/pid
ErrorLog {folder}/errors
Mutex posixsem
{modules}
TypesConfig {folder}/types
AddEncoding x-gzip .gz
User nobody
DocumentRoot {site}
<Directory {site}>
    AllowOverride All
    Require all granted
</Directory>
"""
MODULES = ("mpm_event", "authz_core", "unixd", "mime", "dir", "headers", "setenvif", "rewrite")
NGINX = """
daemon off;
pid {folder}/pid;
error_log {folder}/errors;
{user}
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {server}
}}
"""


def apache(site: Path, folder: Path, port: int) -> list[str | Path]:
    program = program_of("apache2", "httpd")
    places = (Path(program).resolve().parents[1] / "lib" / name / "modules" for name in ("apache2", "httpd"))
    modules = next((place for place in places if place.is_dir()), None)
    if modules is None:
        pytest.skip("the modules of Apache are not where they are looked for")
    files = {name: modules / f"mod_{name}.so" for name in MODULES}  # some of them may be built in
    loaded = "\n".join(f"LoadModule {name}_module {file}" for name, file in files.items() if file.exists())
    text = APACHE.format(port=port, folder=folder, site=site, modules=loaded)
    (folder / "types").write_text(
        "text/css css\ntext/html html\ntext/csv csv\ntext/xml xml\ntext/javascript js\n"
    )
    (folder / "conf").write_text(text)
    return [program, "-D", "FOREGROUND", "-d", folder, "-f", folder / "conf"]


def nginx(site: Path, folder: Path, port: int) -> list[str | Path]:
    program = program_of("nginx")
    server = (site / "nginx.conf.example").read_text()
    server = server.replace("listen 80;", f"listen 127.0.0.1:{port};").replace("/var/www", str(site))
    (folder / "conf").write_text(NGINX.format(folder=folder, server=server, user="user root;"))
    return [program, "-p", folder, "-c", folder / "conf"]


def caddy(site: Path, folder: Path, port: int) -> list[str | Path]:
    program = program_of("caddy")
    text = (site / "Caddyfile.example").read_text().replace("/var/www/site", str(site))
    host = text.partition(" {\n")[0].rpartition("\n")[2]
    text = text.replace(f"{host} {{\n", f"http://127.0.0.1:{port} {{\n", 1)
    (folder / "Caddyfile").write_text("{\n\tadmin off\n}\n" + text)
    return [program, "run", "--adapter", "caddyfile", "--config", folder / "Caddyfile"]


def program_of(*names: str) -> str:
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        pytest.skip(f"{names[0]} is not installed")
    return program


@pytest.fixture(scope="module")
def site(output: Path) -> Iterator[Path]:
    """Return an export in a folder that the users of web servers can read."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        result = CliRunner().invoke(main, ["export", "--release", str(output), "--to", f"{name}/site"])
        assert result.exit_code == 0, result.output
        (Path(name) / "site").chmod(0o755)
        yield Path(name) / "site"


@pytest.fixture(params=[apache, nginx, caddy])
def host(request: pytest.FixtureRequest, site: Path) -> Iterator[int]:
    """Return the port of a web server that serves the export as its configuration there says."""
    with socket.socket() as found, tempfile.TemporaryDirectory() as name:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
        found.close()
        make: Callable[[Path, Path, int], list[str | Path]] = request.param
        command = make(site, Path(name), port)
        with (Path(name) / "log").open("w+b") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "HOME": name})
            try:
                eventually(lambda: answers(port) or process.poll() is not None)
                log.seek(0)
                assert process.poll() is None, log.read().decode()
                yield port
            finally:
                process.terminate()
                process.wait()


def answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def get(port: int, path: str, accept: str) -> Reply:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers={"Accept": accept} if accept else {})
        response = connection.getresponse()
        return Reply(response.status, response.headers, response.read())
    finally:
        connection.close()


def brief(status: int, media_type: str, location: str) -> tuple[int, str]:
    """Return a status with the type of what is answered, or the path that a redirect leads to."""
    return status, urlsplit(location).path if 300 <= status < 400 else media_type.partition(";")[0]


def test_the_web_server_answers_as_the_site_does(host: int, site: Path, client: FlaskClient) -> None:
    slug = sorted(site.glob("doc/practice/*.ttl"))[0].stem
    wrong = []
    with CASES.open(newline="", encoding="utf-8") as file:
        for case in csv.DictReader(file):
            path = case["path"].format(slug=slug)
            expected = int(case["status"]), case["answer"].format(slug=slug)
            reply = get(host, path, case["accept"])
            told = brief(reply.status, reply.type, reply.headers.get("Location", ""))
            if told != expected:
                wrong.append((path, case["accept"], told, expected))
            if expected[0] == 404:
                assert b"<h1" in reply.body, path
            served = client.get(path, headers={"Accept": case["accept"]} if case["accept"] else {})
            of_site = brief(served.status_code, served.content_type, served.headers.get("Location", ""))
            served.close()
            if case["as_site"] and of_site != expected:
                wrong.append((path, case["accept"], "site", of_site, expected))
    assert not wrong, "\n".join(map(str, wrong))
