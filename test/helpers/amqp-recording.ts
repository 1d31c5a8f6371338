/**
 * Plays recorded programs (test/fixtures/amqp/amqp-vectors.json, from RabbitMQ 3.10.8) against the amqp model itself,
 * without a wire. Waiting is virtual time.
 */
import { VirtualClock } from '../../src/core/clock.js';
import { Journal } from '../../src/core/journal.js';
import { TEST_LIMITS } from '../../src/core/limits.js';
import { decodeText, encodeText } from '../../src/core/message.js';
import type { ModelContext } from '../../src/core/model.js';
import { Outbox } from '../../src/core/outbox.js';
import { Random } from '../../src/core/random.js';
import {
  AmqpBroker,
  type AmqpChannel,
  type AmqpConnection,
  AmqpError,
  type BasicProperties,
  type Delivery,
  type FieldTable,
  type FieldValue,
  fieldTag,
  TypedField,
} from '../../src/models/amqp/index.js';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Op = { [key: string]: Json } & { do: string };

export interface Recording {
  readonly name: string;
  readonly area: string;
  readonly requires?: readonly string[];
  readonly differs4?: string;
  readonly connect?: Op;
  readonly ops: readonly Op[];
  readonly expect: readonly Json[];
}

/** A context of its own, on virtual time; errors that are reported are thrown. */
export function modelContext(overrides: Partial<ModelContext> = {}): ModelContext & { clock: VirtualClock } {
  const clock = new VirtualClock();
  const reportError = (error: unknown) => {
    throw error;
  };
  return {
    clock,
    random: new Random(1),
    outbox: new Outbox(reportError),
    journal: new Journal(clock, 1000, false),
    limits: { ...TEST_LIMITS, amqpMessageBytes: 134_217_728 },
    reportError,
    ...overrides,
  } as ModelContext & { clock: VirtualClock };
}

/** A table of the recordings' language as a field table. */
export function tableOf(json: Json | undefined): FieldTable {
  const entries = Array.isArray(json) ? (json as Array<[string, Json]>) : Object.entries((json ?? {}) as object);
  const table = new Map<string, FieldValue>();
  for (const [key, value] of entries) if (!table.has(key)) table.set(key, fieldOf(value as Json));
  return table;
}

function fieldOf(json: Json): FieldValue {
  if (typeof json === 'number') {
    if (!Number.isInteger(json)) return new TypedField('d', json);
    return new TypedField(Math.abs(json) <= 0x7fffffff ? 'I' : 'l', json);
  }
  if (json === null || typeof json !== 'object') return json;
  if (Array.isArray(json)) return json.map(fieldOf);
  if (!('$t' in json)) return tableOf(json);
  const value = json.v as Json;
  switch (json.$t) {
    case 't':
      return Boolean(value);
    case 'V':
      return null;
    case 'S':
      return value as string;
    case 'A':
      return (value as Json[]).map(fieldOf);
    case 'F':
      return tableOf(value);
    case 'D':
      return new TypedField('D', (value as number[])[1] as number, (value as number[])[0]);
    case 'x':
      return new TypedField('x', encodeText(value as string));
    case 'f':
      return new TypedField('f', Math.fround(value as number));
    default:
      return new TypedField(json.$t as 'b', typeof value === 'string' ? BigInt(value) : (value as number));
  }
}

export function jsonOf(value: FieldValue): Json {
  if (value instanceof TypedField) {
    if (value.tag === 'I') return Number(value.value);
    if (value.tag === 'D') return { $t: 'D', v: [value.scale, Number(value.value)] };
    if (value.value instanceof Uint8Array) return { $t: value.tag, v: decodeText(value.value) };
    return { $t: value.tag, v: typeof value.value === 'bigint' ? String(value.value) : value.value };
  }
  if (Array.isArray(value)) return value.map(jsonOf);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [key, jsonOf(item)]));
  return fieldTag(value) === 'V' ? null : (value as string | boolean);
}

