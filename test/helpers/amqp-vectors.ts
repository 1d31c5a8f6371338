/**
 * Replays recordings of a real RabbitMQ (test/fixtures/amqp) against the door, in process and on the virtual clock.
 * A recording is a list of operations and, for each, what the real broker answered.
 */
import { AmqpPeer, type AmqpWorld, type PeerItem, type PeerOptions } from './amqp-wire.js';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Fields = Record<string, any>;

export interface VectorOp extends Fields {
  readonly do: string;
}

export interface Vector {
  readonly name: string;
  readonly area: string;
  readonly connect?: Fields;
  readonly ops: readonly VectorOp[];
  readonly teardown?: readonly VectorOp[];
  readonly expect: readonly unknown[];
}

/** How long, on the virtual clock, a recording may wait for what it expects. */
const LONGEST_WAIT_MS = 2_000;
const WAIT_STEP_MS = 20;
const ROUTE_CHANNEL = 99;
/** How recordings write the virtual host that they ran in. */
const VHOST = '\u0024{vhost}';

interface Channel {
  open: boolean;
  confirming: boolean;
  published: number;
  unconfirmed: number[];
  events: Fields[];
  answer: Fields | undefined;
}

interface Connection {
  readonly peer: AmqpPeer;
  readonly channels: Map<number, Channel>;
  events: Fields[];
  /** The answer to a method on channel 0. */
  answer: Fields | undefined;
  closed: Fields | undefined;
  /** Channel whose answer is waited for. */
  waitingOn: number | undefined;
  /** What came while the client was still publishing: it looks at it afterwards. */
  unread: PeerItem[] | undefined;
}

/** Runs one recording and returns the result of each operation. */
export async function runVector(vector: Vector, world: AmqpWorld, vhost: string): Promise<unknown[]> {
  return new VectorRun(world, vhost).run(vector);
}

class VectorRun {
  readonly #world: AmqpWorld;
  readonly #vhost: string;
  readonly #connections = new Map<string, Connection>();
  readonly #variables = new Map<string, string>();
  readonly #queues = new Set<string>();

  constructor(world: AmqpWorld, vhost: string) {
    this.#world = world;
    this.#vhost = vhost;
  }

