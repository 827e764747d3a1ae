#!/usr/bin/env python3
"""A replicated map from text to text, in Python: an application for an Outrigger agent beside it.

Nothing but the standard library (Python 3.9 or later). To make it an application of your own, keep everything
from "Deliveries" on and write your own Store: apply, query, snapshot, restore. Three rules make replicas equal:

* A state machine uses the command, its index and its agreed time, and nothing else: no clock, no random numbers,
  no order that differs between runs.
* Results are part of that: the same bytes on every replica, also for a command that makes no sense. This file, kv.mjs
  and the Java example answer alike, so that they can be members of one cluster.
* A command that is refused is a result with a code above 0, never an exception.
"""

import argparse
import base64
import collections
import hashlib
import hmac
import json
import logging
import re
import signal
import struct
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOG = logging.getLogger("kv")


# ---- JSON, as strict as on every other replica ---------------------------------------------------------------------

DEPTH_MAX = 64
NUMBER = object()  # stands for any number in a command, which has none that matter

_STRING_OR_BRACKET = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[][{}]', re.DOTALL)
_ESCAPES = {code: "\\u%04X" % code for code in range(0x20)}
_ESCAPES.update({ord(char): "\\" + short for char, short in zip('\b\t\n\f\r"\\', 'btnfr"\\')})


def parse_json(data, numbers=lambda digits: NUMBER):
    """RFC 8259 in UTF-8, no name twice in an object, nested DEPTH_MAX deep at most; else ValueError."""
    text = data.decode("utf-8")  # strict: bytes that are no text raise a ValueError too
    depth = 0
    for token in _STRING_OR_BRACKET.finditer(text):
        if token.group() in "[{":
            depth += 1
            if depth > DEPTH_MAX:
                raise ValueError("nested deeper than %d" % DEPTH_MAX)
        elif token.group() in "]}":
            depth -= 1
    return json.loads(
        text,
        object_pairs_hook=_object,
        parse_int=numbers,
        parse_float=lambda digits: NUMBER,
        parse_constant=_no_json,  # NaN and Infinity, which json takes otherwise
    )


def _object(pairs):
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError("a name is there twice")
    return fields


def _no_json(name):
    raise ValueError(name + " is no JSON")


def write_json(**fields):
    """An object of texts, numbers, booleans and nulls, in the same bytes on every replica."""
    return ("{" + ",".join('"%s":%s' % (name, _value(value)) for name, value in fields.items()) + "}").encode("utf-8")


def _value(value):
    if isinstance(value, str):
        return '"' + value.translate(_ESCAPES) + '"'
    return json.dumps(value)


# ---- The state machine ---------------------------------------------------------------------------------------------

NOT_SWAPPED = 1  # a cas that found another value
MALFORMED = 2  # a command that makes no sense
VALUE_CHARS_MAX = 16 << 20  # an append beyond is refused, so that no single key fills the memory


class Malformed(Exception):
    """A command or query makes no sense. The message becomes a result: it must be the same on every replica."""


class UnknownFormat(Exception):
    """A snapshot was written by something else."""


class Store:
    """The map. Called by one thread at a time, but for what snapshot() returns."""

    FORMAT = "kv/1"

    def __init__(self):
        self.values = {}
        self.index = 0

    def apply(self, index, time_millis, command):
        """Changes the state; answers a code and bytes."""
        self.index = index
        try:
            return self._apply(parse_fields(command))
        except Malformed as e:
            return MALFORMED, write_json(error=str(e))

    def _apply(self, fields):
        op = text(fields, "op")
        if op == "put":
            key, value = text(fields, "key"), text(fields, "value")
            previous = self.values.get(key)
            self.values[key] = value
            return 0, write_json(previous=previous)
        if op == "cas":
            key, expect, value = text(fields, "key"), text_or_null(fields, "expect"), text(fields, "value")
            actual = self.values.get(key)
            if actual != expect:
                return NOT_SWAPPED, write_json(actual=actual)
            self.values[key] = value
            return 0, write_json(swapped=True)
        if op == "append":
            key, value = text(fields, "key"), text(fields, "value")
            longer = self.values.get(key, "") + value
            length = chars(longer)
            if length > VALUE_CHARS_MAX:
                raise Malformed("the value would be longer than %d" % VALUE_CHARS_MAX)
            self.values[key] = longer
            return 0, write_json(length=length)
        if op == "delete":
            return 0, write_json(previous=self.values.pop(text(fields, "key"), None))
        raise Malformed('"op" must be put, cas, append or delete')

    def query(self, query):
        """Reads only."""
        try:
            fields = parse_fields(query)
            op = text(fields, "op")
            if op == "get":
                return write_json(value=self.values.get(text(fields, "key")))
            if op == "digest":
                return write_json(index=self.index, sha256=self._digest())
            raise Malformed('"op" must be get or digest')
        except Malformed as e:
            return write_json(error=str(e))

    def _digest(self):
        sha256 = hashlib.sha256()
        for key, value in in_order(self.values):
            sha256.update(packed(key))
            sha256.update(packed(value))
        return sha256.hexdigest()

    def snapshot(self):
        """The state as it is now, as an iterator of bytes that may be written beside later commands."""
        return written(dict(self.values))

    def restore(self, body, format, index):
        """Replaces the state by the snapshot in a Body. What is damaged raises, and nothing has changed."""
        if format != self.FORMAT:
            raise UnknownFormat("only %s is read" % self.FORMAT)
        self.values = read_values(body)
        self.index = index


