/** One connection from its first byte to its last: which protocol it speaks, what leaves together, and its end. */
import type { Duplex } from 'node:stream';
import { afterRealTime, type Clock, type Timer } from '../core/clock.js';
import type { ModelName } from '../core/errors.js';
import type { Journal } from '../core/journal.js';
import type { Limits } from '../core/limits.js';
import { ByteQueue } from './byte-queue.js';
import type { ConnectionInfo, Door, Session, Transport } from './door.js';
import { type Protocol, sniff } from './sniffer.js';

/** A socket, or the broker's end of a pipe. */
export type ByteStream = Duplex & { unref(): unknown; destroySoon(): void };

export interface ConnectionContext {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly journal: Journal;
  readonly reportError: (error: unknown) => void;
  readonly doors: Readonly<Record<ModelName, Door>>;
  /** Takes over a connection that speaks HTTP, paused, and the bytes read so far. */
  readonly acceptHttp: (stream: Duplex, bytes: Uint8Array) => void;
}

export interface ConnectionEvents {
  moved(): void;
  gone(): void;
  isHttp(): void;
}

// Small writes of one turn leave in one system call; larger ones are not worth copying.
const JOIN_BELOW_BYTES = 64 * 1024;

/** How long a peer may take to read the goodbye. */
const LONGEST_GOODBYE_MS = 500;

// Captured at load: an application's fake timers cannot stop what was written from leaving.
const systemQueueMicrotask = globalThis.queueMicrotask;

/** One accepted connection: first unknown, then a session's transport. */
export class Connection implements Transport {
  readonly info: ConnectionInfo;
  /** Resolves when the stream is closed and the session has been told. */
  readonly gone: Promise<void>;
  readonly #stream: ByteStream;
  readonly #fallback: ModelName | undefined;
  readonly #context: ConnectionContext;
  readonly #events: ConnectionEvents;
  #unknown: ByteQueue | undefined = new ByteQueue();
  #handshake: Timer | undefined;
  #session: Session | undefined;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #ending = false;
  #flushScheduled = false;

  constructor(
    stream: ByteStream,
    info: ConnectionInfo,
    fallback: ModelName | undefined,
    context: ConnectionContext,
    events: ConnectionEvents,
  ) {
    this.#stream = stream;
    this.info = info;
    this.#fallback = fallback;
    this.#context = context;
    this.#events = events;
    this.#handshake = context.clock.schedule(
      context.clock.now + context.limits.handshakeMs,
      () => this.destroy(),
      'liveness',
    );
    this.gone = new Promise((resolve) => {
      stream.once('close', () => {
        this.#onClose();
        resolve();
      });
    });
    stream.unref();
    stream.on('data', (chunk: Uint8Array) => this.#onData(chunk));
    stream.on('end', () => this.#guard(() => this.#onPeerEnd()));
    stream.on('drain', () => this.#guard(() => this.#session?.drained?.()));
    stream.on('error', () => {}); // a reset peer is told by 'close'
  }

  get bufferedBytes(): number {
    return this.#pendingBytes + this.#stream.writableLength;
  }

  write(bytes: Uint8Array): void {
    if (this.#ending || bytes.length === 0) return;
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    this.#scheduleFlush();
  }

  end(): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#scheduleFlush();
  }

  destroy(): void {
    this.#ending = true;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#stream.destroy();
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  /** Says goodbye through the session; a connection that has not said what it speaks is dropped. */
  shutdown(): void {
    if (!this.#session) return this.destroy();
    this.#guard(() => this.#session?.shutdown());
    this.#flush();
    if (this.#stream.destroyed) return;
    this.#stream.destroySoon();
    // A peer that does not read must not hold up the broker's own end.
    const cancel = afterRealTime(LONGEST_GOODBYE_MS, () => this.#stream.destroy());
    this.gone.then(cancel);
  }

  #onData(chunk: Uint8Array): void {
    this.#events.moved();
    if (this.#ending) return;
    if (this.#session) this.#guard(() => (this.#session as Session).receive(chunk));
    else if (this.#unknown) this.#identify(this.#unknown, chunk);
  }

  #identify(unknown: ByteQueue, chunk: Uint8Array): void {
    unknown.push(chunk);
    const bytes = unknown.peek(unknown.length);
    const protocol = sniff(bytes);
    if (protocol) this.#become(protocol, bytes);
  }

  #become(protocol: Protocol, bytes: Uint8Array): void {
    this.#unknown = undefined;
    this.#context.clock.cancel(this.#handshake);
    if (protocol === 'tls') {
      const reason = 'this looks like a TLS ClientHello; this port speaks plain text: switch TLS off in the client';
      if (this.#context.journal.on) {
        this.#context.journal.record(undefined, 'protocol-error', { connection: this.info.id, reason });
      }
      return this.destroy();
    }
    if (protocol === 'http') return this.#becomeHttp(bytes);
    const told = protocol === 'redis' && bytes[0] !== 0x2a ? (this.#fallback ?? 'redis') : protocol;
    this.#session = this.#context.doors[told].open(this, this.info);
    this.#guard(() => this.#session?.receive(bytes));
  }

  #becomeHttp(bytes: Uint8Array): void {
    // Not all listeners at once: those that Node itself has set must stay.
    for (const event of ['data', 'end', 'drain', 'close']) this.#stream.removeAllListeners(event);
    this.#stream.pause();
    this.#events.isHttp();
    this.#context.acceptHttp(this.#stream, bytes);
  }

  #onPeerEnd(): void {
    this.#events.moved();
    // What is still undecided when the peer stops talking can only be a short inline command.
    if (this.#unknown && this.#unknown.length > 0) this.#become('redis', this.#unknown.peek(this.#unknown.length));
    if (this.#session?.peerEnded) this.#session.peerEnded();
    else this.end();
  }

  #onClose(): void {
    this.#events.moved();
    this.#context.clock.cancel(this.#handshake);
    this.#events.gone();
    this.#guard(() => this.#session?.closed());
  }

  /** A session that throws is our mistake: that connection dies, the error is reported, no other connection notices. */
  #guard(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#context.reportError(error);
      this.destroy();
    }
  }

  #scheduleFlush(): void {
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    systemQueueMicrotask(() => {
      this.#flushScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    const stream = this.#stream;
    if (this.#pending.length > 0 && !stream.destroyed) {
      this.#events.moved();
      const pending = this.#pending;
      const bytes = this.#pendingBytes;
      this.#pending = [];
      this.#pendingBytes = 0;
      if (pending.length === 1) stream.write(pending[0] as Uint8Array);
      else if (bytes < JOIN_BELOW_BYTES) stream.write(Buffer.concat(pending, bytes));
      else {
        stream.cork();
        for (const part of pending) stream.write(part);
        stream.uncork();
      }
    }
    if (this.#ending && !stream.writableEnded) stream.end();
    // With half-open sockets the peer's end is not waited for: like a server that has closed, not shut down.
    if (this.#ending && !stream.destroyed) stream.destroySoon();
  }
}