  async run(vector: Vector): Promise<unknown[]> {
    const results: unknown[] = [];
    const connected = this.#connect('A', vector.connect ?? {});
    if (connected.error) return [connected];
    for (const [index, op] of vector.ops.entries()) {
      const result = await this.#operate(op, vector.expect[index]);
      for (const [name, path] of Object.entries((op.capture ?? {}) as Record<string, string>)) {
        const value = at(result, path);
        if (typeof value === 'string') this.#variables.set(name, value);
      }
      results.push(this.#normalize(result));
    }
    return results;
  }

  // ---- names that differ from run to run

  #substitute(value: any): any {
    if (typeof value === 'string') {
      return value.replace(/\$\{(\w+)\}/g, (whole, name) =>
        name === 'vhost' ? this.#vhost : (this.#variables.get(name) ?? whole),
      );
    }
    return mapValue(value, (inner) => this.#substitute(inner));
  }

  #normalize(value: any, key?: string): any {
    if (key === 'vhost' && value === this.#vhost) return VHOST;
    if (typeof value === 'string') {
      let text = value;
      for (const [name, content] of this.#variables) if (content) text = text.split(content).join(`\${${name}}`);
      text = text.split(`vhost '${this.#vhost}'`).join(`vhost '${VHOST}'`);
      text = text.split(`vhost ${this.#vhost} `).join(`vhost ${VHOST} `);
      return text.replace(/amq\.gen-[\w-]{22}/g, '<amq.gen>').replace(/amq\.ctag-[\w-]{22}/g, '<amq.ctag>');
    }
    if (value?.$t === 'T' && key === 'time') return { $t: 'T', v: '<time>' };
    return mapValue(value, (inner, name) => this.#normalize(inner, name));
  }

  // ---- connections

  #connect(name: string, options: PeerOptions): Fields {
    const peer = new AmqpPeer(this.#world);
    const failure = peer.handshake({ vhost: this.#vhost, ...options });
    if (failure) {
      if (failure.name !== 'connection.close') return { error: 'socket-closed', stage: peer.stage };
      return { error: 'connection', ...closeInfo(failure.args as Fields) };
    }
    const connection: Connection = {
      peer,
      channels: new Map(),
      events: [],
      answer: undefined,
      closed: undefined,
      waitingOn: undefined,
      unread: undefined,
    };
    this.#connections.set(name, connection);
    peer.onItem = (item) => {
      if (connection.unread) connection.unread.push(item);
      else this.#take(connection, item);
    };
    return { r: 'connection.open-ok' };
  }

  #take(connection: Connection, item: PeerItem): void {
    if (item.kind === 'end') {
      if (connection.closed) return;
      connection.closed = { error: 'socket-closed' };
      connection.events.push({ ev: 'socket-closed' });
      return;
    }
    if (item.kind !== 'method') return;
    if (item.channel === 0) return this.#takeOnZero(connection, item.name, item.args);
    const channel = channelOf(connection, item.channel);
    const { name, args } = item;
    const content = () => ({ exchange: args.exchange, key: args.routingKey, props: item.props, body: item.body });
    switch (name) {
      case 'basic.deliver':
        channel.events.push({
          ev: 'deliver',
          consumer: args.consumerTag,
          tag: args.deliveryTag,
          redelivered: args.redelivered,
          ...content(),
        });
        return;
      case 'basic.return':
        channel.events.push({ ev: 'return', code: args.replyCode, text: args.replyText, ...content() });
        return;
      case 'basic.cancel':
        channel.events.push({ ev: 'cancel', consumer: args.consumerTag, nowait: args.nowait });
        return;
      case 'basic.ack':
      case 'basic.nack':
        return takeConfirm(channel, name === 'basic.ack' ? 'ack' : 'nack', args);
      case 'channel.close': {
        const info = closeInfo(args);
        Object.assign(channel, { open: false, confirming: false, published: 0, unconfirmed: [] });
        connection.peer.send(item.channel, 'channel.close-ok');
        if (connection.waitingOn === item.channel) channel.answer = { error: 'channel', ...info };
        else channel.events.push({ ev: 'channel-closed', ...info });
        return;
      }
      default:
        if (connection.waitingOn === item.channel) channel.answer = { ...item };
        else channel.events.push({ ev: name, ...args });
    }
  }

  #takeOnZero(connection: Connection, name: string, args: Fields): void {
    switch (name) {
      case 'connection.close': {
        const info = closeInfo(args);
        connection.closed = { error: 'connection', ...info };
        connection.peer.send(0, 'connection.close-ok');
        const waiting = connection.waitingOn;
        if (waiting === undefined) connection.events.push({ ev: 'connection-closed', ...info });
        else channelOf(connection, waiting).answer = { error: 'connection', ...info };
        for (const channel of connection.channels.values()) channel.open = false;
        return;
      }
      case 'connection.blocked':
        connection.events.push({ ev: 'blocked', reason: args.reason });
        return;
      case 'connection.unblocked':
        connection.events.push({ ev: 'unblocked' });
        return;
      default:
        connection.answer = { name };
    }
  }

  /** Sends a method and returns what was answered: a method, or an error. */
  #call(connection: Connection, number: number, name: string, args: Fields = {}): Fields {
    if (connection.closed) return connection.closed;
    const channel = channelOf(connection, number);
    channel.answer = undefined;
    connection.waitingOn = number;
    connection.peer.send(number, name, args);
    connection.waitingOn = undefined;
    return channel.answer ?? connection.closed ?? { r: 'timeout' };
  }

  #ensureOpen(connection: Connection, number: number): { channel: Channel; failure?: Fields } {
    const channel = channelOf(connection, number);
    if (!channel.open && !connection.closed) {
      const answer = this.#call(connection, number, 'channel.open');
      if (answer.name !== 'channel.open-ok') return { channel, failure: answer };
      channel.open = true;
    }
    return { channel };
  }

  // ---- operations

  async #operate(raw: VectorOp, expected: unknown): Promise<any> {
    const op = this.#substitute(raw) as VectorOp;
    const name = (op.on as string) ?? 'A';
    const connection = this.#connections.get(name) as Connection;
    const number = (op.ch as number) ?? 1;
    if (op.do !== 'basic.publish') this.#readAll();
    switch (op.do) {
      case 'wait':
        this.#world.advance(op.ms);
        return null;
      case 'connect': {
        const { do: _do, on: _on, ...options } = op;
        return this.#connect(name, options as PeerOptions);
      }
      case 'disconnect': {
        if (connection.closed) return connection.closed;
        connection.peer.send(0, 'connection.close', { replyCode: 200, replyText: 'bye' });
        connection.closed = { error: 'closed' };
        const answer = connection.answer;
        connection.peer.drop();
        return { r: answer?.name };
      }
      case 'drop':
        connection.closed = { error: 'closed' };
        connection.peer.drop();
        return null;
      case 'http':
        return this.#http(op);
      case 'broker':
        return this.#restart();
      case 'raw':
        connection.peer.sendBytes(Buffer.from(op.hex.replace(/\s/g, ''), 'hex'));
        return null;
      case 'frame':
        connection.peer.sendFrame(op.type, number, Buffer.from(op.hex ?? '', 'hex'));
        return null;
      case 'collect':
        return this.#collect(connection, op, expected);
      case 'route':
        return this.#route(connection, op);
      case 'close-channel': {
        const answer = this.#call(connection, number, 'channel.close', { replyCode: 200, replyText: 'bye' });
        Object.assign(channelOf(connection, number), { open: false, confirming: false, published: 0, unconfirmed: [] });
        return answer.name ? { r: answer.name } : answer;
      }
      case 'connection.update-secret':
        connection.peer.send(0, op.do, { newSecret: op.newSecret, reason: op.reason });
        return { r: connection.answer?.name };
      default:
        return this.#method(connection, number, op);
    }
  }

