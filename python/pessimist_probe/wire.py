"""Records as JSON lines, to a socket or file that may be slow, full or dead without the program ever noticing."""

import errno
import math
import os
import re
import select
import socket
import time
from collections import deque
from json.encoder import JSONEncoder, encode_basestring_ascii
from typing import Any, Deque, Dict, List, Optional

_MOST_WAITING_BYTES = 8 << 20
_MOST_BEFORE_OPEN = 20_000
_OLDEST = 0.05
_CHUNK = 1 << 16
_LAST_WORDS_SECONDS = 0.5
_PATIENCE = 60.0

_unsafe = re.compile("[<>&'+`\x7f]")
_rare = (("&", "\\u0026"), ("'", "\\u0027"), ("`", "\\u0060"), ("\x7f", "\\u007f"))
# In a whole line a number may have one in its exponent.
_plus = re.compile("(?<![0-9]e)\\+")
_quick = JSONEncoder(separators=(",", ":"), check_circular=False).encode
_surrogate = re.compile("[\ud800-\udfff]")
_snake = re.compile("_([a-z0-9])")
_names: Dict[str, str] = {}


def _escape(match: "re.Match[str]") -> str:
    return "\\u%04x" % ord(match.group())


def _text(value: str) -> str:
    if _surrogate.search(value):
        value = value.encode("utf-8", "replace").decode("utf-8")
    encoded = encode_basestring_ascii(value)
    return _unsafe.sub(_escape, encoded) if _unsafe.search(encoded) else encoded


def camel(name: str) -> str:
    known = _names.get(name)
    if known is None:
        known = _names[name] = _snake.sub(lambda m: m.group(1).upper(), name)
    return known


def encode(value: Any) -> str:
    """A value as JSON. Keys of dictionaries are written as they are; entries without a value are left out."""
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float):
        if math.isfinite(value):
            return float.__repr__(value)
        return '"NaN"' if value != value else '"Infinity"' if value > 0 else '"-Infinity"'
    if isinstance(value, int):
        return int.__repr__(value) if -(1 << 63) <= value < 1 << 63 else encode(float(value))
    if isinstance(value, dict):
        return "{" + ",".join([_text(str(k)) + ":" + encode(v) for k, v in value.items() if v is not None]) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join([encode(v) for v in value if v is not None]) + "]"
    try:
        return encode(float(value))
    except (TypeError, ValueError, RuntimeError):
        return _text(str(value))


def _line(kind: str, fields: Dict[str, Any]) -> str:
    """A record but for its end. Python's own encoder is several times as fast; what it writes otherwise than we do is written anew."""
    record = {"kind": kind}
    for name, value in fields.items():
        if value is not None:
            record[camel(name)] = value
    try:
        text = _quick(record)
    except (TypeError, ValueError):
        return encode(record)[:-1]
    if "null" in text or "NaN" in text or "Infinity" in text or "\\ud" in text:
        return encode(record)[:-1]
    # They stand in strings only.
    text = text.replace("<", "\\u003c").replace(">", "\\u003e")
    for character, code in _rare:
        if character in text:
            text = text.replace(character, code)
    return (_plus.sub("\\\\u002b", text) if "+" in text else text)[:-1]


