/** A raw AMQP client for programs that no library would send: on a socket, or inside this process. */
import { connect } from 'node:net';
import { AmqpPeer, type AmqpWorld, CLIENT_CAPABILITIES, type PeerItem, PROTOCOL_HEADER } from '../helpers/amqp-wire.js';

export type MethodItem = Extract<PeerItem, { kind: 'method' }>;

const EVENTS = new Set(['basic.deliver', 'basic.return', 'basic.ack', 'basic.nack', 'basic.cancel']);

export class AmqpClient {
  /** What came without being asked for, since the last look. */
  readonly events: MethodItem[] = [];
  readonly openChannels = new Set<number>();
  readonly #peer: AmqpPeer;
  /** Who waits for an answer, by channel, first asked first. */
  readonly #waiting = new Map<number, Array<(item: PeerItem) => void>>();
  /** What ended channels; 0 for the connection. */
  readonly #closings = new Map<number, PeerItem>();
  #end: () => void = () => {};
  isOpen = true;

  private constructor(peer: AmqpPeer) {
    this.#peer = peer;
    peer.onItem = (item) => this.#take(item);
  }

  /** Connects as guest to a real broker. */
  static async connect(port: number, vhost = '/'): Promise<AmqpClient> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    await new Promise((resolve, reject) => socket.once('connect', () => resolve(undefined)).once('error', reject));
    const session = {
      receive: (bytes: Uint8Array) => void socket.write(bytes),
      shutdown: () => socket.destroy(),
      closed: () => {},
    };
    // The peer only needs something to write to.
    const client = new AmqpClient(new AmqpPeer({ open: () => session, peers: new Set() } as unknown as AmqpWorld));
    client.#end = () => socket.destroy();
    socket.on('data', (bytes) => client.#peer.write(bytes));
    socket.on('close', () => client.#take({ kind: 'end' }));
    socket.on('error', () => {});
    await client.#handshake(vhost);
    return client;
  }

  /** Connects as guest to the broker of a world. */
  static async inside(world: AmqpWorld, vhost = '/'): Promise<AmqpClient> {
    const client = new AmqpClient(new AmqpPeer(world));
    client.#end = () => client.#peer.drop();
    await client.#handshake(vhost);
    return client;
  }

  /** Sends a method and returns its answer as a text. */
  async call(channel: number, name: string, args: Record<string, unknown> = {}): Promise<string> {
    return shown(await this.ask(channel, name, args));
  }

  /** Sends a method and returns what answers it, be it the end of the channel. */
  ask(channel: number, name: string, args: Record<string, unknown> = {}): Promise<PeerItem> {
    if (name === 'channel.open') this.openChannels.add(channel);
    const answer = this.#next(channel, () => this.#peer.send(channel, name, args));
    if (name === 'channel.close') this.openChannels.delete(channel);
    return answer;
  }

  send(channel: number, name: string, args: Record<string, unknown> = {}): void {
    this.#peer.send(channel, name, args);
  }

  publish(channel: number, args: Record<string, unknown>, props: Record<string, unknown>, body: string): void {
    this.#peer.publish(channel, args, props, body);
  }

  /** The events so far. */
  takeEvents(): MethodItem[] {
    return this.events.splice(0);
  }

  close(): void {
    this.isOpen = false;
    this.#end();
  }

  async #handshake(vhost: string): Promise<void> {
    await this.#next(0, () => this.#peer.sendBytes(PROTOCOL_HEADER));
    await this.call(0, 'connection.start-ok', {
      clientProperties: { capabilities: CLIENT_CAPABILITIES },
      mechanism: 'PLAIN',
      response: '\0guest\0guest',
    });
    this.#peer.send(0, 'connection.tune-ok', { channelMax: 100, frameMax: 131_072 });
    const opened = await this.ask(0, 'connection.open', { virtualHost: vhost });
    if (opened.kind !== 'method' || opened.name !== 'connection.open-ok') {
      throw new Error(`no connection: ${JSON.stringify(opened)}`);
    }
  }

  #next(channel: number, send: () => void): Promise<PeerItem> {
    const closing = this.#closings.get(channel);
    if (!this.isOpen) return Promise.resolve(this.#closings.get(0) ?? { kind: 'end' });
    if (closing && !this.openChannels.has(channel)) return Promise.resolve(closing);
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(channel);
      if (waiting) waiting.push(resolve);
      else this.#waiting.set(channel, [resolve]);
      send();
    });
  }

  #take(item: PeerItem): void {
    if (item.kind === 'header' || item.kind === 'heartbeat') return;
    if (item.kind === 'end') return this.#ended(item);
    if (EVENTS.has(item.name)) {
      this.events.push(item);
      return;
    }
    if (item.name === 'connection.close') return this.#ended(item);
    if (item.name !== 'channel.close') {
      this.#waiting.get(item.channel)?.shift()?.(item);
      return;
    }
    this.#peer.send(item.channel, 'channel.close-ok');
    this.openChannels.delete(item.channel);
    this.#closings.set(item.channel, item);
    for (const resolve of this.#waiting.get(item.channel)?.splice(0) ?? []) resolve(item);
  }

  #ended(item: PeerItem): void {
    this.isOpen = false;
    if (item.kind === 'method') this.#closings.set(0, item);
    this.openChannels.clear();
    for (const waiting of this.#waiting.values()) for (const resolve of waiting.splice(0)) resolve(item);
    if (item.kind === 'method') this.#end();
  }
}

/** What a client saw as a text. */
export function shown(item: PeerItem): string {
  if (item.kind !== 'method') return item.kind;
  if (item.name !== 'channel.close' && item.name !== 'connection.close') return show(item);
  const { replyCode, replyText, classId, methodId } = item.args;
  return `${item.name} ${replyCode} ${replyText} ${classId}.${methodId}`;
}

export function show({ name, args, props, body }: MethodItem): string {
  return `${name} ${JSON.stringify(canonical({ args, props, body }))}`;
}

/** Keys in order, since RabbitMQ's differs from death to death, and without the times of deaths. */
function canonical(value: any): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== 'object') return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, key === 'time' ? 0 : canonical(value[key])]));
}