  #method(connection: Connection, number: number, op: VectorOp): any {
    const { do: name, on: _on, ch: _ch, as, capture: _capture, ignore: _ignore, ...fields } = op;
    const opening = name === 'channel.open';
    const { channel, failure } = opening
      ? { channel: channelOf(connection, number), failure: undefined }
      : this.#ensureOpen(connection, number);
    if (failure) return failure;
    if (name === 'basic.publish') return this.#publish(connection, number, channel, op);
    const args = toWireNames(name, fields);
    if (ASYNCHRONOUS.has(name)) {
      connection.peer.send(number, name, args);
      return null;
    }
    if (name === 'queue.declare' && args.queue && !args.passive) this.#queues.add(args.queue);
    if (name === 'confirm.select') Object.assign(channel, { confirming: true, published: 0, unconfirmed: [] });
    if (args.nowait) {
      connection.peer.send(number, name, args);
      return null;
    }
    const answer = this.#call(connection, number, name, args);
    if (answer.name === undefined) return answer;
    if (opening) channel.open = true;
    return this.#answerOf(answer, as);
  }

  #answerOf(answer: Fields, as: string | undefined): Fields {
    const { name, args } = answer;
    switch (name) {
      case 'queue.declare-ok':
        this.#queues.add(args.queue);
        if (as) this.#variables.set(as, args.queue);
        return { r: name, queue: args.queue, messages: args.messageCount, consumers: args.consumerCount };
      case 'basic.consume-ok':
        if (as) this.#variables.set(as, args.consumerTag);
        return { r: name, tag: args.consumerTag };
      case 'basic.cancel-ok':
        return { r: name, tag: args.consumerTag };
      case 'basic.get-ok':
        return {
          r: name,
          tag: args.deliveryTag,
          redelivered: args.redelivered,
          exchange: args.exchange,
          key: args.routingKey,
          messages: args.messageCount,
          props: answer.props,
          body: answer.body,
        };
      case 'queue.purge-ok':
      case 'queue.delete-ok':
        return { r: name, messages: args.messageCount };
      case 'basic.get-empty':
      case 'channel.open-ok':
        return { r: name };
      default:
        return { r: name, ...args };
    }
  }

  /** Publishers pipeline: they look at what came only when they do something else. */
  #readAll(): void {
    for (const connection of this.#connections.values()) {
      const unread = connection.unread ?? [];
      connection.unread = undefined;
      for (const item of unread) this.#take(connection, item);
    }
  }

  #publish(connection: Connection, number: number, channel: Channel, op: VectorOp): null {
    const times: number = op.times ?? 1;
    connection.unread ??= [];
    for (let k = 1; k <= times; k++) {
      if (channel.confirming) channel.unconfirmed.push(++channel.published);
      const body =
        op.size === undefined
          ? String(op.body ?? '').replace('#', times > 1 ? String(k) : '#')
          : 'x'.repeat(op.size as number);
      const { exchange = '', key = '', mandatory = false, immediate = false } = op;
      connection.peer.publish(number, { exchange, routingKey: key, mandatory, immediate }, op.props ?? {}, body);
    }
    return null;
  }

  #collect(connection: Connection, op: VectorOp, expected: unknown): Fields[] {
    const source = op.scope === 'connection' ? connection : channelOf(connection, op.ch ?? 1);
    const wanted = Array.isArray(expected) ? expected.length : 0;
    const only = op.only as string[] | undefined;
    const picked = () => (only ? source.events.filter((event) => only.includes(event.ev)) : source.events);
    this.#world.advance(op.ms ?? 0);
    for (let waited = 0; picked().length < wanted && waited < LONGEST_WAIT_MS; waited += WAIT_STEP_MS) {
      this.#world.advance(WAIT_STEP_MS);
    }
    let events = sortConfirms(picked());
    source.events = only ? source.events.filter((event) => !only.includes(event.ev)) : [];
    if (op.fields) {
      const fields = new Set<string>(['ev', ...op.fields]);
      events = events.map((event) => Object.fromEntries(Object.entries(event).filter(([key]) => fields.has(key))));
    }
    if (op.sort) events.sort((a, b) => (JSON.stringify(a[op.sort]) < JSON.stringify(b[op.sort]) ? -1 : 1));
    return events;
  }

  /** Publishes one message and tells which queues of the recording got it. */
  #route(connection: Connection, op: VectorOp): Fields {
    const { channel, failure } = this.#ensureOpen(connection, ROUTE_CHANNEL);
    if (failure) return failure;
    if (!channel.confirming) {
      this.#call(connection, ROUTE_CHANNEL, 'confirm.select');
      Object.assign(channel, { confirming: true, published: 0 });
    }
    channel.unconfirmed.push(++channel.published);
    const props = op.headers ? { headers: op.headers } : (op.props ?? {});
    const target = { exchange: op.exchange ?? '', routingKey: op.key ?? '', mandatory: true };
    connection.peer.publish(ROUTE_CHANNEL, target, props, op.body ?? 'm');
    const events = channel.events;
    channel.events = [];
    const closed = events.find((event) => event.ev === 'channel-closed');
    if (closed) {
      const { ev: _ev, ...rest } = closed;
      return { error: 'channel', ...rest };
    }
    const to: Record<string, number> = {};
    for (const queue of [...this.#queues].sort()) {
      const answer = this.#call(connection, ROUTE_CHANNEL, 'queue.purge', { queue });
      if (answer.name !== 'queue.purge-ok') this.#ensureOpen(connection, ROUTE_CHANNEL);
      else if (answer.args.messageCount > 0) to[this.#normalize(queue)] = answer.args.messageCount;
    }
    return events.some((event) => event.ev === 'return') ? { to, returned: true } : { to };
  }

  async #http(op: VectorOp): Promise<Fields> {
    const path = (op.path as string).replaceAll('{vhost}', encodeURIComponent(this.#vhost));
    const response = await this.#world.http(op.method ?? 'GET', path, op.body);
    const result: Fields = { status: response.status };
    const { body } = response;
    if (op.pick) result.body = Array.isArray(body) ? body.map((e) => pick(e, op.pick)) : pick(body, op.pick);
    else if (op.body_result) result.body = body;
    return result;
  }

  #restart(): Fields {
    for (const connection of this.#connections.values()) connection.closed ??= { error: 'closed' };
    this.#world.restart();
    return this.#connect('A', {});
  }
}

const ASYNCHRONOUS = new Set(['basic.ack', 'basic.nack', 'basic.reject', 'basic.recover-async']);

const WIRE_NAMES: Record<string, string> = { key: 'routingKey', tag: 'consumerTag' };

/** The recordings' short field names as the method table has them. */
function toWireNames(method: string, fields: Fields): Fields {
  const renamed = Object.entries(fields).map(([name, value]) => {
    if (name === 'tag' && ASYNCHRONOUS.has(method)) return ['deliveryTag', value];
    return [WIRE_NAMES[name] ?? name, value];
  });
  return Object.fromEntries(renamed);
}

function channelOf(connection: Connection, number: number): Channel {
  let channel = connection.channels.get(number);
  if (!channel) {
    channel = { open: false, confirming: false, published: 0, unconfirmed: [], events: [], answer: undefined };
    connection.channels.set(number, channel);
  }
  return channel;
}

function takeConfirm(channel: Channel, ev: string, args: Fields): void {
  const covered = (tag: number) =>
    args.multiple ? tag <= args.deliveryTag || args.deliveryTag === 0 : tag === args.deliveryTag;
  const hit = channel.unconfirmed.filter(covered);
  channel.unconfirmed = channel.unconfirmed.filter((tag) => !covered(tag));
  for (const tag of hit) channel.events.push({ ev, tag });
  if (hit.length === 0) channel.events.push({ ev, tag: args.deliveryTag, unexpected: true });
}

/** Runs of confirms are not ordered among themselves. */
function sortConfirms(events: readonly Fields[]): Fields[] {
  const sorted = [...events];
  const isConfirm = (event: Fields | undefined) => event?.ev === 'ack' || event?.ev === 'nack';
  for (let from = 0; from < sorted.length; from++) {
    let to = from;
    while (to < sorted.length && isConfirm(sorted[to])) to++;
    if (to === from) continue;
    const run = sorted.slice(from, to).sort((a, b) => a.tag - b.tag);
    sorted.splice(from, to - from, ...run);
    from = to;
  }
  return sorted;
}

function closeInfo(args: Fields): Fields {
  return { code: args.replyCode, text: args.replyText, method: AmqpPeer.methodName(args.classId, args.methodId) };
}

function at(value: any, path: string): unknown {
  return path.split('.').reduce((inner, key) => inner?.[key], value);
}

function pick(value: any, paths: readonly string[]): Fields {
  const found = paths.map((path) => [path, at(value, path)] as const);
  return Object.fromEntries(found.filter(([, inner]) => inner !== undefined));
}

function mapValue(value: any, map: (inner: any, key?: string) => any): any {
  if (Array.isArray(value)) return value.map((inner) => map(inner));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, map(inner, key)]));
}

/** A result as it is compared: without the keys that the operation ignores, keys in order. */
export function comparable(result: unknown, op: VectorOp | undefined): Json {
  const ignored = new Set<string>(op?.ignore ?? []);
  const clean = (value: any): Json => {
    if (Array.isArray(value)) return value.map(clean);
    if (value === null || typeof value !== 'object') return value ?? null;
    const keys = Object.keys(value)
      .filter((key) => !ignored.has(key))
      .sort();
    return Object.fromEntries(keys.map((key) => [key, clean(value[key])]));
  };
  return clean(result);
}
