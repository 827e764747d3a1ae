#!/usr/bin/env node
/**
 * A replicated map from text to text, in JavaScript: an application for an Outrigger agent beside it.
 *
 * Nothing but what Node has (18 or later). To make it an application of your own, keep everything from "Deliveries" on
 * and write your own Store: apply, query, snapshot, restore. Three rules make replicas equal:
 *
 * - A state machine uses the command, its index and its agreed time, and nothing else: no clock, no random numbers, no
 *   order that differs between runs.
 * - Results are part of that: the same bytes on every replica, also for a command that makes no sense. This file, kv.py
 *   and the Java example answer alike, so that they can be members of one cluster.
 * - A command that is refused is a result with a code above 0, never an exception.
 */

import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseArgs } from 'node:util';

// ---- JSON, as strict as on every other replica --------------------------------------------------------------------

const DEPTH_MAX = 64;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }); // a byte order mark is no JSON
const ESCAPES = new Map([...Array(0x20).keys()]
  .map((code) => [String.fromCharCode(code), '\\u' + code.toString(16).toUpperCase().padStart(4, '0')]));
[...'\b\t\n\f\r"\\'].forEach((char, at) => ESCAPES.set(char, '\\' + 'btnfr"\\'[at]));

/** RFC 8259 in UTF-8, no name twice in an object, nested DEPTH_MAX deep at most; else a SyntaxError. */
function parseJson(data) {
  let text;
  try {
    text = UTF8.decode(data);
  } catch {
    throw new SyntaxError('not UTF-8');
  }
  const value = JSON.parse(text);
  checkNesting(text);
  return value;
}

/** JSON.parse takes any depth, and the last of two fields with one name. */
function checkNesting(json) {
  const open = []; // the names of each object that is open, null for an array
  for (let at = 0; at < json.length; at++) {
    switch (json[at]) {
      case '{':
      case '[':
        open.push(json[at] === '{' ? new Set() : null);
        if (open.length > DEPTH_MAX) {
          throw new SyntaxError(`nested deeper than ${DEPTH_MAX}`);
        }
        break;
      case '}':
      case ']':
        open.pop();
        break;
      case '"': {
        const start = at++;
        while (json[at] !== '"') {
          at += json[at] === '\\' ? 2 : 1;
        }
        if (isName(json, at + 1)) {
          checkNew(open[open.length - 1], JSON.parse(json.slice(start, at + 1)));
        }
      }
    }
  }
}

function isName(json, after) {
  while (' \t\n\r'.includes(json[after] ?? 'end')) {
    after++;
  }
  return json[after] === ':';
}

function checkNew(names, name) {
  if (names.has(name)) {
    throw new SyntaxError('a name is there twice');
  }
  names.add(name);
}

/** An object of texts, numbers, booleans and nulls, in the same bytes on every replica. */
function writeJson(fields) {
  const body = Object.entries(fields).map(([name, value]) => `"${name}":${writeValue(value)}`);
  return Buffer.from(`{${body.join(',')}}`);
}

