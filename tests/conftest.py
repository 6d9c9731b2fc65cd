import gc
import inspect
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings

# Test modules import one another's helpers (samples) by name, whichever way pytest imports them.
sys.path.insert(0, str(Path(__file__).parent))

from axe import read_axe
from browsing import chromium
from building import build
from playwright.sync_api import Browser
from running import Running, eventually, started_with
from samples import PRACTICES, build_release, copy_release

from endpoint.app import create_app
from endpoint.catalogue.open_release import Release, open_release
from pipeline.system.fork_server import end_fork_server

# Every server and command that a test starts would compile all modules anew where no bytecode may be written.
sys.dont_write_bytecode = False
sys.pycache_prefix = os.environ.setdefault(
    "PYTHONPYCACHEPREFIX", str(Path(__file__).parents[1] / ".pytest_cache" / "bytecode")
)
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# This process has threads, so workers of a build are started afresh and load everything anew: a second each. Tests of
# more than one job say so.
os.environ.update({f"PRACTICEGRAPH_{command}_JOBS": "1" for command in ("BUILD", "EXPORT", "VALIDATE")})

# No property is about speed, and a crowded machine is no failure.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


_SERVERS = {"Running", "chromium", "serving", "oxigraph", "virtuoso", "create_server", "hatchling"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that start a server or a browser, or have a fixture that does; long files come first."""
    for item in items:
        if isinstance(item, pytest.Function):
            fixtures = chain.from_iterable(item._fixtureinfo.name2fixturedefs.values())
            functions = (item.function, *(fixture.func for fixture in fixtures))
            if any(_SERVERS & set(inspect.unwrap(function).__code__.co_names) for function in functions):
                item.add_marker("server")
    # With the short files at the end, the processes that share the files end at about the same time.
    length = Counter[Path]()
    for item in items:
        length[item.path] = max(length[item.path], _length(item))
    items.sort(key=lambda item: -length[item.path])


def pytest_collection_finish() -> None:
    """Spare the garbage collector ten thousand collected tests each time it looks at everything."""
    gc.freeze()


def _length(item: pytest.Item) -> int:
    return 2 if item.get_closest_marker("slow") else 1 if item.get_closest_marker("server") else 0


@pytest.fixture(scope="session", autouse=True)
def temporary_files_are_deleted() -> Iterator[None]:
    """Give programs one folder for temporary files, which goes with what killed ones have left in it."""
    with (
        tempfile.TemporaryDirectory(
            prefix="pg-tests-",
            dir=os.environ.get("PYTEST_DEBUG_TEMPROOT") or None,
            ignore_cleanup_errors=True,
        ) as folder,
        pytest.MonkeyPatch.context() as patch,
    ):
        Path(folder).chmod(0o1777)  # as /tmp: some programs run as another user
        patch.setenv("TMPDIR", folder)
        patch.setenv("SPARK_LOCAL_DIRS", folder)
        patch.setattr(tempfile, "tempdir", folder)
        yield


@pytest.fixture(scope="session", autouse=True)
def no_process_is_left(temporary_files_are_deleted: None) -> Iterator[None]:
    """Fail where a process that a test has started is there when all tests have ended."""
    name = "PRACTICEGRAPH_TESTS"
    mark = os.environ[name] = f"{os.getpid()}-{time.time_ns()}"
    yield
    del os.environ[name]
    gc.collect()  # a process that an application has started ends with the application
    end_fork_server()
    eventually(lambda: not started_with(name, mark))
    assert started_with(name, mark) == {}


@pytest.fixture(scope="session")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    build_release(folder)
    return folder


@pytest.fixture(scope="session")
def server(output: Path) -> Iterator[Running]:
    """Return the server shared by all tests that change neither it nor its release and processes."""
    with Running(output, query_timeout=10) as running:
        webs = running.processes("pg-web")
        yield running
        assert running.processes("pg-web") == webs, "a web process has died"


@pytest.fixture(scope="session")
def real_output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an output folder with a release of the real practices."""
    folder = tmp_path_factory.mktemp("real")
    result = build(folder, Path(__file__).parents[1] / "data" / "practices.csv")
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture(scope="session")
def release(output: Path) -> Release:
    return open_release(output / "current")


@pytest.fixture(scope="session")
def shared_app(output: Path) -> Flask:
    return _app(output)


@pytest.fixture
def app(request: pytest.FixtureRequest, output: Path) -> Flask:
    """Return the application of all tests; a fresh one, with an empty cache, for a test that changes the code."""
    if "monkeypatch" in request.fixturenames:
        return _app(output)
    shared: Flask = request.getfixturevalue("shared_app")
    return shared


def _app(output: Path) -> Flask:
    app = create_app(output)
    app.testing = True
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def made_releases(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    @cache
    def build(number: int) -> Path:
        return build_release(tmp_path_factory.mktemp("made"), PRACTICES[:number])

    return build


@pytest.fixture
def new_release(tmp_path: Path, made_releases: Callable[[int], Path]) -> Callable[[int], Path]:
    return lambda number: copy_release(made_releases(number), tmp_path)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def axe() -> str:
    """Return the script of axe-core."""
    return read_axe()
