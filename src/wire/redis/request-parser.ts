/**
 * Splits a byte stream into requests: multibulk (`*2\r\n$4\r\nECHO\r\n$1\r\nx\r\n`) or inline (`ECHO x\r\n`), the
 * choice being made for each request. Nothing is ever allocated from a length: an argument is cut when it has arrived.
 *
 * @see https://redis.io/docs/latest/develop/reference/protocol-spec/#sending-commands-to-a-redis-server
 */
import { ByteQueue } from '../byte-queue.js';
import { splitInline } from './inline.js';

export interface ParserLimits {
  /** Longest line without its end: 64 KiB in Redis. */
  readonly lineBytes: number;
  /** Largest argument in bytes. */
  readonly bulkBytes: number;
  /** Most arguments of a request. */
  readonly argumentCount: number;
  /** Most unread input. */
  readonly queryBytes: number;
  /** Not authenticated: 10 arguments of at most 16 KiB. */
  readonly restricted: boolean;
}

/** A request, one of no words, a violation of the protocol (answer it, then close), or too much input (reset). */
export type Parsed =
  | { readonly kind: 'request'; readonly args: string[] }
  | { readonly kind: 'empty' }
  | { readonly kind: 'error'; readonly text: string }
  | { readonly kind: 'overflow' };

const EMPTY: Parsed = { kind: 'empty' };

const LF = 0x0a;
const CR = 0x0d;
const ASTERISK = 0x2a;
const DOLLAR = 0x24;
const UNAUTHENTICATED_ARGUMENTS = 10;
const UNAUTHENTICATED_BULK = 16_384;
const LARGEST_COUNT = 0x7fffffff;

export class RequestParser {
  readonly #bytes = new ByteQueue();
  readonly #limits: () => ParserLimits;
  /** Arguments of the running multibulk request that have not arrived; 0 between requests. */
  #missing = 0;
  #args: string[] = [];
  /** Length of the argument that is arriving, -1 when its length line is. */
  #bulkLength = -1;
  /** How far the queue was searched for the end of a line. */
  #searched = 0;

  /** @param limits asked for each request, since CONFIG SET and AUTH change them */
  constructor(limits: () => ParserLimits) {
    this.#limits = limits;
  }

  /** Bytes waiting. */
  get pendingBytes(): number {
    return this.#bytes.length;
  }

  push(chunk: Uint8Array): void {
    this.#bytes.push(chunk);
  }

  /** The next whole request; undefined when more bytes are needed. */
  next(): Parsed | undefined {
    if (this.#missing === 0) {
      if (this.#bytes.length === 0) return undefined;
      const started = this.#bytes.at(0) === ASTERISK ? this.#startMultibulk() : this.#inline();
      if (started !== 'started') return started ?? this.#checkOverflow();
    }
    return this.#arguments() ?? this.#checkOverflow();
  }

  #checkOverflow(): Parsed | undefined {
    return this.#bytes.length > this.#limits().queryBytes ? { kind: 'overflow' } : undefined;
  }

  /** Reads up to the CR of a length line and skips the byte behind it, whatever it is; undefined when it has not come. */
  #line(): string | undefined {
    const end = this.#bytes.indexOf(CR, this.#searched);
    if (end === -1 || end + 1 >= this.#bytes.length) {
      this.#searched = end === -1 ? this.#bytes.length : end;
      return undefined;
    }
    this.#searched = 0;
    const line = this.#bytes.latin1(end);
    this.#bytes.skip(end + 2);
    return line;
  }

  #startMultibulk(): Parsed | 'started' | undefined {
    const { lineBytes, restricted, argumentCount } = this.#limits();
    const line = this.#line();
    if (line === undefined) {
      return this.#bytes.length > lineBytes ? protocolError('too big mbulk count string') : undefined;
    }
    const count = strictInteger(line.slice(1));
    if (count === undefined || count > LARGEST_COUNT) return protocolError('invalid multibulk length');
    if (restricted && count > UNAUTHENTICATED_ARGUMENTS) return protocolError('unauthenticated multibulk length');
    if (count <= 0) return EMPTY;
    // The real server waits for up to 2^31 arguments; ours names its limit when they really come.
    this.#missing = count;
    this.#args = [];
    this.#bulkLength = -1;
    void argumentCount;
    return 'started';
  }

  #arguments(): Parsed | undefined {
    const limits = this.#limits();
    while (this.#missing > 0) {
      if (this.#bulkLength === -1) {
        const failed = this.#bulkHeader(limits);
        if (failed !== 'ok') return failed;
      }
      const length = this.#bulkLength;
      if (this.#bytes.length < length + 2) return undefined;
      this.#args.push(this.#bytes.latin1(length));
      this.#bytes.skip(length + 2);
      this.#bulkLength = -1;
      this.#missing--;
      if (this.#args.length > limits.argumentCount) return protocolError('invalid multibulk length');
    }
    const args = this.#args;
    this.#args = [];
    return { kind: 'request', args };
  }

  #bulkHeader(limits: ParserLimits): Parsed | 'ok' | undefined {
    const line = this.#line();
    if (line === undefined) {
      return this.#bytes.length > limits.lineBytes ? protocolError('too big bulk count string') : undefined;
    }
    if (line.charCodeAt(0) !== DOLLAR) {
      const found = line.length > 0 ? (line[0] as string) : '\r';
      return protocolError(`expected '$', got '${found}'`);
    }
    const length = strictInteger(line.slice(1));
    if (length === undefined || length < 0 || length > limits.bulkBytes) return protocolError('invalid bulk length');
    if (limits.restricted && length > UNAUTHENTICATED_BULK) return protocolError('unauthenticated bulk length');
    this.#bulkLength = length;
    return 'ok';
  }

  #inline(): Parsed | undefined {
    const end = this.#bytes.indexOf(LF, this.#searched);
    const nul = this.#bytes.indexOf(0, 0);
    // A NUL hides the line's end from the real server, which searches as in a C string.
    if (end === -1 || (nul !== -1 && nul < end)) {
      this.#searched = end === -1 ? this.#bytes.length : 0;
      return this.#bytes.length > this.#limits().lineBytes ? protocolError('too big inline request') : undefined;
    }
    this.#searched = 0;
    const line = this.#bytes.latin1(end);
    this.#bytes.skip(end + 1);
    const args = splitInline(line.endsWith('\r') ? line.slice(0, -1) : line);
    if (!args) return protocolError('unbalanced quotes in request');
    return args.length === 0 ? EMPTY : { kind: 'request', args };
  }
}

function protocolError(text: string): Parsed {
  return { kind: 'error', text: `ERR Protocol error: ${text}` };
}

/** An integer as Redis reads it: no plus, no leading zeros, no spaces; undefined for anything else. */
export function strictInteger(text: string): number | undefined {
  if (!/^(?:0|-?[1-9]\d{0,17})$/.test(text)) return undefined;
  return Number(text);
}
