/**
 * One Redis connection as a state machine without a socket: it reads requests, runs them in order, one at a time, and
 * writes replies and pushes.
 *
 * While a command blocks or the server is paused, later requests wait in the parser. Pushes to the publishing
 * connection itself leave before its reply in Redis 7.0 and after it from 7.2 on.
 */
import type { AclUser, ClientClass, PubSubMessage, Subscriber } from '../../models/redis/index.js';
import type { ConnectionInfo, Session as DoorSession, Transport } from '../door.js';
import type { Blocked } from './blocking.js';
import { dispatch } from './dispatch.js';
import type { RedisDoor } from './index.js';
import { OutputLimiter } from './output-limiter.js';
import { error, type Protocol, push } from './reply.js';
import { RequestParser } from './request-parser.js';
import { Subscriptions } from './subscriptions.js';
import type { TrackingState } from './tracking.js';
import type { Transaction } from './transaction.js';

export type ReplyMode = 'on' | 'off' | 'skip' | 'skip-next';

export class Session implements DoorSession, Subscriber {
  readonly door: RedisDoor;
  readonly connection: ConnectionInfo;
  readonly id: number;
  readonly startedMs: number;
  readonly transport: Transport;
  /** When it last sent or was sent something. */
  lastActivityMs: number;
  lastCommand = 'NULL';
  protocol: Protocol = 2;
  name = '';
  libName = '';
  libVersion = '';
  db = 0;
  user: AclUser;
  /** It has logged in, or did not have to when it connected. */
  loggedIn: boolean;
  noEvict = false;
  noTouch = false;
  monitoring = false;
  replyMode: ReplyMode = 'on';
  readonly subscriptions = new Subscriptions();
  readonly transaction: Transaction;
  /** What CLIENT TRACKING asked for, while it is on. */
  tracking: TrackingState | undefined;
  blocked: Blocked | undefined;
  /** The connection is none: it runs the commands of a script. */
  readonly scripted: boolean = false;
  readonly #parser: RequestParser;
  readonly #limiter: OutputLimiter;
  #out = '';
  /** Own pushes that wait for the reply (Redis 7.2). */
  #ownPushes = '';
  #running = 0;
  /** A request that CLIENT PAUSE or a fault holds back. */
  #held: string[] | undefined;
  #suspended = false;
  #closing = false;
  /** It closes with the next bytes that it would write. */
  #lingering = false;
  #gone = false;
  #released = false;
  #closesAfterCommand = false;

