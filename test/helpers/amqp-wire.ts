/** Speaks AMQP to sessions without a socket: the client's side of the wire, frame by frame, on a virtual clock. */
import { VirtualClock } from '../../src/core/clock.js';
import { Journal } from '../../src/core/journal.js';
import { TEST_LIMITS } from '../../src/core/limits.js';
import type { ModelContext } from '../../src/core/model.js';
import { Outbox } from '../../src/core/outbox.js';
import { Random } from '../../src/core/random.js';
import { AmqpBroker, type AmqpOptions, type BasicProperties } from '../../src/models/amqp/index.js';
import { WireProperties } from '../../src/wire/amqp/content.js';
import { FRAME_BODY, FRAME_HEADER, FRAME_METHOD, type Frame, isFault, nextFrame } from '../../src/wire/amqp/frame.js';
import { FrameOutput } from '../../src/wire/amqp/frame-output.js';
import { AmqpDoor } from '../../src/wire/amqp/index.js';
import { managementRoute } from '../../src/wire/amqp/management/index.js';
import { type AnyMethod, METHODS, type Method, methodById } from '../../src/wire/amqp/method.js';
import { Reader } from '../../src/wire/amqp/reader.js';
import { writeTable } from '../../src/wire/amqp/table.js';
import { Writer } from '../../src/wire/amqp/writer.js';
import { ByteQueue } from '../../src/wire/byte-queue.js';
import type { ConnectionInfo, Session, Transport } from '../../src/wire/door.js';
import type { DoorContext } from '../../src/wire/door-context.js';
import { Interceptors } from '../../src/wire/interceptors.js';
import { propertiesFromJson, propertiesToJson, tableFromJson, tableToJson } from './amqp-json.js';

type Fields = Record<string, any>;

export const PROTOCOL_HEADER = Uint8Array.of(0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1);

/** The capabilities that a current client declares. */
export const CLIENT_CAPABILITIES = {
  publisher_confirms: true,
  exchange_exchange_bindings: true,
  'basic.nack': true,
  consumer_cancel_notify: true,
  'connection.blocked': true,
  authentication_failure_close: true,
  consumer_priorities: true,
  per_consumer_qos: true,
  direct_reply_to: true,
};

const BY_NAME: ReadonlyMap<string, Method> = new Map(
  Object.values(METHODS).map((method) => [method.name, method as unknown as Method]),
);

/** An amqp model and its door on a virtual clock, without a port. */
export class AmqpWorld {
  readonly clock: VirtualClock;
  readonly context: DoorContext;
  readonly broker: AmqpBroker;
  readonly door: AmqpDoor;
  readonly errors: unknown[] = [];
  readonly peers = new Set<AmqpPeer>();
  #connections = 0;

  constructor(options: AmqpOptions = {}, limits: Partial<typeof TEST_LIMITS> = {}) {
    const reportError = (error: unknown) => void this.errors.push(error);
    const all = { ...TEST_LIMITS, ...limits };
    this.clock = new VirtualClock({ limits: all });
    const model: ModelContext = {
      clock: this.clock,
      random: new Random(1),
      outbox: new Outbox(reportError),
      journal: new Journal(this.clock, 1_000),
      limits: all,
      reportError,
    };
    this.context = {
      ...model,
      interceptors: new Interceptors(),
      advertise: () => undefined,
      resetConnection: () => false,
    };
    this.broker = new AmqpBroker(model, { nodes: 1, ...options });
    this.door = new AmqpDoor(this.broker, this.context);
  }