function writeValue(value) {
  return typeof value === 'string'
    ? '"' + value.replace(/[\x00-\x1f"\\]/g, (char) => ESCAPES.get(char)) + '"'
    : String(value);
}

// ---- The state machine --------------------------------------------------------------------------------------------

const NOT_SWAPPED = 1; // a cas that found another value
const MALFORMED = 2; // a command that makes no sense
const VALUE_CHARS_MAX = 16 << 20; // an append beyond is refused, so that no single key fills the memory

/** A command or query makes no sense. The message becomes a result: it must be the same on every replica. */
class Malformed extends Error {}

/** A snapshot was written by something else. */
class UnknownFormat extends Error {}

/** The map. */
class Store {
  static FORMAT = 'kv/1';

  values = new Map();
  index = 0;

  /** Changes the state; answers a code and bytes. */
  apply(index, timeMillis, command) {
    this.index = index;
    try {
      return this.#apply(parseFields(command));
    } catch (e) {
      if (e instanceof Malformed) {
        return { code: MALFORMED, data: writeJson({ error: e.message }) };
      }
      throw e;
    }
  }

  #apply(fields) {
    const op = text(fields, 'op');
    switch (op) {
      case 'put': {
        const [key, value] = [text(fields, 'key'), text(fields, 'value')];
        const previous = this.#get(key);
        this.values.set(key, value);
        return done({ previous });
      }
      case 'cas': {
        const [key, expect, value] = [text(fields, 'key'), textOrNull(fields, 'expect'), text(fields, 'value')];
        const actual = this.#get(key);
        if (actual !== expect) {
          return { code: NOT_SWAPPED, data: writeJson({ actual }) };
        }
        this.values.set(key, value);
        return done({ swapped: true });
      }
      case 'append': {
        const [key, value] = [text(fields, 'key'), text(fields, 'value')];
        const before = this.#get(key) ?? '';
        const length = before.length + value.length;
        if (length > VALUE_CHARS_MAX) {
          throw new Malformed(`the value would be longer than ${VALUE_CHARS_MAX}`);
        }
        this.values.set(key, before + value);
        return done({ length });
      }
      case 'delete': {
        const key = text(fields, 'key');
        const previous = this.#get(key);
        this.values.delete(key);
        return done({ previous });
      }
      default:
        throw new Malformed('"op" must be put, cas, append or delete');
    }
  }

  #get(key) {
    return this.values.get(key) ?? null;
  }

  /** Reads only. */
  query(query) {
    try {
      const fields = parseFields(query);
      switch (text(fields, 'op')) {
        case 'get':
          return writeJson({ value: this.#get(text(fields, 'key')) });
        case 'digest':
          return writeJson({ index: this.index, sha256: this.#digest() });
        default:
          throw new Malformed('"op" must be get or digest');
      }
    } catch (e) {
      if (e instanceof Malformed) {
        return writeJson({ error: e.message });
      }
      throw e;
    }
  }

  #digest() {
    const sha256 = createHash('sha256');
    for (const [key, value] of inOrder(this.values)) {
      sha256.update(packed(key)).update(packed(value));
    }
    return sha256.digest('hex');
  }

  /** The state as it is now, as pieces that may be written beside later commands. */
  snapshot() {
    return written(new Map(this.values));
  }

  /** Replaces the state by the snapshot in a Body. What is damaged throws, and nothing has changed. */
  async restore(body, format, index) {
    if (format !== Store.FORMAT) {
      throw new UnknownFormat(`only ${Store.FORMAT} is read`);
    }
    const values = await readValues(body);
    this.values = values;
    this.index = index;
  }
}

function done(fields) {
  return { code: 0, data: writeJson(fields) };
}

function parseFields(command) {
  let fields;
  try {
    fields = parseJson(command);
  } catch (e) {
    if (e instanceof SyntaxError) {
      throw new Malformed('not a JSON object');
    }
    throw e;
  }
  if (!isObject(fields)) {
    throw new Malformed('not a JSON object');
  }
  for (const value of Object.values(fields)) {
    // Half a surrogate pair could be neither stored as UTF-8 nor written out again.
    if (typeof value === 'string' && /\p{Surrogate}/u.test(value)) {
      throw new Malformed('half a surrogate pair in a text');
    }
  }
  return fields;
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(fields, name) {
  if (!Object.hasOwn(fields, name) || typeof fields[name] !== 'string') {
    throw new Malformed(`"${name}" must be a text`);
  }
  return fields[name];
}

function textOrNull(fields, name) {
  return Object.hasOwn(fields, name) && fields[name] === null ? null : text(fields, name);
}

/** Every replica walks the keys in the order of their UTF-16, which is how JavaScript compares. */
function inOrder(values) {
  return [...values].sort(([one], [other]) => (one < other ? -1 : 1));
}

function packed(text) {
  const data = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeInt32BE(data.length);
  return Buffer.concat([length, data]);
}

function int64(number) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(number));
  return bytes;
}

/** Snapshot format kv/1: how many entries (8 bytes), key and value of each in order, CRC32C of all that (8 bytes). */
function* written(values) {
  let crc = 0;
  let pieces = [int64(values.size)];
  let bytes = 0;
  for (const [key, value] of inOrder(values)) {
    const entry = Buffer.concat([packed(key), packed(value)]);
    pieces.push(entry);
    bytes += entry.length;
    if (bytes >= 64 << 10) {
      const piece = Buffer.concat(pieces);
      crc = crc32c(piece, crc);
      yield piece;
      [pieces, bytes] = [[], 0];
    }
  }
  const last = Buffer.concat(pieces);
  yield Buffer.concat([last, int64(crc32c(last, crc))]);
}

async function readValues(body) {
  let crc = 0;
  const checked = async (count) => {
    const data = await body.read(count);
    crc = crc32c(data, crc);
    return data;
  };
  const readText = async () => {
    const length = (await checked(4)).readInt32BE();
    if (length < 0) {
      throw new Error('the snapshot is damaged');
    }
    return UTF8.decode(await checked(length));
  };
  const size = (await checked(8)).readBigInt64BE();
  const values = new Map();
  for (let i = 0n; i < size; i++) {
    const key = await readText();
    values.set(key, await readText());
  }
  const wanted = BigInt(crc);
  if ((await body.read(8)).readBigInt64BE() !== wanted || BigInt(values.size) !== size || !(await body.ended())) {
    throw new Error('the snapshot is damaged');
  }
  return values;
}

const CRC32C = new Int32Array(256).map((_, byte) => {
  for (let bit = 0; bit < 8; bit++) {
    byte = (byte >>> 1) ^ (byte & 1 ? 0x82f63b78 : 0);
  }
  return byte;
});

/** Node has only the other CRC32. */
function crc32c(data, crc = 0) {
  crc = ~crc;
  for (let at = 0; at < data.length; at++) {
    crc = CRC32C[(crc ^ data[at]) & 0xff] ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

// ---- Deliveries: each command once, in order, none skipped --------------------------------------------------------

const RECENT_COUNT_MAX = 8192;
const RECENT_BYTES_MAX = 8 << 20;
const TURN_COMMANDS = 64; // after so many commands others get a turn: JavaScript has one thread

/** What the agent asks does not fit where this state stands (409). */
class Conflict extends Error {}

/** The agent would never send that (400). */
class BadRequest extends Error {}

/** The results of the last delivery, so that the same delivery gets the same answers; bounded. */
class RecentResults {
  #kept = []; // { index, term, result } of all that was applied after #floor
  #floor; // what was applied up to here is forgotten
  #bytes = 0;

  constructor(floor = 0) {
    this.#floor = floor;
  }

  add(index, term, result) {
    this.#kept.push({ index, term, result });
    this.#bytes += result.data.length;
    while (this.#kept.length > RECENT_COUNT_MAX || this.#bytes > RECENT_BYTES_MAX) {
      this.forgetThrough(this.#kept[0].index);
    }
  }

  forgetThrough(index) {
    while (this.#kept.length > 0 && this.#kept[0].index <= index) {
      this.#bytes -= this.#kept.shift().result.data.length;
    }
    this.#floor = Math.max(this.#floor, index);
  }

  /** The results of those commands that were applied before. */
  of(prevIndex, commands) {
    const last = commands.length > 0 ? commands[commands.length - 1].index : prevIndex;
    const known = this.#kept.filter((one) => one.index > prevIndex && one.index <= last);
    const same = known.length <= commands.length
      && known.every((one, at) => one.index === commands[at].index && one.term === commands[at].term);
    if (this.#floor > prevIndex || !same) {
      throw new Conflict(`commands after index ${prevIndex} are applied here`);
    }
    return known.map((one) => one.result);
  }
}

/** Knows where the state stands; brings deliveries and snapshots to it, one at a time. */
class Application {
  #store;
  #cluster = null;
  #applied = { index: 0, term: 0 };
  #epoch = 0;
  #recent = new RecentResults();
  #last = Promise.resolve(); // settles when the last delivery in line is done

  constructor(store) {
    this.#store = store;
  }

  info() {
    return {
      protocol: 1, app: 'kv', version: '1', cluster: this.#cluster, applied: this.position(), encodings: ['json'],
    };
  }

  position() {
    return this.#applied;
  }

  apply(body, cluster) {
    const { epoch, prevIndex, commands } = parseDelivery(body);
    return this.#alone(async () => {
      this.#admit(epoch, cluster);
      if (prevIndex > this.#applied.index) {
        throw new Conflict(`commands up to index ${prevIndex} are missing here`);
      }
      const results = this.#recent.of(prevIndex, commands);
      this.#recent.forgetThrough(prevIndex);
      for (const { index, term, time, data } of commands.slice(results.length)) {
        const result = this.#store.apply(index, time, data);
        this.#applied = { index, term };
        this.#cluster = cluster ?? this.#cluster;
        this.#recent.add(index, term, result);
        results.push(result);
        if (results.length % TURN_COMMANDS === 0) {
          await nextTurn();
        }
      }
      return {
        applied: this.#applied.index,
        results: results.map(({ code, data }) => ({ code, data: data.toString('base64') })),
      };
    });
  }

  query(body) {
    return this.#store.query(body);
  }

  /** Position and bytes of the state as it is between two commands. */
  snapshot() {
    if (this.#applied.index === 0) {
      throw new Conflict('nothing is applied here');
    }
    return { ...this.#applied, pieces: this.#store.snapshot() };
  }

  restore(body, headers) {
    const index = headerNumber(headers, 'outrigger-index', 1);
    const term = headerNumber(headers, 'outrigger-term', 1);
    const epoch = 'outrigger-epoch' in headers ? headerNumber(headers, 'outrigger-epoch', 0) : null;
    const cluster = headers['outrigger-cluster'];
    return this.#alone(async () => {
      this.#admit(epoch, cluster);
      if (index < this.#applied.index) {
        throw new Conflict(`commands after index ${index} are applied here`);
      }
      await this.#store.restore(body, headers['outrigger-format'] ?? '', index);
      this.#applied = { index, term };
      this.#cluster = cluster ?? this.#cluster;
      this.#recent = new RecentResults(index);
      log(`restored a snapshot at index ${index}`);
    });
  }

  role(body) {
    const push = parseRequest(body);
    const epoch = whole(push, 'epoch', 0);
    const term = whole(push, 'term', 0);
    if (typeof push.role !== 'string') {
      throw new BadRequest('role must be a text');
    }
    this.#admit(epoch);
    // The term is the fencing token: a resource that has seen a higher one refuses what comes with this one.
    log(`role ${push.role} in term ${term}, leader ${push.leader ?? 'not known'}`);
  }

  /** Runs when what came before has ended. */
  #alone(task) {
    const result = this.#last.then(task);
    this.#last = result.catch(() => {});
    return result;
  }

  #admit(epoch, cluster) {
    if (epoch !== null) {
      if (epoch < this.#epoch) {
        throw new Conflict(`epoch ${epoch} is older than one seen before`);
      }
      this.#epoch = epoch;
    }
    if (cluster && this.#cluster && cluster !== this.#cluster) {
      throw new Conflict(`this state belongs to cluster ${this.#cluster}`);
    }
  }
}