def parse_fields(command):
    try:
        fields = parse_json(command)
    except ValueError:
        raise Malformed("not a JSON object") from None
    if not isinstance(fields, dict):
        raise Malformed("not a JSON object")
    for value in fields.values():
        # Half a surrogate pair could be neither stored as UTF-8 nor written out again.
        if isinstance(value, str) and re.search("[\ud800-\udfff]", value):
            raise Malformed("half a surrogate pair in a text")
    return fields


def text(fields, name):
    if not isinstance(fields.get(name), str):
        raise Malformed('"%s" must be a text' % name)
    return fields[name]


def text_or_null(fields, name):
    return None if name in fields and fields[name] is None else text(fields, name)


def utf16(text):
    return text.encode("utf-16-be")


def chars(text):
    """The length in UTF-16, as Java and JavaScript count."""
    return len(utf16(text)) // 2


def in_order(values):
    """Every replica walks the keys in the order of their UTF-16."""
    return sorted(values.items(), key=lambda entry: utf16(entry[0]))


def packed(text):
    data = text.encode("utf-8")
    return struct.pack(">i", len(data)) + data


def written(values):
    """Format kv/1: how many entries (8 bytes), key and value of each in order, CRC32C of all that (8 bytes)."""
    crc = 0
    piece = struct.pack(">q", len(values))
    for key, value in in_order(values):
        piece += packed(key) + packed(value)
        if len(piece) >= 64 << 10:
            crc = crc32c(piece, crc)
            yield piece
            piece = b""
    yield piece + struct.pack(">q", crc32c(piece, crc))


def read_values(body):
    crc = 0

    def checked(count):
        nonlocal crc
        data = body.read(count)
        crc = crc32c(data, crc)
        return data

    def read_text():
        length = struct.unpack(">i", checked(4))[0]
        if length < 0:
            raise ValueError("the snapshot is damaged")
        return checked(length).decode("utf-8")

    size = struct.unpack(">q", checked(8))[0]
    values = {}
    for _ in range(size):
        key = read_text()
        values[key] = read_text()
    wanted = crc
    if struct.unpack(">q", body.read(8))[0] != wanted or len(values) != size or body.left > 0:
        raise ValueError("the snapshot is damaged")
    return values


def _crc32c_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


_CRC32C = _crc32c_table()


def crc32c(data, crc=0):
    """The standard library has only the other CRC32. Some 10 MB a second."""
    table = _CRC32C
    crc ^= 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


# ---- Deliveries: each command once, in order, none skipped ---------------------------------------------------------

RECENT_COUNT_MAX = 8192
RECENT_BYTES_MAX = 8 << 20
LONG_MAX = (1 << 63) - 1


class Conflict(Exception):
    """What the agent asks does not fit where this state stands (409)."""


class BadRequest(Exception):
    """The agent would never send that (400)."""


