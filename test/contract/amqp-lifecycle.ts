/** What is there and how long, asked of any way in: R10 and R16. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Client, ClientChannel, ClientWorld } from '../helpers/amqp-client.js';
import type { AmqpContract } from './amqp-delivery.js';

type Fields = Record<string, any>;

/** A channel of each of two connections; a channel that an error closed is opened anew. */
class TwoClients {
  readonly world: ClientWorld;
  readonly clients: [Client, Client];
  readonly #channels: [ClientChannel, ClientChannel];

  constructor(world: ClientWorld) {
    this.world = world;
    this.clients = [world.connect(), world.connect()];
    this.#channels = [this.clients[0].open(1), this.clients[1].open(1)];
  }

  /** @returns the code of the error that closed the channel, or what was answered */
  call(at: 0 | 1, method: string, args: Fields): Fields | number {
    const answer = this.#channels[at].call(method, args);
    const closed = this.world.take().find(({ name }) => name === 'closed');
    if (!closed) return answer as Fields;
    this.#channels[at] = this.clients[at].open(1);
    return closed.code as number;
  }

  drop(at: 0 | 1): void {
    this.clients[at].drop();
    this.clients[at] = this.world.connect();
    this.#channels[at] = this.clients[at].open(1);
  }
}

const side = fc.constantFrom<0 | 1>(0, 1);

function redeclaring({ create, numRuns }: AmqpContract): void {
  const declaration = fc.record({
    at: side,
    kind: fc.constantFrom('queue', 'queue', 'exchange'),
    name: fc.constantFrom('a', 'b'),
    passive: fc.nat(3).map((n) => n === 0),
    durable: fc.boolean(),
    autoDelete: fc.nat(2).map((n) => n === 0),
    exclusive: fc.nat(3).map((n) => n === 0),
    type: fc.constantFrom('direct', 'fanout'),
    internal: fc.nat(3).map((n) => n === 0),
    ttl: fc.constantFrom(undefined, { $t: 'I', v: 1 }, { $t: 'l', v: 1 }, 2),
    other: fc.constantFrom(undefined, 1, 'x'),
  });
  it('prop: R10 declaring again is nothing when equal, refused when not, and changes nothing either way', () => {
    fc.assert(
      fc.property(fc.array(declaration, { maxLength: 20, size: 'max' }), (declarations) => {
        const two = new TwoClients(create());
        const known = new Map<string, { readonly same: string; readonly owner: 0 | 1 | undefined }>();
        for (const {
          at,
          kind,
          name,
          passive,
          durable,
          autoDelete,
          exclusive,
          type,
          internal,
          ttl,
          other,
        } of declarations) {
          const own = known.get(`${kind} ${name}`);
          const isQueue = kind === 'queue';
          const args = isQueue
            ? {
                queue: name,
                durable,
                autoDelete,
                exclusive,
                arguments: { ...(ttl && { 'x-message-ttl': ttl }), ...(other && { other }) },
              }
            : { exchange: name, type, durable, autoDelete, internal, arguments: other ? { other } : {} };
          // Widths of numbers do not count, nor do arguments that mean nothing to it.
          const size = typeof ttl === 'object' ? ttl.v : ttl;
          const same = JSON.stringify(
            isQueue ? [durable && !exclusive, autoDelete, size ?? null] : [type, durable, autoDelete, internal],
          );
          const answer = two.call(at, `${kind}.declare`, { ...args, passive });
          const isLocked = own?.owner !== undefined && own.owner !== at;
          const wanted = isQueue && exclusive ? at : undefined;
          if (!own) {
            if (passive) expect(answer).toBe(404);
            else known.set(`${kind} ${name}`, { same, owner: wanted });
          } else if (isLocked) expect(answer).toBe(405);
          else if (!passive && isQueue && own.owner !== wanted) expect([405, 406]).toContain(answer);
          else if (!passive && own.same !== same) expect(answer).toBe(406);
          if (typeof answer !== 'number') expect(answer).toMatchObject(isQueue ? { queue: name } : {});
          const vhost = two.world.vhost;
          for (const [each, { same: wantedSame }] of known) {
            const [of, called] = each.split(' ') as [string, string];
            const queue = vhost.queues.get(called);
            const exchange = vhost.exchanges.get(called);
            const now =
              of === 'queue'
                ? [
                    queue?.durable,
                    queue?.autoDelete,
                    Number.isFinite(queue?.settings.ttlMs) ? queue?.settings.ttlMs : null,
                  ]
                : [exchange?.type, exchange?.durable, exchange?.autoDelete, exchange?.internal];
            expect(JSON.stringify(now)).toBe(wantedSame);
          }
        }
      }),
      { numRuns },
    );
  });
}

