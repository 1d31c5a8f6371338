import { BrokerError } from '../../core/errors.js';
import { type AmqpConnection, AmqpError, type ConnectionSink } from '../../models/amqp/index.js';
import { ByteQueue } from '../byte-queue.js';
import type { ConnectionInfo, Session, Transport } from '../door.js';
import { AlarmGate } from './alarm-gate.js';
import { SessionChannel } from './channel.js';
import {
  FRAME_HEARTBEAT,
  FRAME_METHOD,
  FRAME_OVERHEAD_BYTES,
  type Frame,
  type FrameFault,
  isFault,
  isWellFormed,
  nextFrame,
} from './frame.js';
import { FrameOutput } from './frame-output.js';
import { faultyFrame, unexpectedFrame, unknownFrame } from './frame-refusal.js';
import type { AmqpDoor } from './index.js';
import { Link } from './link.js';
import { METHODS, type Method, methodById } from './method.js';
import { type MethodPlace, MethodReader, type ReadMethod } from './method-reader.js';
import { type ClientIdentity, Negotiation } from './negotiation.js';
import { isProtocolHeader, PROTOCOL_HEADER } from './protocol-header.js';
import { Reader } from './reader.js';
import { closeTimeoutMs, FAULT_CLOSE_MS, LEAST_FRAME_MAX, type Tuning } from './tune.js';

const SHUTDOWN_TEXT = "broker forced connection closure with reason 'shutdown'";

/**
 * One connection as a state machine without a socket.
 *
 * ```
 * header       --AMQP 0 0 9 1-->      negotiating   start-ok, tune-ok, open
 * negotiating  --open-->              running       everything
 * running      --an error-->          closing       waits for close-ok, ignores the rest
 * running      --connection.close-->  closed        waits for the peer to close the socket
 * any          --nonsense-->          closed
 * ```
 */
type State = 'header' | 'negotiating' | 'running' | 'closing' | 'closed';

export class AmqpSession implements Session, ConnectionSink {
  readonly door: AmqpDoor;
  readonly info: ConnectionInfo;
  /** The model's side of it, while the connection is open. */
  connection: AmqpConnection | undefined;
  identity: ClientIdentity | undefined;
  tuning: Tuning | undefined;
  readonly output: FrameOutput;
  readonly channels = new Map<number, SessionChannel>();
  readonly link: Link;
  readonly #input = new ByteQueue();
  readonly #methods = new MethodReader();
  readonly #negotiation: Negotiation;
  readonly #alarmGate: AlarmGate;
  #state: State = 'header';
  #frameMax: number;
  /** A fault or an alarm holds the connection: what arrives waits. */
  #held = false;
  #pumping = false;

  constructor(door: AmqpDoor, transport: Transport, info: ConnectionInfo) {
    this.door = door;
    this.info = info;
    this.#frameMax = LEAST_FRAME_MAX[door.broker.version];
    this.link = new Link(transport, door.context.clock);
    this.output = new FrameOutput((bytes) => this.#write(bytes));
    this.#alarmGate = new AlarmGate(this.output);
    const { limits } = door.context;
    this.#negotiation = new Negotiation({
      broker: door.broker,
      limits,
      send: (method, values) => this.output.method(0, method, values),
      tuned: (tuning) => this.#tuned(tuning),
      open: (vhost, identity) => this.#open(vhost, identity),
      hangUp: (reason) => this.#hangUp(reason),
    });
    this.link.arm(limits.handshakeMs, () => this.#hangUp(`no open connection within ${limits.handshakeMs} ms`));
  }

  // ---- what the listener calls