class RecentResults:
    """The results of the last delivery, so that the same delivery gets the same answers; bounded."""

    def __init__(self, floor=0):
        self._floor = floor  # what was applied up to here is forgotten
        self._kept = collections.deque()  # (index, term, code, data) of all that was applied since
        self._bytes = 0

    def add(self, index, term, code, data):
        self._kept.append((index, term, code, data))
        self._bytes += len(data)
        while len(self._kept) > RECENT_COUNT_MAX or self._bytes > RECENT_BYTES_MAX:
            self.forget_through(self._kept[0][0])

    def forget_through(self, index):
        while self._kept and self._kept[0][0] <= index:
            self._bytes -= len(self._kept.popleft()[3])
        self._floor = max(self._floor, index)

    def of(self, prev, commands):
        """The results of those commands that were applied before."""
        last = commands[-1][0] if commands else prev
        known = [one for one in self._kept if prev < one[0] <= last]
        same = all(one[:2] == command[:2] for one, command in zip(known, commands))
        if self._floor > prev or len(known) > len(commands) or not same:
            raise Conflict("commands after index %d are applied here" % prev)
        return [one[2:] for one in known]


class Application:
    """Knows where the state stands; brings deliveries and snapshots to it, one at a time."""

    def __init__(self, store):
        self.store = store
        self.cluster = None
        self.applied = (0, 0)  # index and term of the last command
        self.epoch = 0
        self._recent = RecentResults()
        self._deliveries = threading.Lock()  # one apply or restore at a time
        self._epochs = threading.Lock()
        self._state = threading.Lock()  # held for one command, one query, or to take the state for a snapshot

    def info(self):
        return {
            "protocol": 1,
            "app": "kv",
            "version": "1",
            "cluster": self.cluster,
            "applied": self.position(),
            "encodings": ["json"],
        }

    def position(self):
        index, term = self.applied
        return {"index": index, "term": term}

    def apply(self, body, cluster):
        request = parse_request(body)
        epoch, prev = whole(request, "epoch"), whole(request, "prevIndex")
        commands = parse_commands(request, prev)
        with self._deliveries:
            self._admit(epoch, cluster)
            if prev > self.applied[0]:
                raise Conflict("commands up to index %d are missing here" % prev)
            results = self._recent.of(prev, commands)
            self._recent.forget_through(prev)
            for index, term, time_millis, data in commands[len(results):]:
                with self._state:
                    code, result = self.store.apply(index, time_millis, data)
                    self.applied = (index, term)
                    self.cluster = cluster or self.cluster
                self._recent.add(index, term, code, result)
                results.append((code, result))
            return {
                "applied": self.applied[0],
                "results": [{"code": code, "data": base64.b64encode(data).decode("ascii")} for code, data in results],
            }

    def query(self, body):
        with self._state:
            return self.store.query(body)

    def snapshot(self):
        """Position and bytes of the state as it is between two commands."""
        with self._state:
            index, term = self.applied
            if index == 0:
                raise Conflict("nothing is applied here")
            return index, term, self.store.snapshot()

    def restore(self, body, headers):
        index, term = header_number(headers, "Outrigger-Index"), header_number(headers, "Outrigger-Term")
        epoch = header_number(headers, "Outrigger-Epoch") if "Outrigger-Epoch" in headers else None
        cluster = headers.get("Outrigger-Cluster")
        if index == 0 or term == 0:
            raise BadRequest("a snapshot has an index and a term from 1 on")
        with self._deliveries:
            self._admit(epoch, cluster)
            if index < self.applied[0]:
                raise Conflict("commands after index %d are applied here" % index)
            with self._state:
                self.store.restore(body, headers.get("Outrigger-Format", ""), index)
                self.applied = (index, term)
                self.cluster = cluster or self.cluster
                self._recent = RecentResults(index)
            LOG.info("restored a snapshot at index %d", index)

    def role(self, body):
        push = parse_request(body)
        epoch, term = whole(push, "epoch"), whole(push, "term")
        if not isinstance(push.get("role"), str):
            raise BadRequest("role must be a text")
        self._admit(epoch, None)
        # The term is the fencing token: a resource that has seen a higher one refuses what comes with this one.
        LOG.info("role %s in term %d, leader %s", push["role"], term, push.get("leader"))

    def _admit(self, epoch, cluster):
        if epoch is not None:
            with self._epochs:
                if epoch < self.epoch:
                    raise Conflict("epoch %d is older than one seen before" % epoch)
                self.epoch = epoch
        if cluster and self.cluster and cluster != self.cluster:
            raise Conflict("this state belongs to cluster " + self.cluster)