interface ModelQueue {
  readonly owner: 0 | 1 | undefined;
  readonly autoDelete: boolean;
  readonly expiresMs: number | undefined;
  readonly consumers: Map<string, 0 | 1>;
  /** Used until then. */
  usedAt: number;
}

interface Edge {
  readonly source: string;
  readonly destination: string;
}

const QUEUES = ['q0', 'q1', 'q2'] as const;
const EXCHANGES = ['x0', 'x1', 'x2'] as const;

/** Who is there, kept by the book. */
class Lives {
  readonly queues = new Map<string, ModelQueue>();
  readonly exchanges = new Map<string, { readonly autoDelete: boolean }>();
  edges: Edge[] = [];

  removeQueue(name: string): void {
    this.queues.delete(name);
    this.#unbind(({ destination }) => destination === name);
  }

  removeExchange(name: string): void {
    this.exchanges.delete(name);
    this.edges = this.edges.filter(({ source }) => source !== name);
    this.#unbind(({ destination }) => destination === name);
  }

  unbind(source: string, destination: string): void {
    this.#unbind((edge) => edge.source === source && edge.destination === destination);
  }

  /** An exchange that deletes itself goes with the last of what it is bound to. */
  #unbind(isGone: (edge: Edge) => boolean): void {
    const sources = new Set(this.edges.filter(isGone).map(({ source }) => source));
    this.edges = this.edges.filter((edge) => !isGone(edge));
    for (const source of sources) {
      if (!this.exchanges.get(source)?.autoDelete || this.edges.some((edge) => edge.source === source)) continue;
      this.removeExchange(source);
    }
  }

  cancel(tag: string, now: number): void {
    for (const [name, queue] of this.queues) {
      if (!queue.consumers.delete(tag)) continue;
      queue.usedAt = now;
      if (queue.autoDelete && queue.consumers.size === 0) this.removeQueue(name);
    }
  }

  drop(client: 0 | 1, now: number): void {
    for (const [name, queue] of [...this.queues]) {
      if (queue.owner === client) this.removeQueue(name);
      for (const [tag, of] of queue.consumers) if (of === client) this.cancel(tag, now);
    }
  }

  expire(now: number): void {
    for (const [name, { expiresMs, consumers, usedAt }] of [...this.queues]) {
      if (expiresMs !== undefined && consumers.size === 0 && usedAt + expiresMs <= now) this.removeQueue(name);
    }
  }
}