class Session:
    """Where the records go. Nothing is opened before the program does something like training."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._start = time.perf_counter()
        self._pid = os.getpid()
        self._waiting: Deque[bytes] = deque()
        self._waiting_bytes = 0
        self._oldest = 0.0
        self._socket: Optional[socket.socket] = None
        self._file = -1
        self._rest = b""
        self.opened = False
        self.dead = False
        self.dropped = 0
        self.faults: List[str] = []

    @property
    def elapsed(self) -> float:
        return time.perf_counter() - self._start

    def emit(self, kind: str, **fields: Any) -> None:
        """Takes a record. Never waits and never raises for anything outside of this process."""
        if self.dead:
            self.dropped += 1
            return
        now = time.perf_counter()
        line = (_line(kind, fields) + ',"at":%.6f}\n' % (now - self._start)).encode("ascii")
        if self._waiting_bytes + len(line) > _MOST_WAITING_BYTES or not self.opened and len(self._waiting) >= _MOST_BEFORE_OPEN:
            self.dropped += 1
            return
        if not self._waiting:
            self._oldest = now
        self._waiting.append(line)
        self._waiting_bytes += len(line)
        if self.opened and now - self._oldest > _OLDEST:
            self.flush()

    def open(self) -> bool:
        """Connects. False when nobody is there, or another process of the program is watched already."""
        if self.opened or self.dead or os.getpid() != self._pid:
            return self.opened
        try:
            scheme, _, path = self._address.partition(":")
            if scheme == "file":
                self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0), 0o600)
                if os.fstat(self._file).st_size > 0:
                    raise OSError(errno.EEXIST, "another process is watched already")
            elif scheme == "unix":
                self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                self._socket.setblocking(False)
                self._socket.connect(path)
            else:
                raise ValueError("PESSIMIST_PROBE is neither unix:... nor file:...")
        except (OSError, ValueError) as error:
            self._die(error)
            return False
        self.opened = True
        self.flush()
        return True

    def flush(self) -> None:
        """Hands over what the other side takes without waiting."""
        if not self.opened or self.dead:
            return
        try:
            while self._waiting or self._rest:
                piece = self._next_piece()
                sent = self._send(piece)
                self._rest = piece[sent:]
                self._waiting_bytes -= sent
                if self._rest:
                    break
        except (BlockingIOError, InterruptedError):
            pass
        except OSError as error:
            self._die(error)
        self._oldest = time.perf_counter()

    def go_on(self) -> bool:
        """Asks the other side, and waits for its answer: for trials only, whose program nobody uses. A side that is gone has had enough."""
        until = time.perf_counter() + _PATIENCE
        try:
            while self.opened and not self.dead and (self._waiting or self._rest):
                self.flush()
                if self._rest and self._socket is not None:
                    select.select([], [self._socket], [], 1)
                if time.perf_counter() > until:
                    return False
            if self._socket is None:
                return not self.dead
            if not select.select([self._socket], [], [], _PATIENCE)[0]:
                return False
            return self._socket.recv(1) == b"g"
        except OSError as error:
            self._die(error)
            return False

    def close(self) -> None:
        """Last words: waits a moment for a slow reader, not longer."""
        until = time.perf_counter() + _LAST_WORDS_SECONDS
        self.flush()
        while self.opened and not self.dead and (self._waiting or self._rest) and time.perf_counter() < until:
            time.sleep(0.005)
            self.flush()
        self.forget()

    def adopt(self) -> None:
        """In a forked child that takes the place of its parent."""
        self._pid = os.getpid()

    def forget(self) -> None:
        """Closes without a word, as a forked child must."""
        self.dead = True
        self._waiting.clear()
        try:
            if self._socket is not None:
                self._socket.close()
            if self._file >= 0:
                os.close(self._file)
        except OSError:
            pass
        self._socket, self._file = None, -1

    def _next_piece(self) -> bytes:
        pieces, size = [self._rest] if self._rest else [], len(self._rest)
        while self._waiting and size < _CHUNK:
            line = self._waiting.popleft()
            pieces.append(line)
            size += len(line)
        # Should sending fail, it is not lost.
        self._rest = b"".join(pieces)
        return self._rest

    def _send(self, piece: bytes) -> int:
        if self._socket is not None:
            return self._socket.send(piece)
        return os.write(self._file, piece)

    def _die(self, error: Exception) -> None:
        self.faults.append("records could not be sent: " + str(error))
        self.dropped += len(self._waiting) + (1 if self._rest else 0)
        self._rest = b""
        self._waiting_bytes = 0
        self.forget()