def parse_request(body):
    try:
        request = parse_json(body, numbers=number)
    except ValueError as e:
        raise BadRequest(str(e)) from None
    if not isinstance(request, dict):
        raise BadRequest("not a JSON object")
    return request


def number(digits):
    return int(digits) if len(digits) < 20 else NUMBER  # what has more digits is no index


def whole(fields, name, least=0):
    value = fields.get(name)
    if type(value) is not int or not least <= value <= LONG_MAX:
        raise BadRequest("%s must be a whole number from %d on" % (name, least))
    return value


def parse_commands(request, prev):
    if not isinstance(request.get("commands"), list):
        raise BadRequest("commands must be a list")
    if not isinstance(request.get("replay", False), bool):
        raise BadRequest("replay must be true or false")
    commands = []
    for fields in request["commands"]:
        if not isinstance(fields, dict):
            raise BadRequest("a command is an object")
        index = whole(fields, "index", least=1)
        if index <= prev:
            raise BadRequest("index %d comes after index %d" % (index, prev))
        prev = index
        commands.append((index, whole(fields, "term", least=1), whole(fields, "time"), octets(fields.get("data"))))
    return commands


def octets(base64_text):
    try:
        return base64.b64decode(base64_text, validate=True)
    except (ValueError, TypeError):
        raise BadRequest("data must be base64") from None


def header_number(headers, name):
    value = headers.get(name, "")
    if not re.fullmatch("[0-9]{1,18}", value):
        raise BadRequest("%s must be a whole number" % name)
    return int(value)


# ---- HTTP ----------------------------------------------------------------------------------------------------------

BODY_BYTES_MAX = 64 << 20
ROOT = "/outrigger/v1/"


class Refused(Exception):
    def __init__(self, status, code, detail, **headers):
        super().__init__(detail)
        self.status, self.code, self.headers = status, code, headers


class Body:
    """The body of one request, read as far as it is needed. What ends too early raises."""

    def __init__(self, file, length):
        self._file = file
        self.left = length

    def read(self, count):
        if count > self.left:  # a length that cannot be costs no memory
            raise EOFError("the body ends too early")
        data = self._file.read(count)
        if len(data) < count:
            raise ConnectionError("the connection ended within a body")
        self.left -= count
        return data

    def skip(self):
        while self.left > 0:
            self.read(min(self.left, 64 << 10))