function lives({ create, numRuns }: AmqpContract): void {
  const step = fc.record({
    do: fc.constantFrom(
      ...['queue', 'queue', 'exchange', 'exchange', 'bind', 'bind', 'bind exchange', 'unbind', 'consume', 'cancel'],
      ...['delete queue', 'delete exchange', 'drop', 'wait', 'get', 'look'],
    ),
    at: side,
    queue: fc.constantFrom(...QUEUES),
    exchange: fc.constantFrom(...EXCHANGES),
    other: fc.constantFrom(...EXCHANGES),
    autoDelete: fc.boolean(),
    exclusive: fc.nat(2).map((n) => n === 0),
    expiresMs: fc.constantFrom(undefined, undefined, 10),
    n: fc.nat(9),
  });
  it('prop: R16 what deletes itself goes in its hour, and no binding is left of what is gone', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50, size: 'max' }), (steps) => {
        const two = new TwoClients(create());
        const model = new Lives();
        const { clock } = two.world.world;
        for (const [
          i,
          { do: action, at, queue, exchange, other, autoDelete, exclusive, expiresMs, n },
        ] of steps.entries()) {
          const own = model.queues.get(queue);
          const isMine = own !== undefined && (own.owner === undefined || own.owner === at);
          const both = model.exchanges.has(exchange) && model.exchanges.has(other);
          if (action === 'queue' && !own) {
            two.call(at, 'queue.declare', {
              queue,
              autoDelete,
              exclusive,
              arguments: expiresMs ? { 'x-expires': expiresMs } : {},
            });
            const owner = exclusive ? at : undefined;
            model.queues.set(queue, { owner, autoDelete, expiresMs, consumers: new Map(), usedAt: clock.now });
          } else if (action === 'exchange' && !model.exchanges.has(exchange)) {
            two.call(at, 'exchange.declare', { exchange, type: 'fanout', autoDelete });
            model.exchanges.set(exchange, { autoDelete });
          } else if (action === 'bind' && isMine && model.exchanges.has(exchange)) {
            two.call(at, 'queue.bind', { queue, exchange });
            bindOnce(model, exchange, queue);
          } else if (action === 'bind exchange' && both) {
            two.call(at, 'exchange.bind', { source: exchange, destination: other });
            bindOnce(model, exchange, other);
          } else if (action === 'unbind' && isMine) {
            two.call(at, 'queue.unbind', { queue, exchange });
            model.unbind(exchange, queue);
          } else if (action === 'consume' && isMine) {
            two.call(at, 'basic.consume', { queue, consumerTag: `c${i}`, noAck: true });
            own.consumers.set(`c${i}`, at);
          } else if (action === 'cancel' && own) {
            const [tag, of] = [...own.consumers][n % Math.max(own.consumers.size, 1)] ?? ['nobody', at];
            two.call(of as 0 | 1, 'basic.cancel', { consumerTag: tag });
            model.cancel(tag as string, clock.now);
          } else if (action === 'get' && isMine) {
            two.call(at, 'basic.get', { queue, noAck: true });
            own.usedAt = clock.now;
          } else if (action === 'look' && isMine) {
            two.call(at, 'queue.declare', { queue, passive: true });
            own.usedAt = clock.now;
          } else if (action === 'delete queue' && isMine) {
            two.call(at, 'queue.delete', { queue });
            model.removeQueue(queue);
          } else if (action === 'delete exchange') {
            two.call(at, 'exchange.delete', { exchange });
            if (model.exchanges.has(exchange)) model.removeExchange(exchange);
          } else if (action === 'drop') {
            two.drop(at);
            model.drop(at, clock.now);
          } else if (action === 'wait') {
            two.world.advance(n);
            model.expire(clock.now);
          }
          audit(two.world, model, action);
        }
      }),
      { numRuns },
    );
  });
}

function bindOnce(model: Lives, source: string, destination: string): void {
  const isThere = model.edges.some((edge) => edge.source === source && edge.destination === destination);
  if (!isThere) model.edges.push({ source, destination });
}

const text = (names: Iterable<string>) => [...names].sort().join(' ');

function audit(world: ClientWorld, model: Lives, action: string): void {
  const { queues, exchanges } = world.vhost;
  const own = [...exchanges.values()].filter(({ name }) => name.startsWith('x'));
  const edges = own.flatMap(({ bindings }) => [...bindings.values()]);
  const seen = [
    text(queues.keys()),
    text(own.map(({ name }) => name)),
    text(edges.map(({ source, destination }) => `${source.name}>${destination.name}`)),
  ];
  const expected = [
    text(model.queues.keys()),
    text(model.exchanges.keys()),
    text(model.edges.map(({ source, destination }) => `${source}>${destination}`)),
  ];
  if (seen.join('|') !== expected.join('|')) throw new Error(`after ${action}: ${seen} instead of ${expected}`);
  for (const binding of edges) {
    const { source, destination } = binding;
    if (!source.alive || !destination.alive || !destination.incoming.has(binding)) throw new Error('a binding dangles');
  }
  for (const { incoming } of [...queues.values(), ...own]) {
    for (const { source } of incoming) if (!source.alive) throw new Error('a binding of an exchange that is gone');
  }
}

export function lifecycleContract(contract: AmqpContract): void {
  redeclaring(contract);
  lives(contract);
}
