/** Speaks Kafka's wire to a session without a socket: requests by their schema, answers read by it. */
import { VirtualClock } from '../../src/core/clock.js';
import { Journal } from '../../src/core/journal.js';
import { TEST_LIMITS } from '../../src/core/limits.js';
import type { ModelContext } from '../../src/core/model.js';
import { Outbox } from '../../src/core/outbox.js';
import { Random } from '../../src/core/random.js';
import { KafkaBroker, type KafkaOptions } from '../../src/models/kafka/index.js';
import type { ConnectionInfo, Session, Transport } from '../../src/wire/door.js';
import type { DoorContext } from '../../src/wire/door-context.js';
import { Interceptors } from '../../src/wire/interceptors.js';
import type { Decoded, Encodable, Fields } from '../../src/wire/kafka/field.js';
import type { Api } from '../../src/wire/kafka/handler.js';
import { KafkaDoor } from '../../src/wire/kafka/index.js';
import { Reader } from '../../src/wire/kafka/reader.js';
import { Writer } from '../../src/wire/kafka/writer.js';

/** A transport that keeps what is written. */
export class RecordingTransport implements Transport {
  readonly written: Uint8Array[] = [];
  ended = false;
  destroyed = false;
  paused = false;
  bufferedBytes = 0;

  write(bytes: Uint8Array): void {
    if (!this.ended) this.written.push(bytes);
  }
  end(): void {
    this.ended = true;
  }
  destroy(): void {
    this.ended = true;
    this.destroyed = true;
  }
  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
  }

  get closed(): boolean {
    return this.ended;
  }

  /** All bytes written so far. */
  bytes(): Uint8Array {
    return Buffer.concat(this.written);
  }

  /** The next whole answer without its size, or undefined. */
  frame(): Uint8Array | undefined {
    const all = Buffer.concat(this.written);
    if (all.length < 4 || all.length < 4 + all.readUInt32BE(0)) return undefined;
    const size = all.readUInt32BE(0);
    this.written.length = 0;
    if (all.length > 4 + size) this.written.push(all.subarray(4 + size));
    return all.subarray(4, 4 + size);
  }
}

/** A Kafka model and its door on a virtual clock, without a port. */
export class KafkaWorld {
  readonly clock: VirtualClock;
  readonly context: DoorContext;
  readonly broker: KafkaBroker;
  readonly door: KafkaDoor;
  readonly errors: unknown[] = [];
  #connections = 0;

  constructor(options: KafkaOptions = {}, limits: Partial<typeof TEST_LIMITS> = {}) {
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
    this.broker = new KafkaBroker(model, { nodes: 1, ...options });
    this.context = {
      ...model,
      interceptors: new Interceptors(),
      advertise: (nodeId) => ({ address: '127.0.0.1', port: 9091 + nodeId }),
      resetConnection: () => false,
    };
    this.door = new KafkaDoor(this.broker, this.context);
  }

  connect(nodeId = 1): WireClient {
    this.#connections++;
    return new WireClient(this.door, nodeId, `c${this.#connections}`);
  }
}

/** One connection of a client that sends what it is told. */
export class WireClient {
  readonly transport = new RecordingTransport();
  readonly session: Session;
  #correlationId = 0;

  constructor(door: KafkaDoor, nodeId: number, id: string) {
    const connection: ConnectionInfo = {
      id,
      nodeId,
      local: { address: '127.0.0.1', port: 9091 + nodeId },
      remote: { address: '127.0.0.1', port: 50_000 },
    };
    this.session = door.open(this.transport, connection);
  }

  /** Sends a request and reads its answer, which must be there at once. */
  ask<Q extends Fields, S extends Fields>(api: Api<Q, S>, version: number, body: Encodable<Q>): Decoded<S> {
    this.send(api, version, body);
    const answer = this.answer(api, version);
    if (!answer) throw new Error(`${api.name} ${version} was not answered${this.transport.ended ? ', closed' : ''}`);
    return answer;
  }

  /** Sends a request; returns its correlation id. */
  send<Q extends Fields, S extends Fields>(api: Api<Q, S>, version: number, body: Encodable<Q>): number {
    const correlationId = ++this.#correlationId;
    this.session.receive(encodeRequest(api, version, body, correlationId));
    return correlationId;
  }

  /** Reads the next answer, undefined when there is none yet. */
  answer<Q extends Fields, S extends Fields>(api: Api<Q, S>, version: number): Decoded<S> | undefined {
    const frame = this.transport.frame();
    return frame && decodeResponse(api, version, frame).body;
  }

  close(): void {
    this.session.closed();
  }
}

/** A whole request with its size. */
export function encodeRequest<Q extends Fields, S extends Fields>(
  api: Api<Q, S>,
  version: number,
  body: Encodable<Q>,
  correlationId = 1,
  clientId: string | null = 'test',
): Uint8Array {
  const codec = api.codec(version);
  const writer = new Writer();
  writer.int16(api.key);
  writer.int16(version);
  writer.int32(correlationId);
  if (clientId === null) writer.int16(-1);
  else writer.text(clientId, false);
  if (codec.flexible) writer.unsignedVarint(0);
  codec.request.write(writer, body);
  return withSize(writer.bytes());
}

/** Puts the four-byte size in front. */
export function withSize(bytes: Uint8Array): Uint8Array {
  const framed = Buffer.alloc(4 + bytes.length);
  framed.writeUInt32BE(bytes.length);
  framed.set(bytes, 4);
  return framed;
}

/** Reads an answer without its size. @throws when bytes are left over */
export function decodeResponse<Q extends Fields, S extends Fields>(
  api: Api<Q, S>,
  version: number,
  frame: Uint8Array,
): { correlationId: number; body: Decoded<S> } {
  const codec = api.codec(version);
  const reader = new Reader(frame);
  const correlationId = reader.int32();
  if (codec.flexible && !api.definition.plainResponseHeader) reader.tags();
  const body = codec.response.read(reader);
  if (reader.remaining > 0) throw new Error(`${reader.remaining} bytes are left after ${api.name} ${version}`);
  return { correlationId, body };
}