function propsOf(json: Json | undefined): BasicProperties {
  const { headers, ...rest } = (json ?? {}) as { [key: string]: Json };
  return { ...(rest as BasicProperties), ...(headers !== undefined && { headers: tableOf(headers) }) };
}

function propsJson({ headers, ...rest }: BasicProperties): Json {
  const plain = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) as Json;
  return headers ? { ...(plain as object), headers: jsonOf(headers) } : plain;
}

interface ChannelState {
  channel: AmqpChannel | undefined;
  events: Json[];
  confirming: boolean;
  published: number;
  unconfirmed: number[];
}

interface ClientState {
  connection: AmqpConnection | undefined;
  closed: Json;
  events: Json[];
  readonly channels: Map<number, ChannelState>;
}

const VHOST = 'spec_vec';

/** Plays one recording; `results[i]` is what came of `ops[i]`. */
export class Player {
  readonly context = modelContext();
  readonly broker: AmqpBroker;
  readonly #clients = new Map<string, ClientState>();
  readonly #names = new Map<string, string>();
  readonly #queues = new Set<string>();

  constructor(version: '3' | '4' = '3') {
    this.broker = new AmqpBroker(this.context, { version, vhosts: [VHOST] });
  }

  play(recording: Recording): Json[] {
    const results: Json[] = [];
    const opened = this.#connect('A', recording.connect ?? { do: 'connect' });
    if ((opened as { error?: Json }).error) return [opened];
    for (const op of recording.ops) {
      const result = this.#run(this.#substitute(op) as Op);
      for (const [name, path] of Object.entries((op.capture ?? {}) as { [name: string]: string })) {
        const found = path
          .split('.')
          .reduce<Json | undefined>((at, key) => (at as { [k: string]: Json })?.[key], result);
        if (typeof found === 'string') this.#names.set(name, found);
      }
      results.push(this.#normalize(result));
    }
    return results;
  }

  #client(name: Json | undefined): ClientState {
    return this.#clients.get((name ?? 'A') as string) as ClientState;
  }