  constructor(door: RedisDoor, transport: Transport, connection: ConnectionInfo, id: number, transaction: Transaction) {
    this.door = door;
    this.transport = transport;
    this.connection = connection;
    this.id = id;
    this.transaction = transaction;
    this.startedMs = door.now;
    this.lastActivityMs = door.now;
    this.user = door.broker.acl.default;
    this.loggedIn = this.user.isOpen;
    this.#limiter = new OutputLimiter(
      door,
      () => this.bufferedBytes,
      () => this.cut(),
    );
    this.#parser = new RequestParser(() => door.parserLimits(this.authenticated));
  }

  // ---- what the listener calls

  receive(chunk: Uint8Array): void {
    if (this.#closing) return;
    this.lastActivityMs = this.door.now;
    this.door.stats.countRead(chunk.length);
    this.#parser.push(chunk);
    this.proceed();
    this.door.flush();
  }

  peerEnded(): void {
    if (!this.blocked) this.close();
    else this.cut();
    this.door.flush();
  }

  drained(): void {
    this.#limiter.check(this.clientClass, this.bufferedBytes);
  }

  shutdown(): void {
    this.close();
    this.flush();
  }

  closed(): void {
    this.#gone = true;
    this.#closing = true;
    this.#release();
  }

  /** Frees what the connection owned: nothing counts it from here on. */
  #release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#limiter.stop();
    this.#stopWaiting();
    this.transaction.reset();
    this.subscriptions.drop(this.door.broker, this);
    this.door.tracking.disable(this);
    this.door.forget(this);
  }

  // ---- running requests

  /** Runs what has arrived, until something blocks. */
  proceed(): void {
    while (!this.#closing && !this.blocked && !this.#suspended && !this.#held) {
      const parsed = this.#parser.next();
      if (!parsed) return;
      if (parsed.kind === 'empty') {
        this.requestEnded();
        continue;
      }
      if (parsed.kind === 'overflow') return this.cut();
      if (parsed.kind === 'error') {
        this.door.journalProtocolError(this, parsed.text);
        this.reply(error(parsed.text));
        return this.closeAfterReply();
      }
      this.#intercept(parsed.args);
    }
  }

  /** Faults first, then the command itself. */
  #intercept(args: string[]): void {
    const { interceptors } = this.door.context;
    if (!interceptors.active) return this.run(args);
    const verdict = interceptors.decide({
      model: 'redis',
      operation: (args[0] as string).toUpperCase(),
      connection: this.connection,
      clientName: this.name,
    });
    if (!verdict) return this.run(args);
    switch (verdict.kind) {
      case 'reply':
        return this.reply(error(verdict.error.replace(/^-/, '')));
      case 'drop':
        return;
      case 'close':
        return this.cut();
      case 'cut': {
        this.flush();
        this.run(args);
        const answer = this.#out.slice(0, verdict.bytes);
        this.#out = answer;
        this.flush();
        this.#closing = true;
        return this.transport.end();
      }
      case 'delay': {
        this.#suspended = true;
        const { clock } = this.door.context;
        clock.schedule(clock.now + verdict.delayMs, () => this.#resumeWith(args));
        return;
      }
      case 'hold':
        return this.#runAfter(verdict.release, args);
      default:
        return verdict satisfies never;
    }
  }

  /** Holds a request, and what comes behind it, until something has come to its end. */
  #runAfter(end: PromiseLike<unknown>, args: string[]): void {
    this.#suspended = true;
    end.then(
      () => this.#resumeWith(args),
      () => this.#resumeWith(args),
    );
  }

  #resumeWith(args: string[]): void {
    if (this.#closing) return;
    this.#suspended = false;
    this.run(args);
    this.proceed();
    this.door.flush();
  }

  /** Runs one request and writes its reply. */
  run(args: string[]): void {
    if (this.door.isPausedFor(this, args)) {
      this.#held = args;
      return;
    }
    const loading = this.door.scripting.loadFor(args[0] as string);
    if (loading) return this.#runAfter(loading, args);
    this.enter();
    try {
      // Native subscribers are called when the command has ended, never inside it.
      this.door.context.outbox.run(() => dispatch(this, args));
    } finally {
      this.leave();
    }
  }

  /** SKIP silences the request that follows it, not itself. An empty one is one. */
  requestEnded(): void {
    if (this.replyMode === 'skip-next') this.replyMode = 'skip';
    else if (this.replyMode === 'skip') this.replyMode = 'on';
  }

  /** The pause is over: the held request runs, and what came behind it. */
  releaseHeld(): void {
    const args = this.#held;
    this.#held = undefined;
    if (args) this.run(args);
    this.proceed();
  }

  /** A command starts: own pushes wait for its reply. */
  enter(): void {
    if (this.#running++ === 0) this.door.tracking.begin(this);
  }

  leave(): void {
    if (--this.#running > 0) return;
    if (this.#closesAfterCommand) this.closeAfterReply();
    if (this.#ownPushes !== '') {
      this.#out += this.#ownPushes;
      this.#ownPushes = '';
      this.door.touch(this);
    }
    this.door.tracking.end(this);
  }

  /** The blocked command is answered; what was sent meanwhile runs now. */
  unblock(reply: string): void {
    if (!this.blocked) return;
    this.#stopWaiting();
    if (reply.startsWith('-')) {
      this.door.stats.countError(reply.slice(1));
      this.door.stats.count(this.lastCommand, 'failed');
    }
    this.reply(reply);
    this.door.resume(this);
  }

  #stopWaiting(): void {
    this.blocked?.stop();
    this.blocked?.delayed.abandon();
    this.blocked = undefined;
  }

  // ---- writing

  get clientClass(): ClientClass {
    return this.subscriptions.any ? 'pubsub' : 'normal';
  }

  get bufferedBytes(): number {
    return this.#out.length + this.transport.bufferedBytes;
  }

  get pendingInputBytes(): number {
    return this.#parser.pendingBytes;
  }

  /** It waits for a command's answer, or for the end of a pause. */
  get isWaiting(): boolean {
    return this.blocked !== undefined || this.#held !== undefined;
  }

  /** Nothing more has to be known about it. */
  get authenticated(): boolean {
    return this.loggedIn || this.door.broker.acl.default.isOpen;
  }

  get closing(): boolean {
    return this.#closing;
  }

  /** Writes the reply of a command, unless CLIENT REPLY says otherwise. */
  reply(bytes: string): void {
    if (bytes === '' || this.#closing) return;
    // SKIP silences the next request, not what follows it within the same EXEC.
    if (this.replyMode === 'on' || this.replyMode === 'skip-next') this.#append(bytes);
  }

  /** Writes a confirmation or another frame that CLIENT REPLY does not silence. */
  push(items: readonly string[]): void {
    this.#append(push(items, this.protocol));
  }

  /** Writes bytes that are a reply of their own kind, like `+RESET`, whatever the reply mode. */
  pushRaw(bytes: string): void {
    this.#append(bytes);
  }

  deliver(message: PubSubMessage): void {
    const frame = this.door.frames.of(message, this.protocol);
    if (this.#running > 0 && this.door.broker.version !== '7.0') {
      this.#ownPushes += frame;
      return;
    }
    this.#append(frame);
  }

  #append(bytes: string): void {
    if (this.#lingering) this.close();
    if (this.#closing) return;
    const before = this.bufferedBytes;
    this.#out += bytes;
    this.door.touch(this);
    this.#limiter.check(this.clientClass, before + bytes.length, before);
  }

  /** Hands everything written so far to the transport. */
  flush(): void {
    if (this.#out === '' || this.#gone) return;
    this.lastActivityMs = this.door.now;
    this.door.stats.countWrite(this.#out.length);
    this.transport.write(Buffer.from(this.#out, 'latin1'));
    this.#out = '';
  }

  /** Closes after what was written has left. */
  close(): void {
    if (this.#closing && !this.#lingering) return;
    this.#lingering = false;
    this.#closing = true;
    this.#stopWaiting();
    this.flush();
    this.transport.end();
  }

  /** Reads no more and closes when it has written: if CLIENT REPLY silenced all, only the next push or the peer ends it. */
  closeAfterReply(): void {
    if (this.#closing || this.#out !== '') return this.close();
    this.#closing = true;
    this.#lingering = true;
  }

  /** Closes when the running command, or the whole transaction, has been answered. */
  closeAfterCommand(): void {
    this.#closesAfterCommand = true;
  }

  /** Closes as CLIENT KILL does: its subscriptions are gone at once, and what has not been handed over. */
  kill(): void {
    this.#out = '';
    this.#ownPushes = '';
    this.close();
    this.#release();
  }

  /** Closes at once; what has not left is lost, and nothing more counts for this connection. */
  cut(): void {
    this.#closing = true;
    this.#stopWaiting();
    this.#out = '';
    this.transport.destroy();
  }
}