  /** Opens a session. */
  open(transport: Transport): Session {
    const info: ConnectionInfo = {
      id: `c${++this.#connections}`,
      nodeId: 1,
      local: { address: '127.0.0.1', port: 5672 },
      remote: { address: '127.0.0.1', port: 40_000 + this.#connections },
    };
    return this.door.open(transport, info);
  }

  /** A client that has shaken hands. */
  connect(options: PeerOptions = {}): AmqpPeer {
    const peer = new AmqpPeer(this);
    const failure = peer.handshake(options);
    if (failure) throw new Error(`no connection: ${JSON.stringify(failure)}`);
    return peer;
  }

  advance(ms: number, liveness = false): void {
    if (ms > 0) this.clock.advanceTo(this.clock.now + ms, { liveness });
  }

  /** Asks the management API; `user:password` may be given. */
  async http(
    method: string,
    target: string,
    body?: unknown,
    credentials = 'guest:guest',
    contentType = 'application/json',
  ): Promise<HttpAnswer> {
    const url = new URL(target, 'http://localhost:5672');
    const response = await managementRoute(this.door)({
      method,
      path: url.pathname,
      query: url.searchParams,
      headers: {
        authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
        host: url.host,
        'content-type': contentType,
      },
      body: body === undefined ? new Uint8Array() : Buffer.from(JSON.stringify(body)),
    });
    if (!response) return { status: 404, body: { error: 'Object Not Found', reason: 'Not Found' } };
    const plain = response.body === undefined ? '' : JSON.parse(JSON.stringify(response.body));
    return { status: response.status, body: plain, ...(response.headers && { headers: response.headers }) };
  }

  /** Restarts the broker as a restart of the process does: connections first. */
  restart(): void {
    for (const peer of [...this.peers]) peer.shutdown();
    this.broker.restart();
  }
}

export interface HttpAnswer {
  readonly status: number;
  readonly body?: any;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a client sees, in order. */
export type PeerItem =
  | { readonly kind: 'header'; readonly bytes: Uint8Array }
  | { readonly kind: 'heartbeat' }
  | { readonly kind: 'end' }
  | {
      readonly kind: 'method';
      readonly channel: number;
      readonly name: string;
      readonly args: Fields;
      readonly props?: Fields;
      readonly body?: string;
      /** The body as bytes, and the sizes of its frames. */
      readonly bytes?: Uint8Array;
      readonly frameSizes?: readonly number[];
    };

export interface PeerOptions {
  readonly vhost?: string;
  readonly user?: string;
  readonly pass?: string;
  readonly mechanism?: string;
  readonly response?: string;
  readonly locale?: string;
  readonly frameMax?: number;
  readonly channelMax?: number;
  readonly heartbeat?: number;
  readonly capabilities?: Fields;
}

interface HalfMessage {
  readonly channel: number;
  readonly name: string;
  readonly args: Fields;
  properties: BasicProperties | undefined;
  missing: number;
  readonly parts: Uint8Array[];
}

/** A client on a session: sends methods, reads what comes. */
export class AmqpPeer implements Transport {
  readonly items: PeerItem[] = [];
  onItem: ((item: PeerItem) => void) | undefined;
  /** How far the handshake came. */
  stage = 'header';
  ended = false;
  destroyed = false;
  paused = false;
  bufferedBytes = 0;
  readonly session: Session;
  readonly #world: AmqpWorld;
  readonly #input = new ByteQueue();
  readonly #output: FrameOutput;
  readonly #halves = new Map<number, HalfMessage>();
  #sawHeader = false;
  #queued: Uint8Array[] | undefined;

  constructor(world: AmqpWorld) {
    this.#world = world;
    this.#output = new FrameOutput((bytes) => this.sendBytes(bytes));
    this.session = world.open(this);
    world.peers.add(this);
  }

  static methodName(classId: number, methodId: number): string {
    if (classId === 0 && methodId === 0) return 'none';
    return methodById(classId, methodId)?.name ?? `${classId}.${methodId}`;
  }

  // ---- transport

  write(bytes: Uint8Array): void {
    if (this.ended) return;
    this.#input.push(bytes);
    this.#read();
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.#world.peers.delete(this);
    this.#emit({ kind: 'end' });
    this.session.closed();
  }

