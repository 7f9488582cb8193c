"""Tests that leave nothing behind, by the many ways in which tests use what could stay: copied, never run from here.

Each kind is run ROUNDS times; fixtures of every scope hold servers, processes, pools, connections and loops.
"""

# Written as many write tests:
# ruff: noqa: PTH106, PTH118, PTH123, UP032, PLW0603, SIM115

import asyncio
import http.client
import http.server
import logging
import mmap
import multiprocessing
import os
import selectors
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import weakref
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest

ROUNDS = int(os.environ.get("ROUNDS", "1"))
FEW = max(1, ROUNDS // 4)
"""Rounds of what takes a tenth of a second and more."""
ECHO = [sys.executable, "-uc", "import sys\nfor line in sys.stdin: print(line, end='')"]
again = pytest.mark.parametrize("number", range(ROUNDS))
now_and_then = pytest.mark.parametrize("number", range(FEW))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *given):
        pass


def serve():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def fetch(server):
    link = http.client.HTTPConnection(*server.server_address)
    link.request("GET", "/")
    assert link.getresponse().read() == b"ok"
    link.close()


def square(value):
    return value * value


def ask(child, number):
    child.stdin.write(f"{number}\n")
    child.stdin.flush()
    assert child.stdout.readline() == f"{number}\n"


def end(child):
    child.stdin.close()
    child.stdout.close()
    child.wait()


@pytest.fixture(scope="session")
def web():
    server = serve()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def client(web):
    """One connection, opened by the first test that asks for something."""
    link = http.client.HTTPConnection(*web.server_address)
    yield link
    link.close()


@pytest.fixture(scope="module")
def child():
    each = subprocess.Popen(ECHO, stdin=subprocess.PIPE, stdout=subprocess.PIPE, universal_newlines=True)
    yield each
    end(each)


@pytest.fixture(scope="session")
def threads():
    """An executor that starts its threads when it has work."""
    with ThreadPoolExecutor(8) as pool:
        yield pool


@pytest.fixture(scope="session")
def workers():
    """An executor that starts its processes when it has work."""
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as pool:
        yield pool


@pytest.fixture(scope="module")
def pool():
    with multiprocessing.get_context("fork").Pool(2) as each:
        yield each
        each.close()
        each.join()


@pytest.fixture(scope="session")
def database(tmp_path_factory):
    """A connection whose journal is opened by the first test that writes."""
    link = sqlite3.connect(str(tmp_path_factory.mktemp("data") / "a.db"), isolation_level=None)
    link.execute("pragma journal_mode=wal")
    yield link
    link.close()


@pytest.fixture(scope="module")
def loop():
    each = asyncio.new_event_loop()
    thread = threading.Thread(target=each.run_forever)
    thread.start()
    yield each
    each.call_soon_threadsafe(each.stop)
    thread.join()
    each.close()


@pytest.fixture(scope="session")
def folders():
    """Gives out folders during tests and removes them all at the end."""
    made = []

    def make():
        made.append(tempfile.TemporaryDirectory())
        return made[-1].name

    yield make
    for each in made:
        each.cleanup()


@pytest.fixture(scope="module")
def spool():
    with tempfile.TemporaryDirectory() as folder:
        yield folder


@pytest.fixture(scope="module")
def starter():
    """Starts processes during tests and ends them all at the end."""
    started = []

    def start():
        started.append(subprocess.Popen(ECHO, stdin=subprocess.PIPE, stdout=subprocess.PIPE, universal_newlines=True))
        return started[-1]

    yield start
    for each in started:
        end(each)


@pytest.fixture
def own_server():
    server = serve()
    yield server
    server.shutdown()
    server.server_close()


def setup_module():
    global LINKS, PLACE
    PLACE = tempfile.mkdtemp()
    LINKS = ThreadPoolExecutor(4)


def teardown_module():
    LINKS.shutdown()
    os.rmdir(PLACE)


@again
def test_setup_module_s_pool(number):
    assert LINKS.submit(square, number).result() == number**2


@again
def test_tmp_path(number, tmp_path, spool):
    (tmp_path / "a.txt").write_text("a")
    with open(os.path.join(spool, "log"), "a") as stream:
        stream.write("x")


@again
def test_tempfile(number):
    with tempfile.TemporaryDirectory() as folder, tempfile.NamedTemporaryFile() as file, tempfile.TemporaryFile():
        open(os.path.join(folder, "a"), "w").close()
        file.write(b"a")


@again
def test_a_file_that_only_a_cycle_holds(number, tmp_path):
    each = [open(str(tmp_path / "a"), "w")]  # noqa: SIM115
    each.append(each)


@again
def test_a_folder_that_its_finalizer_removes(number):
    class Holder:
        pass

    holder = Holder()
    folder = tempfile.mkdtemp()
    weakref.finalize(holder, os.rmdir, folder)
    holder.own = holder


@again
def test_asyncio(number):
    async def talk(reader, writer):
        writer.write(await reader.readline())
        await writer.drain()
        writer.close()

    async def main():
        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"hello\n")
        assert await reader.readline() == b"hello\n"
        writer.close()
        await asyncio.get_running_loop().run_in_executor(None, square, 2)
        each = await asyncio.create_subprocess_exec(sys.executable, "-c", "pass")
        await each.wait()
        server.close()
        await server.wait_closed()

    asyncio.run(main())


@again
def test_a_loop_in_a_thread(number, loop):
    async def add():
        return await asyncio.get_running_loop().run_in_executor(None, square, number)

    assert asyncio.run_coroutine_threadsafe(add(), loop).result() == number**2