  #connect(name: string, op: Op): Json {
    const client: ClientState = { connection: undefined, closed: null, events: [], channels: new Map() };
    const user = (op.user ?? 'guest') as string;
    const capabilities = tableOf(
      op.capabilities ?? { consumer_cancel_notify: true, authentication_failure_close: true },
    );
    try {
      if (!this.broker.authenticate(user, (op.pass ?? 'guest') as string)) {
        const text = 'Login was refused using authentication mechanism PLAIN. For details see the broker logfile.';
        throw new AmqpError('ACCESS_REFUSED', text, 'connection');
      }
      client.connection = this.broker.openConnection({
        user,
        vhost: (op.vhost ?? VHOST) as string,
        name,
        nodeId: 1,
        channelMax: (op.channelMax ?? 2047) as number,
        clientProperties: new Map([['capabilities', capabilities]]),
        sink: {
          closed: (error) => {
            client.closed = { error: 'connection', ...errorJson(error, 'none') };
            client.events.push({ ev: 'connection-closed', ...errorJson(error, 'none') });
          },
          blocked: (reason) => void client.events.push({ ev: 'blocked', reason }),
          unblocked: () => void client.events.push({ ev: 'unblocked' }),
        },
      });
    } catch (error) {
      const login = (error as AmqpError).code === 'ACCESS_REFUSED';
      return { error: 'connection', ...errorJson(error, login ? 'none' : 'connection.open') };
    }
    this.#clients.set(name, client);
    return { r: 'connection.open-ok' };
  }

  #state(client: ClientState, number: number): ChannelState {
    let state = client.channels.get(number);
    if (!state) {
      state = { channel: undefined, events: [], confirming: false, published: 0, unconfirmed: [] };
      client.channels.set(number, state);
    }
    return state;
  }

  #open(client: ClientState, number: number): ChannelState {
    const state = this.#state(client, number);
    if (state.channel) return state;
    const push = (event: Json) => void state.events.push(event);
    state.confirming = false;
    state.published = 0;
    state.unconfirmed = [];
    state.channel = (client.connection as AmqpConnection).openChannel(number, {
      deliver: (delivery) => push({ ev: 'deliver', consumer: delivery.consumerTag, ...messageJson(delivery) }),
      returned: (message) =>
        push({ ev: 'return', code: message.replyCode, text: message.replyText, ...contentJson(message) }),
      confirm: ({ ack, deliveryTag, multiple }) => {
        const ev = ack ? 'ack' : 'nack';
        const hit = state.unconfirmed.filter((tag) => (multiple ? tag <= deliveryTag : tag === deliveryTag));
        state.unconfirmed = state.unconfirmed.filter((tag) => !hit.includes(tag));
        for (const tag of hit) push({ ev, tag });
        if (hit.length === 0) push({ ev, tag: deliveryTag, unexpected: true });
      },
      cancelled: (tag) => push({ ev: 'cancel', consumer: tag, nowait: true }),
      committed: () => {},
      closed: (error) => {
        state.channel = undefined;
        push({ ev: 'channel-closed', ...errorJson(error, 'none') });
      },
    });
    return state;
  }

  #run(op: Op): Json {
    const client = this.#client(op.on);
    const number = (op.ch ?? 1) as number;
    switch (op.do) {
      case 'wait':
        this.context.clock.advanceTo(this.context.clock.now + (op.ms as number));
        return null;
      case 'connect':
        return this.#connect(op.on as string, op);
      case 'disconnect':
        client.connection?.close();
        client.closed = { error: 'closed' };
        return { r: 'connection.close-ok' };
      case 'drop':
        client.connection?.close();
        return null;
      case 'collect':
        return this.#collect(client, number, op);
      case 'route':
        return this.#route(client, op);
      case 'http':
        return this.#http(op);
      case 'broker':
        for (const each of this.#clients.values()) each.connection?.close();
        this.broker.restart();
        return this.#connect('A', { do: 'connect' });
      case 'close-channel': {
        const state = this.#state(client, number);
        state.channel?.close();
        state.channel = undefined;
        return { r: 'channel.close-ok' };
      }
      default:
        return this.#method(client, number, op);
    }
  }

  #method(client: ClientState, number: number, op: Op): Json {
    if (client.closed) return client.closed;
    const isAsync = /^basic\.(publish|ack|nack|reject|recover-async)$/.test(op.do) || op.nowait === true;
    let state = this.#state(client, number);
    try {
      if (op.do === 'channel.open' && state.channel) client.connection?.openChannel(number, state.channel.sink);
      state = this.#open(client, number);
      const result = this.context.outbox.run(() => this.#call(state, op));
      return isAsync ? null : result;
    } catch (error) {
      if (!(error instanceof AmqpError)) throw error;
      const info = errorJson(error, op.do);
      if (error.scope === 'channel') {
        state.channel?.close();
        state.channel = undefined;
        if (!isAsync) return { error: 'channel', ...info };
        state.events.push({ ev: 'channel-closed', ...info });
        return null;
      }
      client.connection?.close();
      client.closed = { error: 'connection', ...info };
      if (isAsync) client.events.push({ ev: 'connection-closed', ...info });
      return isAsync ? null : client.closed;
    }
  }

  #call(state: ChannelState, op: Op): Json {
    const channel = state.channel as AmqpChannel;
    const args = tableOf(op.args);
    const { exchange = '', key = '', queue = '' } = op as { exchange?: string; key?: string; queue?: string };
    const flag = (name: string) => op[name] === true;
    const tag = (op.tag ?? 0) as number;
    const ok = { r: `${op.do}-ok` };
    switch (op.do) {
      case 'channel.open':
        return ok;
      case 'channel.flow':
        channel.flow(flag('active'));
        return { ...ok, active: flag('active') };
      case 'access.request':
        return { ...ok, ticket: 1 };
      case 'connection.update-secret':
        return ok;
      case 'exchange.declare':
        channel.exchangeDeclare({
          exchange,
          type: (op.type ?? '') as string,
          passive: flag('passive'),
          durable: flag('durable'),
          autoDelete: flag('autoDelete'),
          internal: flag('internal'),
          arguments: args,
        });
        return ok;
      case 'exchange.delete':
        channel.exchangeDelete({ exchange, ifUnused: flag('ifUnused') });
        return ok;
      case 'exchange.bind':
      case 'exchange.unbind': {
        const binding = {
          destination: (op.destination ?? '') as string,
          source: (op.source ?? '') as string,
          routingKey: key,
          arguments: args,
        };
        if (op.do === 'exchange.bind') channel.exchangeBind(binding);
        else channel.exchangeUnbind(binding);
        return ok;
      }
      case 'queue.declare': {
        const declared = channel.queueDeclare({
          queue,
          passive: flag('passive'),
          durable: flag('durable'),
          exclusive: flag('exclusive'),
          autoDelete: flag('autoDelete'),
          arguments: args,
        });
        this.#queues.add(declared.queue);
        if (op.as) this.#names.set(op.as as string, declared.queue);
        return { ...ok, queue: declared.queue, messages: declared.messageCount, consumers: declared.consumerCount };
      }
      case 'queue.bind':
        channel.queueBind({ queue, exchange, routingKey: key, arguments: args });
        return ok;
      case 'queue.unbind':
        channel.queueUnbind({ queue, exchange, routingKey: key, arguments: args });
        return ok;
      case 'queue.purge':
        return { ...ok, messages: channel.queuePurge(queue) };
      case 'queue.delete':
        return {
          ...ok,
          messages: channel.queueDelete({ queue, ifUnused: flag('ifUnused'), ifEmpty: flag('ifEmpty') }),
        };
      case 'basic.qos':
        channel.qos((op.prefetchCount ?? 0) as number, flag('global'), (op.prefetchSize ?? 0) as number);
        return ok;
      case 'basic.consume': {
        const made = channel.consume({
          queue,
          consumerTag: (op.tag ?? '') as string,
          noAck: flag('noAck'),
          exclusive: flag('exclusive'),
          arguments: args,
        });
        if (op.as) this.#names.set(op.as as string, made);
        return { ...ok, tag: made };
      }
      case 'basic.cancel':
        channel.cancel(op.tag as string);
        return { ...ok, tag: op.tag as string };
      case 'basic.get': {
        const got = channel.get(queue, flag('noAck'));
        if (!got) return { r: 'basic.get-empty' };
        return { ...ok, ...(messageJson(got.delivery) as object), messages: got.messageCount };
      }
      case 'basic.publish': {
        const times = (op.times ?? 1) as number;
        for (let i = 1; i <= times; i++) {
          if (state.confirming) state.unconfirmed.push(++state.published);
          const text = op.size === undefined ? String(op.body ?? '') : 'x'.repeat(op.size as number);
          const body = times > 1 ? text.replace('#', String(i)) : text;
          channel.publish(exchange, key, propsOf(op.props), encodeText(body), {
            mandatory: flag('mandatory'),
            immediate: flag('immediate'),
          });
        }
        return null;
      }
      case 'basic.ack':
        channel.ack(tag, flag('multiple'));
        return null;
      case 'basic.nack':
        channel.nack(tag, flag('multiple'), flag('requeue'));
        return null;
      case 'basic.reject':
        channel.reject(tag, flag('requeue'));
        return null;
      case 'basic.recover':
      case 'basic.recover-async':
        channel.recover(flag('requeue'));
        return ok;
      case 'tx.select':
        channel.txSelect();
        return ok;
      case 'tx.commit':
        channel.txCommit();
        return ok;
      case 'tx.rollback':
        channel.txRollback();
        return ok;
      case 'confirm.select':
        channel.confirmSelect();
        state.confirming = true;
        state.published = 0;
        state.unconfirmed = [];
        return ok;
      default:
        throw new Error(`unknown op ${op.do}`);
    }
  }

  #collect(client: ClientState, number: number, op: Op): Json {
    this.context.clock.advanceTo(this.context.clock.now + Math.max((op.ms ?? 0) as number, 150));
    const source = op.scope === 'connection' ? client : this.#state(client, number);
    const only = op.only as string[] | undefined;
    const isWanted = (event: Json) => !only || only.includes((event as { ev: string }).ev);
    let events = sortConfirms(source.events.filter(isWanted) as Array<{ ev: string; tag?: number }>) as Json[];
    source.events = source.events.filter((event) => !isWanted(event));
    const fields = op.fields as string[] | undefined;
    if (fields) {
      events = events.map((event) =>
        Object.fromEntries(Object.entries(event as object).filter(([key]) => key === 'ev' || fields.includes(key))),
      );
    }
    if (op.sort) {
      const key = op.sort as string;
      events.sort((a, b) => {
        const [left, right] = [a, b].map((each) => JSON.stringify((each as { [k: string]: Json })[key])) as [
          string,
          string,
        ];
        return left < right ? -1 : 1;
      });
    }
    return events;
  }

  #route(client: ClientState, op: Op): Json {
    const state = this.#open(client, 99);
    const props = op.headers ? { headers: op.headers } : (op.props ?? {});
    this.#method(client, 99, { ...op, do: 'basic.publish', props, body: op.body ?? 'm', mandatory: true });
    const events = state.events.splice(0);
    const closed = events.find((event) => (event as { ev: string }).ev === 'channel-closed') as
      | { ev: string }
      | undefined;
    if (closed) {
      const { ev: _, ...rest } = closed;
      return { error: 'channel', ...rest };
    }
    const to: { [queue: string]: Json } = {};
    for (const queue of [...this.#queues].sort()) {
      const count = (this.#method(client, 99, { do: 'queue.purge', queue }) as { messages?: number }).messages;
      if (count) to[this.#normalize(queue) as string] = count;
    }
    const returned = events.some((event) => (event as { ev: string }).ev === 'return');
    return returned ? { to, returned } : { to };
  }

  #http(op: Op): Json {
    const body = (op.body ?? {}) as { [key: string]: Json };
    const [area, ...rest] = (op.path as string).split('/').slice(2) as [string, ...string[]];
    const [, name] = rest as [string, string];
    const put = op.method === 'PUT';
    const vhost = this.broker.vhosts.get(VHOST)!;
    const created = (isNew: boolean): Json => ({ status: isNew ? 201 : 204 });
    switch (area) {
      case 'policies':
      case 'operator-policies': {
        const kind = area === 'policies' ? 'policy' : 'operator-policy';
        if (!put) {
          vhost.deletePolicy(kind, name);
          return { status: 204 };
        }
        const isNew = vhost.setPolicy(kind, {
          name,
          pattern: body.pattern as string,
          applyTo: (body['apply-to'] ?? 'all') as 'all',
          priority: (body.priority ?? 0) as number,
          definition: jsonTable(body.definition as { [key: string]: Json }),
        });
        return created(isNew);
      }
      case 'users':
        if (!put) return { status: 204 };
        return created(
          this.broker.setUser(rest[0] as string, { password: body.password as string, tags: body.tags as string }),
        );
      case 'permissions':
        return created(this.broker.setPermissions(name, VHOST, body as never));
      case 'topic-permissions':
        return created(this.broker.setTopicPermissions(name, VHOST, body as never));
      case 'vhost-limits':
        vhost.setLimit(name as 'max-queues', put ? (body.value as number) : undefined);
        return { status: 204 };
      case 'user-limits':
        this.broker.setUserLimit(rest[0] as string, name as 'max-channels', put ? (body.value as number) : undefined);
        return { status: 204 };
      default:
        throw new Error(`no management API here: ${area}`);
    }
  }

  #substitute(json: Json): Json {
    if (typeof json === 'string') {
      return json.replace(/\$\{(\w+)\}/g, (all, name) => (name === 'vhost' ? VHOST : (this.#names.get(name) ?? all)));
    }
    if (Array.isArray(json)) return json.map((item) => this.#substitute(item));
    if (json === null || typeof json !== 'object') return json;
    return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, this.#substitute(value)]));
  }

  #normalize(json: Json, key?: string): Json {
    if (typeof json === 'string') {
      let text = json;
      for (const [name, value] of this.#names) text = text.replaceAll(value, `\${${name}}`);
      text = text
        .replaceAll(`vhost '${VHOST}'`, "vhost '$" + "{vhost}'")
        .replaceAll(`vhost ${VHOST} `, 'vhost $' + '{vhost} ');
      return text.replace(/amq\.gen-[\w-]{22}/g, '<amq.gen>').replace(/amq\.ctag-[\w-]{22}/g, '<amq.ctag>');
    }
    if (Array.isArray(json)) return json.map((item) => this.#normalize(item));
    if (json === null || typeof json !== 'object') return json;
    if (json.$t === 'T' && key === 'time') return { $t: 'T', v: '<time>' };
    return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, this.#normalize(value, name)]));
  }
}

/** Whether a result is what was recorded, keys in any order, without those that the op says to ignore. */
export function sameResult(actual: Json, expected: Json, op: Op): boolean {
  const ignored = new Set((op.ignore ?? []) as string[]);
  const canonical = (json: Json): Json => {
    if (Array.isArray(json)) return json.map(canonical);
    if (json === null || typeof json !== 'object') return json;
    const entries = Object.entries(json).filter(([key]) => !ignored.has(key));
    return Object.fromEntries(
      entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => [key, canonical(value)]),
    );
  };
  return JSON.stringify(canonical(actual)) === JSON.stringify(canonical(expected));
}

function jsonTable(json: { [key: string]: Json }): FieldTable {
  const field = (value: Json): FieldValue => {
    if (typeof value === 'number') return new TypedField(Number.isInteger(value) ? 'l' : 'd', value);
    return fieldOf(value);
  };
  return new Map(Object.entries(json).map(([key, value]) => [key, field(value)]));
}

function errorJson(error: unknown, method: string): { [key: string]: Json } {
  if (!(error instanceof AmqpError)) throw error;
  const none = /^number of channels/.test(error.message) || (error.code === 'INTERNAL_ERROR' && error.message === '');
  return { code: error.replyCode, text: error.replyText, method: none ? 'none' : method };
}

function contentJson(message: { exchange: string; routingKey: string; properties: BasicProperties; body: Uint8Array }) {
  const { exchange, routingKey, properties, body } = message;
  return { exchange, key: routingKey, props: propsJson(properties), body: decodeText(body) };
}

function messageJson(delivery: Delivery): { [key: string]: Json } {
  return { tag: delivery.deliveryTag, redelivered: delivery.redelivered, ...contentJson(delivery) };
}

function sortConfirms(events: Array<{ ev: string; tag?: number }>): unknown[] {
  const out = [...events];
  const isConfirm = (event: { ev: string } | undefined) => event?.ev === 'ack' || event?.ev === 'nack';
  for (let start = 0; start < out.length; start++) {
    let end = start;
    while (isConfirm(out[end])) end++;
    if (end === start) continue;
    out.splice(start, end - start, ...out.slice(start, end).sort((a, b) => (a.tag as number) - (b.tag as number)));
    start = end;
  }
  return out;
}