function parseRequest(body) {
  let request;
  try {
    request = parseJson(body);
  } catch (e) {
    throw new BadRequest(e.message);
  }
  if (!isObject(request)) {
    throw new BadRequest('not a JSON object');
  }
  return request;
}

function parseDelivery(body) {
  const request = parseRequest(body);
  const epoch = whole(request, 'epoch', 0);
  const prevIndex = whole(request, 'prevIndex', 0);
  if (!Array.isArray(request.commands)) {
    throw new BadRequest('commands must be a list');
  }
  if (typeof (request.replay ?? false) !== 'boolean') {
    throw new BadRequest('replay must be true or false');
  }
  let previous = prevIndex;
  const commands = request.commands.map((fields) => {
    if (!isObject(fields)) {
      throw new BadRequest('a command is an object');
    }
    const index = whole(fields, 'index', 1);
    if (index <= previous) {
      throw new BadRequest(`index ${index} comes after index ${previous}`);
    }
    previous = index;
    return { index, term: whole(fields, 'term', 1), time: whole(fields, 'time', 0), data: octets(fields.data) };
  });
  return { epoch, prevIndex, commands };
}

/** Above 2^53 JavaScript has no whole numbers; a log of a million commands a second gets there in 285 years. */
function whole(fields, name, least) {
  if (!Number.isSafeInteger(fields[name]) || fields[name] < least) {
    throw new BadRequest(`${name} must be a whole number from ${least} on`);
  }
  return fields[name];
}