@now_and_then
def test_spawn(number):
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    each = context.Process(target=queue.put, args=(number,))
    each.start()
    assert queue.get() == number
    each.join()
    queue.close()
    queue.join_thread()


@now_and_then
def test_fork(number):
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    each = context.Process(target=there.send, args=(number,))
    each.start()
    assert here.recv() == number
    each.join()
    here.close()
    there.close()


@now_and_then
def test_forkserver(number):
    each = multiprocessing.get_context("forkserver").Process(target=square, args=(number,))
    each.start()
    each.join()


@now_and_then
def test_a_process_manager(number):
    with multiprocessing.get_context("fork").Manager() as shared:
        assert list(shared.list([number])) == [number]


@now_and_then
def test_a_process_that_ends_a_moment_later(number):
    process = multiprocessing.get_context("fork").Process(target=time.sleep, args=(0.05,))
    process.start()
    process.join(0.001)


@again
def test_a_pool_of_the_module(number, pool):
    assert pool.map(square, range(3)) == [0, 1, 4]


@again
def test_an_executor_of_the_session(number, threads):
    gate = threading.Barrier(1 + number % 4)
    for each in [threads.submit(gate.wait) for _ in range(1 + number % 4)]:
        each.result()


@again
def test_processes_of_the_session(number, workers):
    assert list(workers.map(square, range(3))) == [0, 1, 4]


@again
def test_an_executor(number):
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(square, range(3))) == [0, 1, 4]


@now_and_then
def test_an_executor_that_is_dropped(number):
    ThreadPoolExecutor(2).submit(square, 2).result()


@again
def test_logging(number, tmp_path):
    handler = logging.FileHandler(str(tmp_path / "log"))
    logging.getLogger("clean").addHandler(handler)
    logging.getLogger("clean").warning("hello")
    logging.getLogger("clean").removeHandler(handler)
    handler.close()


@again
def test_subprocess(number):
    assert subprocess.run([sys.executable, "-c", "print(1)"], stdout=subprocess.PIPE, check=True).stdout == b"1\n"


@again
def test_popen(number, child):
    with subprocess.Popen(ECHO, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as each:
        assert each.communicate(b"x\n")[0] == b"x\n"
    ask(child, number)


@now_and_then
def test_a_process_that_a_fixture_keeps(number, starter):
    ask(starter(), number)


@again
def test_a_folder_that_a_fixture_keeps(number, folders):
    open(os.path.join(folders(), "a"), "w").close()


@again
def test_sqlite(number, tmp_path):
    link = sqlite3.connect(str(tmp_path / "a.db"))
    link.execute("create table a (b)")
    link.commit()
    link.close()


@again
def test_the_session_s_database(number, database):
    database.execute("create table if not exists a (b)")
    database.execute("insert into a values (?)", (number,))


@again
def test_sockets(number):
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen()
    link = socket.create_connection(server.getsockname())
    other, _ = server.accept()
    other.sendall(b"x")
    assert link.recv(1) == b"x"
    for each in (server, link, other):
        each.close()


@again
def test_the_session_s_server(number, web):
    fetch(web)


@again
def test_a_connection_that_stays(number, client):
    client.request("GET", "/")
    assert client.getresponse().read() == b"ok"


@again
def test_a_server_of_its_own(number, own_server):
    fetch(own_server)


@again
def test_capfd(number, capfd):
    os.system("echo hello")
    assert capfd.readouterr().out == "hello\n"


@again
def test_capsys_and_patches(number, capsys, monkeypatch, tmp_path, caplog):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    print("hello")
    logging.getLogger("clean").error("hello")
    assert capsys.readouterr().out == "hello\n"
    assert "hello" in caplog.text


@again
def test_low_things(number, tmp_path):
    reading, writing = os.pipe()
    with selectors.DefaultSelector() as selector, open(str(tmp_path / "a"), "w+b") as stream:
        selector.register(reading, selectors.EVENT_READ)
        stream.write(b"abcd")
        stream.flush()
        with mmap.mmap(stream.fileno(), 4) as mapped:
            assert mapped[:] == b"abcd"
    os.close(reading)
    os.close(writing)
    timer = threading.Timer(60, square)
    timer.start()
    timer.cancel()
    threading.Thread(target=square, args=(2,)).start()


class TestClass:
    @pytest.fixture(scope="class")
    def port(self):
        each = socket.socket()
        each.bind(("127.0.0.1", 0))
        each.listen()
        yield each.getsockname()
        each.close()

    @again
    def test_port(self, number, port):
        socket.create_connection(port).close()

    @again
    def test_skipped(self, number, port):
        pytest.skip("not today")


class TestCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = serve()
        cls.link = http.client.HTTPConnection(*cls.server.server_address)
        cls.pool = ThreadPoolExecutor(4)

    @classmethod
    def tearDownClass(cls):
        cls.link.close()
        cls.pool.shutdown()
        cls.server.shutdown()
        cls.server.server_close()

    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(os.rmdir, self.folder)

    def test_link(self):
        self.link.request("GET", "/")
        assert self.link.getresponse().read() == b"ok"

    def test_other(self):
        fetch(self.server)

    def test_pool(self):
        assert self.pool.submit(square, 3).result() == 9


class TestSetupClass:
    @classmethod
    def setup_class(cls):
        cls.child = subprocess.Popen(ECHO, stdin=subprocess.PIPE, stdout=subprocess.PIPE, universal_newlines=True)

    @classmethod
    def teardown_class(cls):
        end(cls.child)

    def setup_method(self):
        self.file = tempfile.TemporaryFile()

    def teardown_method(self):
        self.file.close()

    @again
    def test_ask(self, number):
        ask(self.child, number)


def documented():
    """
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder: pass
    """