class Handler(BaseHTTPRequestHandler):
    """One connection of the agent, kept open from call to call."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each small answer may wait for 40 ms
    wbufsize = -1  # head and body in one packet

    CALLS = {
        ("GET", "info"): "info",
        ("POST", "apply"): "apply",
        ("POST", "query"): "query",
        ("POST", "role"): "role",
        ("GET", "snapshot"): "give_snapshot",
        ("PUT", "snapshot"): "take_snapshot",
    }

    def handle_call(self):
        self.body = Body(self.rfile, 0)
        try:
            self.body = Body(self.rfile, self.body_length())
            getattr(self, self.call())()
        except Refused as e:
            self.problem(e.status, e.code, str(e), e.headers)
        except BadRequest as e:
            self.problem(400, "MALFORMED", str(e))
        except Conflict as e:
            self.problem(409, "CONFLICT", str(e), applied=self.server.application.position())
        except UnknownFormat as e:
            self.problem(422, "UNREADABLE_FORMAT", str(e), {"Outrigger-Format": Store.FORMAT})
        except OSError:
            raise  # the connection broke
        except Exception as e:  # the agent delivers again
            LOG.exception("%s %s failed", self.command, self.path)
            self.problem(500, "FAILED", repr(e))
        # Closing on unread bytes would reset the connection, and the answer with it.
        self.wfile.flush()
        self.body.skip()

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_OPTIONS = do_PATCH = handle_call

    def call(self):
        """The name of the method that handles this request."""
        if "Origin" in self.headers:
            raise Refused(403, "FORBIDDEN", "web pages may not call this")
        token = self.server.token
        given = self.headers.get("Authorization", "")
        if token and not hmac.compare_digest(given.encode("utf-8", "replace"), ("Bearer " + token).encode("utf-8")):
            raise Refused(401, "UNAUTHORIZED", "send Authorization: Bearer and the token")
        path = self.path.split("?", 1)[0]
        name = path[len(ROOT):] if path.startswith(ROOT) else ""
        allowed = [method for method, known in self.CALLS if known == name]
        if not allowed:
            raise Refused(404, "NOT_FOUND", "known are info, apply, query, role and snapshot")
        if self.command not in allowed:
            raise Refused(405, "METHOD_NOT_ALLOWED", "allowed is " + ", ".join(allowed), Allow=", ".join(allowed))
        return self.CALLS[self.command, name]

    def info(self):
        self.reply_json(self.server.application.info())

    def apply(self):
        cluster = self.headers.get("Outrigger-Cluster")
        self.reply_json(self.server.application.apply(self.json_body(), cluster))

    def query(self):
        self.reply(200, self.server.application.query(self.whole_body()), "application/octet-stream")

    def role(self):
        self.server.application.role(self.json_body())
        self.reply(204)

    def give_snapshot(self):
        index, term, pieces = self.server.application.snapshot()
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Outrigger-Index", str(index))
        self.send_header("Outrigger-Term", str(term))
        self.send_header("Outrigger-Format", Store.FORMAT)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        # When this fails half-way the connection ends without its last chunk, and nobody takes it for whole.
        self.close_connection = True
        for piece in pieces:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")
        self.close_connection = False

    def take_snapshot(self):
        self.server.application.restore(self.body, self.headers)
        self.reply(204)

    # -- bodies

    def body_length(self):
        if "Transfer-Encoding" in self.headers:
            self.close_connection = True
            raise Refused(411, "LENGTH_REQUIRED", "send Content-Length")
        length = self.headers.get("Content-Length", "0")
        if not re.fullmatch("[0-9]{1,18}", length):
            self.close_connection = True
            raise Refused(400, "MALFORMED", "Content-Length must be a number")
        return int(length)

    def whole_body(self):
        if self.body.left > BODY_BYTES_MAX:
            raise Refused(413, "TOO_LARGE", "the limit is %d bytes" % BODY_BYTES_MAX)
        return self.body.read(self.body.left)

    def json_body(self):
        body = self.whole_body()
        if self.headers.get_content_type() != "application/json":
            raise Refused(415, "UNSUPPORTED_MEDIA_TYPE", "send application/json")
        return body

    # -- answers

    def reply(self, status, body=b"", content_type=None, headers=None):
        self.send_response(status)
        if content_type:
            self.send_header("Content-Type", content_type)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def reply_json(self, document):
        self.reply(200, json.dumps(document).encode("utf-8"), "application/json")

    def problem(self, status, code, detail, headers=None, **more):
        document = dict(type="about:blank", title=code, status=status, code=code, detail=detail, **more)
        self.reply(status, json.dumps(document).encode("utf-8"), "application/problem+json", headers)

    def log_message(self, format, *args):
        LOG.debug(format, *args)


class Server(ThreadingHTTPServer):
    daemon_threads = False  # so that server_close waits for the answers under way
    allow_reuse_address = True

    def __init__(self, port, application, token):
        super().__init__(("127.0.0.1", port), Handler)
        self.application = application
        self.token = token
        self._connections = set()

    def process_request(self, request, client_address):
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request, client_address):
        LOG.debug("a connection ended: %s", sys.exc_info()[1])

    def stop(self):
        """Finishes what is under way; who waits for the next call reads the end."""
        self.shutdown()
        for connection in list(self._connections):
            try:
                connection.shutdown(0)  # SHUT_RD
            except OSError:
                pass  # it has ended
        self.server_close()


def main():
    parser = argparse.ArgumentParser(description="A replicated map, for an Outrigger agent beside it.")
    parser.add_argument("--port", type=int, default=7410, help="port of the app channel on 127.0.0.1 (default 7410)")
    parser.add_argument("--token-file", help="the file that the agent's OUTRIGGER_TOKEN_FILE names, when it does")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    token = None
    try:
        if arguments.token_file:
            with open(arguments.token_file, encoding="utf-8") as file:
                token = file.read().strip()
        server = Server(arguments.port, Application(Store()), token)
    except (OSError, OverflowError, ValueError) as e:
        sys.exit("kv.py: cannot start on port %d: %s" % (arguments.port, e))
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
    print("kv: the agent finds this application at http://127.0.0.1:%d" % server.server_address[1], flush=True)
    stop.wait()
    server.stop()


if __name__ == "__main__":
    main()
