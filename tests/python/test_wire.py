"""A host that is dead, slow or rude, a full disk: the program never notices, and what was lost is told."""

import contextlib
import json
import math
import os
import socket
import sys
import tempfile
import threading
import time
import unittest
from typing import Iterator, Tuple

from support import ROOT, run

sys.path.insert(0, os.path.join(ROOT, "python"))

from pessimist_probe import wire  # noqa: E402

TRAINING = """
import torch
net = torch.nn.Linear(4, 1)
optimizer = torch.optim.SGD(net.parameters(), 0.1)
for i in range(200):
    optimizer.zero_grad()
    net(torch.ones(2, 4)).sum().backward()
    optimizer.step()
print("done")
"""


@contextlib.contextmanager
def host() -> Iterator[Tuple[socket.socket, wire.Session]]:
    """One that listens, and a session that would speak to it."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as server:
        path = os.path.join(folder, "s")
        server.bind(path)
        server.listen()
        yield server, wire.Session("unix:" + path)


class Lines(unittest.TestCase):
    def test_names_numbers_and_text_are_written_as_the_protocol_says(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "lines")
            session = wire.Session("file:" + path)
            session.emit("a-kind", snake_case=1, off=False, on=True, nothing=None, nan=math.nan, low=-math.inf, big=1 << 70, list=[1, None, "x"])
            session.emit("b", text="<a href='&'>+é\ud800\n\u2028", inner={"dType": "float32", "in_features": 2, "none": None})
            self.assertFalse(os.path.exists(path))
            session.open()
            session.close()
            with open(path, "rb") as file:
                raw = file.read()
        self.assertTrue(raw.endswith(b"\n"))
        for bad in b"<>&'+":
            self.assertNotIn(bytes([bad]), raw.replace(b"1.1805916207174113e+21", b""))
        first, second = [json.loads(line) for line in raw.decode("ascii").splitlines()]
        self.assertEqual(list(first)[0], "kind")
        self.assertEqual(first["snakeCase"], 1)
        self.assertIs(first["off"], False)
        self.assertNotIn("nothing", first)
        self.assertEqual((first["nan"], first["low"], first["list"]), ("NaN", "-Infinity", [1, "x"]))
        self.assertEqual(second["text"], "<a href='&'>+é?\n\u2028")
        self.assertEqual(second["inner"], {"dType": "float32", "in_features": 2})

    def test_a_slow_host_costs_records_and_no_time(self) -> None:
        with host() as (server, session):
            self.assertTrue(session.open())
            text = "x" * 10_000
            for _ in range(3000):
                session.emit("a", text=text)
                session.flush()
            self.assertGreater(session.dropped, 1000)
            self.assertFalse(session.dead)
            connection, _ = server.accept()
            got = bytearray()

            def read() -> None:
                while True:
                    piece = connection.recv(1 << 20)
                    if not piece:
                        return
                    got.extend(piece)

            reader = threading.Thread(target=read)
            reader.start()
            session.close()
            reader.join()
            connection.close()
        lines = bytes(got).decode("ascii").splitlines()
        self.assertEqual(len(lines), 3000 - session.dropped)
        for line in lines:
            self.assertEqual(len(json.loads(line)["text"]), 10_000)

    def test_a_host_that_hangs_up_is_not_waited_for(self) -> None:
        with host() as (server, session):
            session.open()
            connection, _ = server.accept()
            connection.close()
            for _ in range(100):
                session.emit("a", text="x")
                session.flush()
        self.assertTrue(session.dead)
        self.assertEqual(len(session.faults), 1)
        self.assertGreater(session.dropped, 50)

    def test_a_full_disk_is_a_fault_and_no_failure(self) -> None:
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        session = wire.Session("file:/dev/full")
        session.open()
        for _ in range(10):
            session.emit("a")
            session.flush()
        session.close()
        self.assertEqual(session.dropped, 10)
        self.assertIn("No space", session.faults[0])

    def test_a_forked_child_says_nothing(self) -> None:
        session = wire.Session("file:/nowhere/at/all")
        session._pid += 1
        self.assertFalse(session.open())
        self.assertFalse(session.dead)


LAUNCHER = """
import multiprocessing, os, subprocess, sys
import torch

def train():
    net = torch.nn.Linear(4, 1)
    optimizer = torch.optim.SGD(net.parameters(), 0.1)
    for i in range(3):
        optimizer.zero_grad()
        net(torch.ones(2, 4)).sum().backward()
        optimizer.step()

if __name__ == "__main__":
    helper = multiprocessing.get_context("fork").Process(target=torch.nn.Linear(2, 2), args=(torch.ones(1, 2),))
    helper.start()
    helper.join()
    trainer = multiprocessing.get_context("fork").Process(target=train)
    trainer.start()
    trainer.join()
    print(helper.exitcode, trainer.exitcode)
"""


class Programs(unittest.TestCase):
    def test_the_process_that_trains_is_watched_wherever_it_is(self) -> None:
        result = run(LAUNCHER)
        self.assertEqual((result.out, result.err), ("0 0\n", ""))
        (ended,) = result.of("program-ended")
        self.assertEqual(ended["steps"], 3)

    def test_of_several_ranks_the_first_is_watched(self) -> None:
        result = run("import os; os.environ['RANK'] = '1'\n" + TRAINING)
        self.assertEqual((result.code, result.out, result.err, result.records), (0, "done\n", "", []))

    def test_without_a_host_the_program_runs(self) -> None:
        for address in ("unix:/nowhere/socket", "file:/nowhere/file", "gopher:x"):
            with self.subTest(address):
                result = run(TRAINING, address=address)
                self.assertEqual((result.code, result.out, result.err), (0, "done\n", ""))

    def test_records_arrive_while_the_program_runs(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "s")
            with socket.socket(socket.AF_UNIX) as server:
                server.bind(path)
                server.listen()
                server.settimeout(30)
                thread = threading.Thread(
                    target=lambda: results.append(run(TRAINING + "import time; time.sleep(1.5); print(time.time())", address="unix:" + path))
                )
                results = []
                thread.start()
                connection, _ = server.accept()
                got, last_steps = b"", 0.0
                while True:
                    piece = connection.recv(1 << 16)
                    if not piece:
                        break
                    got += piece
                    if b'"program-ended"' not in got:
                        last_steps = time.time()
                thread.join()
                connection.close()
        ended = float(results[0].out.split()[-1])
        self.assertLess(last_steps, ended - 1)
        records = [json.loads(line) for line in got.decode("ascii").splitlines()]
        self.assertEqual(records[0]["kind"], "program-started")
        self.assertEqual(records[-1]["kind"], "program-ended")
        self.assertEqual(records[-1]["steps"], 200)


if __name__ == "__main__":
    unittest.main()
