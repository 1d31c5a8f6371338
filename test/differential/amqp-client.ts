/** A raw AMQP client on a socket, for programs that no library would send. */
import { connect, type Socket } from 'node:net';
import { AmqpPeer, type AmqpWorld, CLIENT_CAPABILITIES, type PeerItem, PROTOCOL_HEADER } from '../helpers/amqp-wire.js';

type MethodItem = Extract<PeerItem, { kind: 'method' }>;

const EVENTS = new Set(['basic.deliver', 'basic.return', 'basic.ack', 'basic.nack', 'basic.cancel']);

export class AmqpClient {
  /** What came without being asked for, since the last look. */
  readonly events: MethodItem[] = [];
  readonly #peer: AmqpPeer;
  readonly #socket: Socket;
  #answer: ((item: PeerItem) => void) | undefined;
  #event: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const session = {
      receive: (bytes: Uint8Array) => void socket.write(bytes),
      shutdown: () => socket.destroy(),
      closed: () => {},
    };
    // The peer only needs something to write to.
    this.#peer = new AmqpPeer({ open: () => session, peers: new Set() } as unknown as AmqpWorld);
    this.#peer.onItem = (item) => this.#take(item);
    socket.on('data', (bytes) => this.#peer.write(bytes));
    socket.on('close', () => this.#take({ kind: 'end' }));
    socket.on('error', () => {});
  }

  static async open(port: number, vhost: string): Promise<AmqpClient> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    await new Promise((resolve) => socket.once('connect', resolve));
    const client = new AmqpClient(socket);
    await client.#next(() => client.#peer.sendBytes(PROTOCOL_HEADER));
    await client.call(0, 'connection.start-ok', {
      clientProperties: { capabilities: CLIENT_CAPABILITIES },
      mechanism: 'PLAIN',
      response: '\0guest\0guest',
    });
    client.#peer.send(0, 'connection.tune-ok', { channelMax: 100, frameMax: 131_072 });
    const opened = await client.call(0, 'connection.open', { virtualHost: vhost });
    if (opened !== 'connection.open-ok') throw new Error(`no connection: ${opened}`);
    return client;
  }

  /** Sends a method and returns its answer as a text. */
  async call(channel: number, name: string, args: Record<string, unknown> = {}): Promise<string> {
    const item = await this.#next(() => this.#peer.send(channel, name, args));
    if (item.kind !== 'method') return item.kind;
    if (item.name === 'channel.close') {
      this.#peer.send(item.channel, 'channel.close-ok');
      const { replyCode, replyText } = item.args;
      return `channel.close ${replyCode} ${replyText}`;
    }
    return show(item);
  }

  send(channel: number, name: string, args: Record<string, unknown> = {}): void {
    this.#peer.send(channel, name, args);
  }

  /** Publishes; on a confirm channel `settled` resolves with what came of it. */
  publish(channel: number, args: Record<string, unknown>, props: Record<string, unknown>, body: string): void {
    this.#peer.publish(channel, args, props, body);
  }

  /** Resolves when a confirm has come for every one of `count` publishes. */
  async confirmed(count: number): Promise<void> {
    let last = 0;
    const scan = () => {
      for (const { name, args } of this.events) {
        if (name === 'basic.ack' || name === 'basic.nack') last = Math.max(last, args.deliveryTag);
      }
      return last >= count;
    };
    while (!scan()) {
      await new Promise<void>((resolve) => {
        this.#event = resolve;
      });
    }
  }

  /** The events so far, as texts. */
  takeEvents(): string[] {
    return this.events.splice(0).map(show);
  }

  close(): void {
    this.#socket.destroy();
  }

  #next(send: () => void): Promise<PeerItem> {
    return new Promise((resolve) => {
      this.#answer = resolve;
      send();
    });
  }

  #take(item: PeerItem): void {
    if (item.kind === 'method' && EVENTS.has(item.name)) {
      this.events.push(item);
      this.#event?.();
      return;
    }
    const answer = this.#answer;
    this.#answer = undefined;
    answer?.(item);
  }
}

function show({ name, args, props, body }: MethodItem): string {
  if (name === 'connection.open-ok') return name;
  return `${name} ${JSON.stringify(canonical({ args, props, body }))}`;
}

/** Keys in order, since RabbitMQ's differs from death to death, and without the times of deaths. */
function canonical(value: any): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== 'object') return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, key === 'time' ? 0 : canonical(value[key])]));
}