function octets(base64) {
  if (typeof base64 !== 'string' || base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) {
    throw new BadRequest('data must be base64');
  }
  return Buffer.from(base64, 'base64');
}

function headerNumber(headers, name, least) {
  const value = headers[name] ?? '';
  if (!/^[0-9]{1,15}$/.test(value) || Number(value) < least) {
    throw new BadRequest(`${name} must be a whole number from ${least} on`);
  }
  return Number(value);
}

// ---- HTTP ---------------------------------------------------------------------------------------------------------

const BODY_BYTES_MAX = 64 << 20;
const STOP_WITHIN_MILLIS = 5000;
const CALLS = {
  info: { GET: info },
  apply: { POST: apply },
  query: { POST: query },
  role: { POST: role },
  snapshot: { GET: giveSnapshot, PUT: takeSnapshot },
};

class Refused extends Error {
  constructor(status, code, detail, headers = {}) {
    super(detail);
    Object.assign(this, { status, code, headers });
  }
}

/** The body of one request, read as far as it is needed. What ends too early throws. */
class Body {
  #chunks;
  #kept = [];
  #bytes = 0;

  constructor(request) {
    this.#chunks = request.iterator({ destroyOnReturn: false });
  }

  /** Exactly so many bytes. A length that cannot be costs no more memory than the body has. */
  async read(count) {
    while (this.#bytes < count) {
      if (!(await this.#more())) {
        throw new Error('the body ends too early');
      }
    }
    const all = this.#kept.length === 1 ? this.#kept[0] : Buffer.concat(this.#kept);
    this.#bytes = all.length - count;
    this.#kept = [all.subarray(count)];
    return all.subarray(0, count);
  }

  /** All of it, when it is not too long. */
  async whole() {
    while (await this.#more()) {
      if (this.#bytes > BODY_BYTES_MAX) {
        throw new Refused(413, 'TOO_LARGE', `the limit is ${BODY_BYTES_MAX} bytes`);
      }
    }
    return this.read(this.#bytes);
  }

  async ended() {
    return this.#bytes === 0 && !(await this.#more());
  }

  async skip() {
    do {
      [this.#kept, this.#bytes] = [[], 0];
    } while (await this.#more());
  }

  async #more() {
    const { done, value } = await this.#chunks.next();
    if (!done) {
      this.#kept.push(value);
      this.#bytes += value.length;
    }
    return !done;
  }
}

function serve(application, token) {
  return createServer(async (request, response) => {
    const body = new Body(request);
    try {
      await route(request, token)(application, request, response, body);
    } catch (e) {
      answerFailure(application, request, response, e);
    }
    // Closing on unread bytes would reset the connection, and the answer with it.
    await body.skip().catch(() => response.destroy());
  });
}

function route(request, token) {
  if ('origin' in request.headers) {
    throw new Refused(403, 'FORBIDDEN', 'web pages may not call this');
  }
  if (token && !equalBytes(`Bearer ${token}`, request.headers.authorization ?? '')) {
    throw new Refused(401, 'UNAUTHORIZED', 'send Authorization: Bearer and the token');
  }
  const name = /^\/outrigger\/v1\/(\w+)(\?|$)/.exec(request.url)?.[1];
  if (!Object.hasOwn(CALLS, name ?? '')) {
    throw new Refused(404, 'NOT_FOUND', 'known are info, apply, query, role and snapshot');
  }
  const methods = CALLS[name];
  if (!Object.hasOwn(methods, request.method)) {
    const allowed = Object.keys(methods).join(', ');
    throw new Refused(405, 'METHOD_NOT_ALLOWED', `allowed is ${allowed}`, { Allow: allowed });
  }
  return methods[request.method];
}

function equalBytes(wanted, given) {
  const [one, other] = [Buffer.from(wanted), Buffer.from(given)];
  return one.length === other.length && timingSafeEqual(one, other);
}

async function info(application, request, response) {
  replyJson(response, 200, application.info());
}

async function apply(application, request, response, body) {
  const delivery = await jsonBody(request, body);
  replyJson(response, 200, await application.apply(delivery, request.headers['outrigger-cluster']));
}

async function query(application, request, response, body) {
  reply(response, 200, application.query(await body.whole()), { 'Content-Type': 'application/octet-stream' });
}

async function role(application, request, response, body) {
  application.role(await jsonBody(request, body));
  reply(response, 204);
}

async function giveSnapshot(application, request, response) {
  const { index, term, pieces } = application.snapshot();
  response.writeHead(200, {
    'Content-Type': 'application/octet-stream',
    'Outrigger-Index': index,
    'Outrigger-Term': term,
    'Outrigger-Format': Store.FORMAT,
  });
  // Goes at the pace of the reader. When it fails the connection breaks, and nobody takes half a state for whole.
  await pipeline(Readable.from(pieces), response);
}

async function takeSnapshot(application, request, response, body) {
  await application.restore(body, request.headers);
  reply(response, 204);
}

async function jsonBody(request, body) {
  const data = await body.whole();
  const type = (request.headers['content-type'] ?? '').split(';')[0].trim().toLowerCase();
  if (type !== 'application/json') {
    throw new Refused(415, 'UNSUPPORTED_MEDIA_TYPE', 'send application/json');
  }
  return data;
}

function answerFailure(application, request, response, e) {
  if (response.headersSent || response.destroyed) {
    response.destroy();
  } else if (e instanceof Refused) {
    problem(response, e.status, e.code, e.message, {}, e.headers);
  } else if (e instanceof BadRequest) {
    problem(response, 400, 'MALFORMED', e.message);
  } else if (e instanceof Conflict) {
    problem(response, 409, 'CONFLICT', e.message, { applied: application.position() });
  } else if (e instanceof UnknownFormat) {
    problem(response, 422, 'UNREADABLE_FORMAT', e.message, {}, { 'Outrigger-Format': Store.FORMAT });
  } else {
    log(`${request.method} ${request.url} failed: ${e.stack}`); // the agent delivers again
    problem(response, 500, 'FAILED', String(e));
  }
}

function problem(response, status, code, detail, more = {}, headers = {}) {
  const document = { type: 'about:blank', title: code, status, code, detail, ...more };
  reply(response, status, JSON.stringify(document), { 'Content-Type': 'application/problem+json', ...headers });
}

function replyJson(response, status, document) {
  reply(response, status, JSON.stringify(document), { 'Content-Type': 'application/json' });
}

function reply(response, status, body = '', headers = {}) {
  response.writeHead(status, status === 204 ? headers : { ...headers, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

function log(line) {
  console.error(`${new Date().toISOString()} ${line}`);
}

const HELP = `usage: kv.mjs [--port PORT] [--token-file FILE]

A replicated map from text to text, for an Outrigger agent beside it.

  --help             this text
  --port PORT        port of the app channel on 127.0.0.1 (default 7410)
  --token-file FILE  the file that the agent's OUTRIGGER_TOKEN_FILE names, when it does`;

function options() {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      port: { type: 'string', default: '7410' },
      'token-file': { type: 'string' },
    },
  });
  if (!/^[0-9]{1,5}$/.test(values.port) || Number(values.port) > 65535) {
    throw new Error(`--port is a number up to 65535, not ${values.port}`);
  }
  return values;
}

function main() {
  let given;
  try {
    given = options();
  } catch (e) {
    console.error(`kv.mjs: ${e.message}`);
    process.exit(2);
  }
  if (given.help) {
    console.log(HELP);
    return;
  }
  let token;
  try {
    token = given['token-file'] && readFileSync(given['token-file'], 'utf8').trim();
  } catch (e) {
    console.error(`kv.mjs: cannot read --token-file: ${e.message}`);
    process.exit(1);
  }
  const server = serve(new Application(new Store()), token);
  server.requestTimeout = 0; // a snapshot takes as long as it needs
  server.keepAliveTimeout = 75_000; // longer than the agent leaves a connection idle
  server.on('error', (e) => {
    console.error(`kv.mjs: cannot start on port ${given.port}: ${e.message}`);
    process.exit(1);
  });
  server.listen(Number(given.port), '127.0.0.1', () => {
    console.log(`kv: the agent finds this application at http://127.0.0.1:${server.address().port}`);
  });
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.on(signal, () => stop(server));
  }
}

/** Finishes what is under way. */
function stop(server) {
  server.close(() => process.exit(0));
  server.closeIdleConnections?.();
  setInterval(() => server.closeIdleConnections?.(), 10);
  setTimeout(() => process.exit(0), STOP_WITHIN_MILLIS);
}

main();