  destroy(): void {
    this.destroyed = true;
    this.end();
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  // ---- sending

  /** Sends a method; omitted fields are zero, tables are JSON. */
  send(channel: number, name: string, args: Fields = {}): void {
    const method = BY_NAME.get(name);
    if (!method) throw new Error(`no method ${name}`);
    this.#output.method(channel, method, toValues(method, args) as never);
  }

  publish(channel: number, args: Fields, props: Fields, body: string | Uint8Array): void {
    const method = METHODS.basicPublish as unknown as Method;
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    this.#output.content(channel, method, toValues(method, args) as never, propertiesFromJson(props), bytes);
  }

  sendFrame(type: number, channel: number, payload: Uint8Array): void {
    const frame = Buffer.alloc(payload.length + 8);
    frame[0] = type;
    frame.writeUInt16BE(channel, 1);
    frame.writeUInt32BE(payload.length, 3);
    frame.set(payload, 7);
    frame[payload.length + 7] = 0xce;
    this.sendBytes(frame);
  }

  sendBytes(bytes: Uint8Array): void {
    if (this.ended) return;
    if (this.#queued) this.#queued.push(bytes);
    else this.session.receive(bytes);
  }

  /** Collects what `write` sends and returns it instead of sending it. */
  collect(write: () => void): Uint8Array {
    this.#queued = [];
    write();
    const bytes = Buffer.concat(this.#queued);
    this.#queued = undefined;
    return bytes;
  }

  /** The socket breaks. */
  drop(): void {
    if (this.ended) return;
    this.ended = true;
    this.#world.peers.delete(this);
    this.session.closed();
  }

  shutdown(): void {
    this.session.shutdown();
    this.drop();
  }

  /** Opens the connection; returns what came instead of what was due, undefined when all went well. */
  handshake(
    options: PeerOptions = {},
  ): Extract<PeerItem, { kind: 'method' }> | { name: string; args?: Fields } | undefined {
    const { user = 'guest', pass = 'guest', mechanism = 'PLAIN', vhost = '/' } = options;
    this.sendBytes(PROTOCOL_HEADER);
    const start = this.#expect('connection.start');
    if (start) return start;
    this.stage = 'auth';
    const response =
      options.response ??
      (mechanism === 'AMQPLAIN' ? bareTable({ LOGIN: user, PASSWORD: pass }) : `\0${user}\0${pass}`);
    this.send(0, 'connection.start-ok', {
      clientProperties: { product: 'tribroker test', capabilities: options.capabilities ?? CLIENT_CAPABILITIES },
      mechanism,
      response: typeof response === 'string' ? Buffer.from(response) : response,
      locale: options.locale ?? 'en_US',
    });
    const tune = this.#take();
    if (tune?.kind !== 'method' || tune.name !== 'connection.tune') return failure(tune);
    this.stage = 'open';
    const tuning = {
      channelMax: options.channelMax ?? tune.args.channelMax,
      frameMax: options.frameMax ?? tune.args.frameMax,
      heartbeat: options.heartbeat ?? 0,
    };
    this.#output.frameMax = tuning.frameMax || 131_072;
    this.send(0, 'connection.tune-ok', tuning);
    this.send(0, 'connection.open', { virtualHost: vhost });
    return this.#expect('connection.open-ok');
  }

  /** Sends a method and returns the next item, which must be there at once. */
  call(channel: number, name: string, args: Fields = {}): Extract<PeerItem, { kind: 'method' }> {
    this.send(channel, name, args);
    const item = this.#take();
    if (item?.kind !== 'method') throw new Error(`${name} was answered by ${JSON.stringify(item)}`);
    return item;
  }

  /** Everything seen since the last time. */
  takeAll(): PeerItem[] {
    return this.items.splice(0);
  }

  #take(): PeerItem | undefined {
    return this.items.shift();
  }

  #expect(name: string) {
    const item = this.#take();
    return item?.kind === 'method' && item.name === name ? undefined : failure(item);
  }

  // ---- reading

  #read(): void {
    if (!this.#sawHeader && this.#input.length >= 8 && this.#input.at(0) === 0x41) {
      this.#emit({ kind: 'header', bytes: this.#input.take(8) });
    }
    for (;;) {
      const frame = nextFrame(this.#input, 0xffffffff);
      if (!frame) return;
      if (isFault(frame)) throw new Error(`the server sent a bad frame: ${JSON.stringify(frame)}`);
      this.#sawHeader = true;
      this.#takeFrame(frame);
    }
  }

  #takeFrame(frame: Frame): void {
    const { type, channel, payload } = frame;
    if (type === FRAME_METHOD) return this.#takeMethod(channel, payload);
    if (type !== FRAME_HEADER && type !== FRAME_BODY) return this.#emit({ kind: 'heartbeat' });
    const half = this.#halves.get(channel);
    if (!half) throw new Error(`content without a method on channel ${channel}`);
    if (type === FRAME_HEADER) {
      const reader = new Reader(payload);
      reader.at = 4;
      half.missing = reader.uint64();
      const bytes = payload.subarray(12);
      half.properties = new WireProperties(bytes, new Reader(bytes));
    } else {
      half.missing -= payload.length;
      half.parts.push(payload);
    }
    if (half.missing > 0) return;
    this.#halves.delete(channel);
    const body = Buffer.concat(half.parts);
    this.#emit({
      kind: 'method',
      channel,
      name: half.name,
      args: half.args,
      props: propertiesToJson(half.properties as BasicProperties),
      body: body.toString('utf8'),
      bytes: body,
      frameSizes: half.parts.map((part) => part.length + 8),
    });
  }

  #takeMethod(channel: number, payload: Uint8Array): void {
    const reader = new Reader(payload);
    const method = methodById(reader.uint16(), reader.uint16()) as AnyMethod;
    const values = method.codec.read(reader) as Fields;
    const args = Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, value instanceof Map ? tableToJson(value) : value]),
    );
    if (method.content) {
      this.#halves.set(channel, { channel, name: method.name, args, properties: undefined, missing: 0, parts: [] });
    } else this.#emit({ kind: 'method', channel, name: method.name, args });
  }

  #emit(item: PeerItem): void {
    if (this.onItem) this.onItem(item);
    else this.items.push(item);
  }
}

function failure(item: PeerItem | undefined) {
  return item?.kind === 'method' ? item : { name: item?.kind ?? 'nothing' };
}

/** A table without its length, as AMQPLAIN wants it. */
function bareTable(table: Fields): Uint8Array {
  const writer = new Writer();
  writeTable(writer, tableFromJson(table));
  return writer.take().subarray(4);
}

function toValues(method: Method, args: Fields): Fields {
  return Object.fromEntries(
    method.codec.fields.map(([name, type]) => {
      const value = args[name];
      switch (type) {
        case 'table':
          return [name, tableFromJson(value ?? {})];
        case 'shortstr':
          return [name, value ?? ''];
        case 'longstr':
          return [name, typeof value === 'string' ? Buffer.from(value) : (value ?? new Uint8Array())];
        case 'bit':
          return [name, value ?? false];
        default:
          return [name, value ?? 0];
      }
    }),
  );
}