  receive(chunk: Uint8Array): void {
    if (this.#state === 'closed') return;
    this.link.received(chunk.length);
    this.#input.push(chunk);
    this.#pump();
    this.#regulateInput();
  }

  drained(): void {
    this.#pump();
    this.#regulateInput();
  }

  shutdown(): void {
    if (this.#state === 'running') this.#closeConnection(new AmqpError('CONNECTION_FORCED', SHUTDOWN_TEXT));
    this.#end();
  }

  /**
   * Without an error: the transport has gone. With one: the model closed the connection, which the client is told.
   */
  closed(error?: AmqpError): void {
    if (error) return this.#closeConnection(error);
    this.#state = 'closed';
    this.#release();
    this.link.stopTimers();
    this.#input.clear();
    this.door.sessions.delete(this);
  }

  // ---- what others ask of it

  get running(): boolean {
    return this.#state === 'running';
  }

  get state(): State {
    return this.#state;
  }

  /** What the client calls itself. */
  get clientName(): string | undefined {
    const name = this.identity?.properties.get('connection_name');
    return typeof name === 'string' ? name : undefined;
  }

  get alarm(): string | undefined {
    return this.#alarmGate.reason;
  }

  blocked(reason: string): void {
    this.#alarmGate.close(reason);
  }

  unblocked(): void {
    this.#alarmGate.open();
  }

  /** Holds a publish, and everything behind it, until the alarm is over. */
  holdForAlarm(resume: () => void): void {
    const tells = this.identity?.capabilities.has('connection.blocked') ?? false;
    this.hold((release) => this.#alarmGate.wait(release, tells), resume);
  }

  /** Ends what an error ends: its channel, or the connection. @throws what is no BrokerError, to the listener */
  fail(error: unknown, channel?: SessionChannel, method?: Method): void {
    const known = asAmqpError(error);
    if (channel && known.scope === 'channel') return channel.refuse(known, method);
    this.#closeConnection(known, method);
  }

  /** Stops reading requests until `release` is called, which goes on with `resume`. */
  hold(start: (release: () => void) => void, resume: () => void): void {
    this.#held = true;
    start(() => {
      if (!this.#held || this.#state === 'closed') return;
      this.#held = false;
      resume();
      this.#pump();
      this.#regulateInput();
    });
  }

  /** Resets the connection after so many more bytes have left. */
  cutAfter(bytes: number): void {
    this.link.cutAfter(bytes, () => this.#end());
  }

  /** Ends the connection without a word. */
  hangUp(): void {
    this.#end();
  }

  // ---- reading

  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    const { outbox } = this.door.context;
    outbox.beginBurst();
    try {
      while (this.#state !== 'closed' && !this.#held && this.#canWrite()) {
        if (this.#state === 'header') {
          if (!this.#takeHeader()) return;
          continue;
        }
        const split = nextFrame(this.#input, this.#frameMax);
        if (!split) return;
        if (isFault(split)) this.#refuseFrame(split);
        else this.#take(split);
      }
    } finally {
      this.#pumping = false;
      outbox.endBurst();
    }
  }

  /** A peer that does not read its answers is not served any further. */
  #canWrite(): boolean {
    return this.link.bufferedBytes <= this.door.context.limits.outputHardBytes;
  }

  #regulateInput(): void {
    if (this.#state === 'closed') return;
    this.link.setPaused(this.#input.length > 2 * (this.#frameMax + FRAME_OVERHEAD_BYTES));
  }

  #takeHeader(): boolean {
    if (this.#input.length < PROTOCOL_HEADER.length) return false;
    if (isProtocolHeader(this.#input.peek(PROTOCOL_HEADER.length))) {
      this.#input.skip(PROTOCOL_HEADER.length);
      this.#state = 'negotiating';
      this.#negotiation.start();
      return true;
    }
    this.#write(PROTOCOL_HEADER);
    this.#hangUp('no AMQP 0-9-1 protocol header');
    return false;
  }

  #take(frame: Frame): void {
    if (this.#state === 'closing') return this.#takeWhileClosing(frame);
    if (!isWellFormed(frame)) return this.#closeConnection(unknownFrame(frame));
    if (frame.channel === 0) return this.#takeOnZero(frame);
    if (this.#state !== 'running' || frame.type === FRAME_HEARTBEAT)
      return this.#closeConnection(unexpectedFrame(frame));
    this.#takeOnChannel(frame);
  }

  #takeOnZero(frame: Frame): void {
    if (frame.type === FRAME_HEARTBEAT) return;
    if (frame.type !== FRAME_METHOD) return this.#closeConnection(unexpectedFrame(frame));
    const read = this.#readMethod(frame.payload);
    if (!read) return;
    const { method, values } = read;
    if (this.#state === 'negotiating') {
      try {
        this.#negotiation.take(method, values);
      } catch (error) {
        this.fail(error, undefined, method === METHODS.connectionStartOk ? undefined : (method as Method));
      }
      return;
    }
    switch (method) {
      case METHODS.connectionClose:
        return this.#peerCloses();
      case METHODS.connectionUpdateSecret:
        return this.output.method(0, METHODS.connectionUpdateSecretOk, {});
      default:
        this.fail(
          new AmqpError('CHANNEL_ERROR', 'unexpected method in connection state running'),
          undefined,
          method as unknown as Method,
        );
    }
  }

  #takeOnChannel(frame: Frame): void {
    const channel = this.channels.get(frame.channel) ?? this.#createChannel(frame.channel);
    if (!channel) return;
    if (frame.type !== FRAME_METHOD) return channel.takeContent(frame);
    if (channel.busy) return channel.refuseMethod();
    const read = this.#readMethod(frame.payload);
    if (read) channel.takeMethod(read.method, read.values);
  }

  /** Channels are counted, whatever their numbers. */
  #createChannel(number: number): SessionChannel | undefined {
    const { channelMax } = this.tuning as Tuning;
    const open = this.channels.size;
    if (open >= channelMax) {
      const text = `number of channels opened (${open}) has reached the negotiated channel_max (${channelMax})`;
      this.fail(new AmqpError('NOT_ALLOWED', text));
      return undefined;
    }
    const channel = new SessionChannel(this, number);
    this.channels.set(number, channel);
    return channel;
  }

  #readMethod(payload: Uint8Array): ReadMethod | undefined {
    const read = this.#methods.read(payload, this.door.context.limits);
    if (!('refusal' in read)) return read;
    if (this.#state === 'negotiating') this.#hangUp(read.refusal.replyText);
    else this.#closeConnection(read.refusal, read.place);
    return undefined;
  }

  /** Only the goodbye counts now. */
  #takeWhileClosing(frame: Frame): void {
    if (frame.channel !== 0 || frame.type !== FRAME_METHOD || frame.payload.length < 4) return;
    const reader = new Reader(frame.payload);
    const method = methodById(reader.uint16(), reader.uint16());
    if (method === METHODS.connectionCloseOk) this.#end();
    else if (method === METHODS.connectionClose) this.output.method(0, METHODS.connectionCloseOk, {});
  }

  // ---- opening and closing

  #tuned(tuning: Tuning): void {
    this.tuning = tuning;
    this.#frameMax = tuning.frameMax;
    this.output.frameMax = tuning.frameMax;
    if (tuning.heartbeat === 0) return;
    this.link.startHeartbeat(tuning.heartbeat * 1000, () => this.#cut('missed heartbeats from the client'));
  }

  #open(vhost: string, identity: ClientIdentity): void {
    this.identity = identity;
    this.connection = this.door.connect(this, vhost, identity);
    this.#state = 'running';
    this.link.disarm();
    this.output.method(0, METHODS.connectionOpenOk, { knownHosts: '' });
  }

  #peerCloses(): void {
    this.#release();
    this.output.method(0, METHODS.connectionCloseOk, {});
    // RabbitMQ leaves it to the client to close the socket, and waits for that only so long.
    this.#state = 'closed';
    this.link.stopHeartbeat();
    this.link.arm(closeTimeoutMs(this.tuning), () => this.#end());
  }

  #closeConnection(error: AmqpError, method?: MethodPlace, patienceMs = closeTimeoutMs(this.tuning)): void {
    if (this.#state === 'closing' || this.#state === 'closed') return;
    // Before the connection is tuned RabbitMQ says nothing but that the login is refused.
    if (!this.tuning && error.code !== 'ACCESS_REFUSED') return this.#hangUp(error.replyText);
    this.#journal(error.replyText);
    this.#release();
    this.output.method(0, METHODS.connectionClose, {
      replyCode: error.replyCode,
      replyText: error.replyText,
      // RabbitMQ's own failures name no method.
      classId: error.code === 'INTERNAL_ERROR' ? 0 : (method?.classId ?? 0),
      methodId: error.code === 'INTERNAL_ERROR' ? 0 : (method?.methodId ?? 0),
    });
    if (this.#state === 'negotiating' && error.code === 'ACCESS_REFUSED') return this.#end();
    this.#state = 'closing';
    this.link.arm(patienceMs, () => this.#end());
  }

  /** The model forgets the connection: channels end, what was unacked is queued again. */
  #release(): void {
    for (const channel of this.channels.values()) channel.abandon();
    this.channels.clear();
    const { connection } = this;
    this.connection = undefined;
    connection?.close();
  }

  #end(): void {
    this.#state = 'closed';
    this.#release();
    this.link.stopTimers();
    this.link.end();
  }

  #cut(reason: string): void {
    this.#journal(reason);
    this.#state = 'closed';
    this.#release();
    this.link.stopTimers();
    this.link.destroy();
  }

  #hangUp(reason: string): void {
    this.#journal(reason);
    this.#end();
  }

  // ---- refusing

  #refuseFrame(fault: FrameFault): void {
    this.#closeConnection(faultyFrame(fault, this.#frameMax), undefined, FAULT_CLOSE_MS);
    // Where the next frame begins is lost, so nothing that follows can be read, a close-ok neither.
    this.#input.clear();
  }

  #journal(reason: string): void {
    const { journal } = this.door.context;
    if (journal.on) journal.record('amqp', 'protocol-error', { connection: this.info.id, reason });
  }

  #write(bytes: Uint8Array): void {
    if (this.#state !== 'closed') this.link.write(bytes);
  }
}

/** @throws the error itself when it is no BrokerError: a defect, for the listener to report */
function asAmqpError(error: unknown): AmqpError {
  if (error instanceof AmqpError) return error;
  if (error instanceof BrokerError) return new AmqpError('RESOURCE_ERROR', error.message);
  throw error;
}
