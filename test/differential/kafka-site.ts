/** The two brokers that programs of Kafka requests run on. */
import { connect, type Socket } from 'node:net';
import { decodeResponse, encodeRequest, KafkaWorld, type WireClient } from '../helpers/kafka-wire.js';
import { kafkaApi } from './kafka-program.js';

/** One connection: bytes out, whole answers in. */
export interface Line {
  send(bytes: Uint8Array): void;
  /** The next whole answer without its size. */
  take(): Uint8Array | undefined;
  readonly closed: boolean;
  end(): void;
}

const SUPER_USER = 'User:admin';

/** Users of the four connections in a lane; everybody's password is his name. */
export const usersOf = (lane: number) => ['admin', 'admin', `u${lane}`, `v${lane}`];

/** The settings of the real broker that are not Kafka's defaults, for the one that it is compared with. */
const SETTINGS = {
  'num.partitions': 1,
  'offsets.topic.replication.factor': 1,
  'offsets.topic.num.partitions': 5,
  'transaction.state.log.replication.factor': 1,
  'transaction.state.log.min.isr': 1,
  'transaction.state.log.num.partitions': 5,
  'log.retention.check.interval.ms': 86_400_000,
  'log.segment.delete.delay.ms': 1_000,
};

/** A tribroker of its own for each program. */
export class OurSite {
  readonly world: KafkaWorld;

  /** @param users who may do nothing without a rule, but for the super user; undefined without an authorizer */
  constructor(nowMs: number, users: readonly string[] | undefined) {
    const passwords = users && Object.fromEntries(users.map((user) => [user, user]));
    this.world = new KafkaWorld({
      config: SETTINGS,
      ...(passwords && { sasl: { users: passwords, mechanisms: ['PLAIN'] }, authorizer: { superUsers: [SUPER_USER] } }),
    });
    this.world.clock.advanceTo(nowMs);
  }

  open(): Line {
    return new OurLine(this.world.connect());
  }
}

class OurLine implements Line {
  readonly #client: WireClient;

  constructor(client: WireClient) {
    this.#client = client;
  }

  get closed(): boolean {
    return this.#client.transport.ended;
  }

  send(bytes: Uint8Array): void {
    this.#client.session.receive(bytes);
  }

  take(): Uint8Array | undefined {
    return this.#client.transport.frame();
  }

  end(): void {
    this.#client.close();
  }
}

/** A connection to the real broker. */
export class RealLine implements Line {
  closed = false;
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #wake: (() => void) | undefined;

  constructor(address: { readonly host: string; readonly port: number }) {
    this.#socket = connect({ ...address, noDelay: true });
    this.#socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake?.();
    });
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => {
      this.closed = true;
      this.#wake?.();
    });
  }

  get answered(): boolean {
    return this.#received.length >= 4 && this.#received.length >= 4 + this.#received.readUInt32BE(0);
  }

  send(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  take(): Uint8Array | undefined {
    if (!this.answered) return undefined;
    const end = 4 + this.#received.readUInt32BE(0);
    const frame = this.#received.subarray(4, end);
    this.#received = this.#received.subarray(end);
    return frame;
  }

  /** Resolves when there is an answer, or the end of the connection, or no more time. */
  async settled(timeoutMs: number): Promise<void> {
    const end = Date.now() + timeoutMs;
    while (!this.closed && !this.answered) {
      const left = end - Date.now();
      if (left <= 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Sends a request and waits for the answer. */
  async ask(api: string, version: number, body: object): Promise<any> {
    this.send(encodeRequest(kafkaApi(api), version, body as never));
    await this.settled(10_000);
    const frame = this.take();
    if (!frame) throw new Error(`the real broker did not answer ${api}`);
    return decodeResponse(kafkaApi(api), version, frame).body;
  }

  end(): void {
    this.#socket.destroy();
  }
}
