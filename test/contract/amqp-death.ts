/** How messages end, asked of any way in: R1, R11, R12, R13 and R18. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ClientChannel, ClientWorld } from '../helpers/amqp-client.js';
import type { AmqpContract } from './amqp-delivery.js';

type Fields = Record<string, any>;

function opened({ create }: AmqpContract, ...queues: ReadonlyArray<readonly [queue: string, args: Fields]>) {
  const world = create();
  const channel = world.connect().open(1);
  for (const [queue, args] of queues) channel.call('queue.declare', { queue, arguments: args });
  return { world, channel };
}

/** All ready messages of a queue, taken out. */
function drained(channel: ClientChannel, queue: string): Fields[] {
  const out: Fields[] = [];
  for (;;) {
    const got = channel.call('basic.get', { queue, noAck: true });
    if (got?.body === undefined) return out;
    out.push(got);
  }
}

const bodies = (messages: readonly Fields[]) => messages.map(({ body }) => body);

/** Counts what the journal tells from now on, by queue and name. */
function counted(world: ClientWorld): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const { journal } = world.world.context;
  journal.on = true;
  journal.events.on('event', ({ receiver, name }) => {
    const key = `${receiver} ${name}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  });
  return counts;
}

const ENDS = ['acked', 'expired', 'dropped', 'dead-lettered'] as const;

type Example = [Fields[], Array<{ do: 'publish' | 'get' | 'reject' | 'delete' | 'ack'; queue: number; at: number }>];

/** What is rejected in the name of a queue that has gone is settled in the one that has its name, and then once more. */
const SETTLED_TWICE: Example = [
  [{}, { 'x-max-priority': 3 }, {}],
  [
    { do: 'publish', queue: 1, at: 13 },
    { do: 'get', queue: 1, at: 0 },
    { do: 'delete', queue: 1, at: 0 },
    { do: 'publish', queue: 1, at: 8 },
    { do: 'get', queue: 1, at: 0 },
    { do: 'reject', queue: 0, at: 0 },
    { do: 'ack', queue: 0, at: 0 },
  ],
];

/** A reject starts a circle between two queues that keep nothing, which a limit ends. */
const ROUND_AND_ROUND: Example = [
  [
    {},
    { 'x-max-length': 1, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'q2', 'x-max-priority': 3 },
    { 'x-max-length': 0, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'q1' },
  ],
  [
    { do: 'publish', queue: 1, at: 1 },
    { do: 'get', queue: 1, at: 0 },
    { do: 'publish', queue: 1, at: 0 },
    { do: 'reject', queue: 0, at: 0 },
  ],
];

function conservation(contract: AmqpContract): void {
  const arguments_ = fc
    .record(
      {
        'x-message-ttl': fc.constantFrom(0, 10, 30),
        'x-max-length': fc.constantFrom(0, 1, 3),
        'x-overflow': fc.constantFrom('drop-head', 'reject-publish', 'reject-publish-dlx'),
        'x-dead-letter-exchange': fc.constantFrom('', 'nowhere'),
        'x-dead-letter-routing-key': fc.constantFrom('q0', 'q1', 'q2'),
        'x-max-priority': fc.constant(3),
      },
      { requiredKeys: [] },
    )
    .map((args) => (args['x-dead-letter-exchange'] === undefined ? withoutKey(args) : args));
  const step = fc.record({
    do: fc.constantFrom(
      'publish',
      'publish',
      'publish',
      'get',
      'get-no-ack',
      'ack',
      'nack',
      'reject',
      'wait',
      'purge',
      'delete',
      'consume',
    ),
    queue: fc.nat(2),
    at: fc.nat(20),
  });
  it('prop: R1 whatever was routed is ready, out, or ended in one way that the journal tells', () => {
    fc.assert(
      fc.property(
        fc.array(arguments_, { minLength: 3, maxLength: 3 }),
        fc.array(step, { maxLength: 50, size: 'max' }),
        (args, steps) => {
          const names = ['q0', 'q1', 'q2'];
          const { world, channel } = opened(contract, ...names.map((name, i) => [name, args[i] as Fields] as const));
          const counts = counted(world);
          const ended = new Map(names.map((name) => [name, 0]));
          const end = (queue: string, count: number) => ended.set(queue, (ended.get(queue) as number) + count);
          const tags = new Set<number>();
          for (const [i, { do: action, queue: n, at }] of steps.entries()) {
            const queue = names[n] as string;
            const deliveryTag = [...tags][at % Math.max(tags.size, 1)];
            if (action === 'publish')
              channel.publish('', queue, String(i), { priority: at % 5, ...(at < 5 && { expiration: '10' }) });
            else if (action === 'wait') world.advance(at);
            else if (action === 'purge') end(queue, channel.call('queue.purge', { queue })?.messageCount);
            else if (action === 'delete') {
              const { readyCount, unackedCount } = world.queue(queue);
              expect(channel.call('queue.delete', { queue })?.messageCount).toBe(readyCount);
              end(queue, readyCount + unackedCount);
              channel.call('queue.declare', { queue, arguments: args[n] });
            } else if (action === 'consume') {
              channel.call('basic.consume', { queue, consumerTag: String(i), noAck: true });
              for (const { name } of world.take()) if (name === 'deliver') end(queue, 1);
              channel.call('basic.cancel', { consumerTag: String(i) });
            } else if (action === 'get' || action === 'get-no-ack') {
              const got = channel.call('basic.get', { queue, noAck: action !== 'get' });
              if (got?.body !== undefined && action === 'get') tags.add(got.deliveryTag);
              if (got?.body !== undefined && action !== 'get') end(queue, 1);
            } else if (deliveryTag !== undefined) {
              tags.delete(deliveryTag);
              channel.call(`basic.${action}`, { deliveryTag, requeue: action === 'nack' });
            }
            world.take();
            for (const name of names) {
              const told = (event: string) => counts.get(`${name} ${event}`) ?? 0;
              const { readyCount, unackedCount } = world.queue(name);
              const sum =
                readyCount +
                unackedCount +
                (ended.get(name) as number) +
                ENDS.reduce((total, end) => total + told(end), 0);
              if (sum !== told('routed')) throw new Error(`${name} after ${action}: ${sum} of ${told('routed')}`);
            }
          }
        },
      ),
      { numRuns: contract.numRuns, examples: [ROUND_AND_ROUND, SETTLED_TWICE] },
    );
  });
}

function withoutKey(args: Fields): Fields {
  const { 'x-dead-letter-routing-key': _key, ...rest } = args;
  return rest;
}

function expiry(contract: AmqpContract): void {
  interface Timed {
    readonly id: number;
    readonly at: number;
  }
  const step = fc.record({
    do: fc.constantFrom(
      'publish',
      'publish',
      'publish',
      'get',
      'nack',
      'ack',
      'consume',
      'cancel',
      'wait',
      'to the deadline',
    ),
    ttl: fc.constantFrom(undefined, 0, 5, 10, 20),
    ms: fc.nat(12),
  });
  it('prop: R11 nothing is delivered after its time, the least of two, and only the head of a queue expires', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(undefined, 0, 8, 15),
        fc.array(step, { maxLength: 40, size: 'max' }),
        (queueTtl, steps) => {
          const { world, channel } = opened(contract, [
            'q',
            queueTtl === undefined ? {} : { 'x-message-ttl': queueTtl },
          ]);
          const { clock } = world.world;
          channel.call('basic.qos', { prefetchCount: 1 });
          let ready: Timed[] = [];
          const held = new Map<number, Timed>();
          let [tag, isConsumed, serving, published] = [0, false, 0, 0];
          const delivered: number[] = [];
          /** The head goes to whom can take it, and while it is late it goes. */
          const settle = (fresh = false) => {
            if (!fresh) while (ready[0] !== undefined && ready[0].at <= clock.now) ready.shift();
            if (isConsumed && serving === 0 && ready[0] !== undefined) {
              serving = ++tag;
              delivered.push(ready[0].id);
              held.set(tag, ready.shift() as Timed);
            }
            while (ready[0] !== undefined && ready[0].at <= clock.now) ready.shift();
          };
          for (const { do: action, ttl, ms } of steps) {
            const [chosen] = [...held.keys()].slice(ms % Math.max(held.size, 1));
            if (action === 'publish') {
              const least = Math.min(ttl ?? Infinity, queueTtl ?? Infinity);
              const isFirst = ready.length === 0;
              ready.push({ id: published, at: clock.now + least });
              channel.publish('', 'q', String(published++), ttl === undefined ? {} : { expiration: String(ttl) });
              settle(isFirst);
            } else if (action === 'get') {
              const first = ready.shift();
              expect(channel.call('basic.get', { queue: 'q' })?.body).toBe(first && String(first.id));
              if (first) held.set(++tag, first);
              settle();
            } else if (action === 'consume' || action === 'cancel') {
              if (isConsumed === (action === 'consume')) continue;
              isConsumed = !isConsumed;
              if (!isConsumed) serving = 0;
              channel.call(`basic.${action}`, { queue: 'q', consumerTag: 'c' });
              settle();
            } else if (action === 'wait' || action === 'to the deadline') {
              const deadline = ready[0]?.at ?? Infinity;
              const toDeadline = Number.isFinite(deadline) ? Math.max(0, deadline - clock.now + (ms % 3) - 1) : 1;
              world.advance(action === 'wait' ? ms : toDeadline);
              settle();
            } else if (chosen !== undefined) {
              channel.call(`basic.${action}`, { deliveryTag: chosen, requeue: true });
              if (action === 'nack') ready = [...ready, held.get(chosen) as Timed].sort((a, b) => a.id - b.id);
              held.delete(chosen);
              if (serving === chosen) serving = 0;
              settle();
            }
            expect(world.take().map(({ body }) => Number(body))).toEqual(delivered.splice(0));
            expect([action, world.queue('q').readyCount]).toEqual([action, ready.length]);
          }
          const inTime = ready.filter(({ at }) => at > clock.now);
          expect(bodies(drained(channel, 'q'))).toEqual(inTime.map(({ id }) => String(id)));
        },
      ),
      { numRuns: contract.numRuns },
    );
  });
}

function lengthLimits(contract: AmqpContract): void {
  const settings = fc.record({
    max: fc.constantFrom(undefined, 0, 1, 2, 4),
    maxBytes: fc.constantFrom(undefined, 0, 10, 25),
    overflow: fc.constantFrom(undefined, 'drop-head', 'reject-publish', 'reject-publish-dlx'),
  });
  const step = fc.record({ do: fc.constantFrom('publish', 'publish', 'publish', 'get', 'ack', 'nack'), n: fc.nat(15) });
  it('prop: R12 a queue keeps its limits after each publish, by dropping its head or refusing what comes', () => {
    fc.assert(
      fc.property(settings, fc.array(step, { maxLength: 40, size: 'max' }), ({ max, maxBytes, overflow }, steps) => {
        const args: Fields = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' };
        if (max !== undefined) args['x-max-length'] = max;
        if (maxBytes !== undefined) args['x-max-length-bytes'] = maxBytes;
        if (overflow !== undefined) args['x-overflow'] = overflow;
        const { world, channel } = opened(contract, ['q', args], ['dead', {}]);
        channel.call('confirm.select');
        const rejects = overflow?.startsWith('reject') ?? false;
        let ready: string[] = [];
        const held = new Map<number, string>();
        const dead: string[] = [];
        const isOver = (texts: readonly string[]) =>
          texts.length > (max ?? Infinity) || texts.join('').length > (maxBytes ?? Infinity);
        const dropHeads = () => {
          while (!rejects && isOver(ready)) dead.push(ready.shift() as string);
        };
        let [tag, published] = [0, 0];
        for (const { do: action, n } of steps) {
          const [chosen] = [...held.keys()].slice(n % Math.max(held.size, 1));
          if (action === 'publish') {
            const text = String(published++)
              .padStart(3, '0')
              .padEnd(3 + n, '.');
            channel.publish('', 'q', text);
            const isRefused = rejects && isOver([...ready, text]);
            expect(world.take().map(({ name }) => name)).toEqual([isRefused ? 'nack' : 'ack']);
            if (!isRefused) ready.push(text);
            else if (overflow === 'reject-publish-dlx') dead.push(text);
            dropHeads();
            if (!rejects) expect(isOver(ready)).toBe(false);
          } else if (action === 'get') {
            const first = ready.shift();
            expect(channel.call('basic.get', { queue: 'q' })?.body).toBe(first);
            if (first !== undefined) held.set(++tag, first);
          } else if (chosen !== undefined) {
            channel.call(`basic.${action}`, { deliveryTag: chosen, requeue: true });
            if (action === 'nack') ready = [...ready, held.get(chosen) as string].sort();
            held.delete(chosen);
            if (action === 'nack') dropHeads();
          }
          expect([action, world.queue('q').readyCount]).toEqual([action, ready.length]);
        }
        expect(bodies(drained(channel, 'q'))).toEqual(ready);
        const ends = drained(channel, 'dead');
        expect(bodies(ends)).toEqual(dead);
        for (const { headers } of ends) expect(headers['x-death'][0]).toMatchObject({ reason: 'maxlen', queue: 'q' });
      }),
      { numRuns: contract.numRuns },
    );
  });
}

function priorities(contract: AmqpContract): void {
  const step = fc.record({
    do: fc.constantFrom('publish', 'publish', 'publish', 'get', 'nack', 'ack'),
    n: fc.nat(255),
  });
  it('prop: R18 the highest priority leaves first, each level in order, and what comes back takes its place again', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(undefined, 1, 4, 10, 255),
        fc.array(step, { maxLength: 50, size: 'max' }),
        (levels, steps) => {
          const { channel } = opened(contract, ['q', levels === undefined ? {} : { 'x-max-priority': levels }]);
          let ready: Array<{ readonly level: number; readonly id: number }> = [];
          const held = new Map<number, (typeof ready)[number]>();
          let tag = 0;
          for (const [id, { do: action, n }] of steps.entries()) {
            const [chosen] = [...held.keys()].slice(n % Math.max(held.size, 1));
            if (action === 'publish') {
              // Small ones more often, as they are used.
              const priority = n < 128 ? n % 12 : n < 160 ? undefined : n;
              ready.push({ level: Math.min(priority ?? 0, levels ?? 0), id });
              channel.publish('', 'q', String(id), priority === undefined ? {} : { priority });
            } else if (action === 'get') {
              const first = ready.shift();
              expect(channel.call('basic.get', { queue: 'q' })?.body).toBe(first && String(first.id));
              if (first) held.set(++tag, first);
            } else if (chosen !== undefined) {
              channel.call(`basic.${action}`, { deliveryTag: chosen, requeue: true });
              if (action === 'nack') ready.push(held.get(chosen) as (typeof ready)[number]);
              held.delete(chosen);
            }
            ready = ready.sort((a, b) => b.level - a.level || a.id - b.id);
          }
          expect(bodies(drained(channel, 'q'))).toEqual(ready.map(({ id }) => String(id)));
        },
      ),
      { numRuns: contract.numRuns },
    );
  });
}

interface Grave {
  readonly queue: string;
  readonly reason: string;
  readonly count: number;
}

/** A message and how often it died where, the newest first. */
interface Mortal {
  readonly queue: string;
  readonly keys: readonly string[];
  readonly deaths: readonly Grave[];
  readonly first: Grave | undefined;
}

const NAMES = ['q0', 'q1', 'q2', 'q3'] as const;

function deaths(contract: AmqpContract): void {
  /** To a queue, to whichever queues the keys name, to all, or nowhere. */
  const target = fc.oneof(fc.constantFrom(...NAMES), fc.constantFrom('by its keys', 'all', 'nowhere'));
  const step = fc.record({
    do: fc.constantFrom('publish', 'reject', 'reject', 'wait'),
    queue: fc.nat(3),
    cc: fc.option(fc.constantFrom(...NAMES), { nil: undefined }),
  });
  it('prop: R13 each death is counted per queue and reason, the newest first, and only rejects make a circle', () => {
    fc.assert(
      fc.property(
        fc.array(target, { minLength: 4, maxLength: 4 }),
        fc.array(step, { maxLength: 14, size: 'max' }),
        (targets, steps) => {
          const world = contract.create();
          const channel = world.connect().open(1);
          channel.call('exchange.declare', { exchange: 'direct', type: 'direct' });
          channel.call('exchange.declare', { exchange: 'all', type: 'fanout' });
          for (const [i, queue] of NAMES.entries()) {
            const to = targets[i] as string;
            const named =
              to === 'by its keys'
                ? { exchange: 'direct' }
                : to === 'all' || to === 'nowhere'
                  ? { exchange: to }
                  : { exchange: '', key: to };
            const key = 'key' in named ? { 'x-dead-letter-routing-key': named.key } : {};
            channel.call('queue.declare', {
              queue,
              arguments: { 'x-message-ttl': 10, 'x-dead-letter-exchange': named.exchange, ...key },
            });
            channel.call('queue.bind', { queue, exchange: 'direct', routingKey: queue });
            channel.call('queue.bind', { queue, exchange: 'all', routingKey: '' });
          }
          let living: Mortal[] = [];
          const die = (mortal: Mortal, reason: string): Mortal[] => {
            const { queue, keys } = mortal;
            const isSame = (each: Grave) => each.queue === queue && each.reason === reason;
            const count = (mortal.deaths.find(isSame)?.count ?? 0) + 1;
            // This version turns the older ones round.
            const older = mortal.deaths.filter((each) => !isSame(each)).reverse();
            const now = [{ queue, reason, count }, ...older];
            const to = targets[NAMES.indexOf(queue as 'q0')] as string;
            const next = to === 'by its keys' ? keys : to === 'all' ? NAMES : to === 'nowhere' ? [] : [to];
            const isOwn = to === 'by its keys' || to === 'all';
            return [...new Set(next)]
              .filter((each) => reason === 'rejected' || !isCircle(now, each))
              .map((each) => ({
                queue: each,
                keys: isOwn ? keys : [to],
                deaths: now,
                first: mortal.first ?? (now[0] as Grave),
              }));
          };
          for (const { do: action, queue: n, cc } of steps) {
            const queue = NAMES[n] as string;
            if (action === 'publish') {
              const keys = [queue, ...(cc === undefined ? [] : [cc])];
              channel.publish('', queue, 'm', cc === undefined ? {} : { headers: { CC: [cc] } });
              living.push(...[...new Set(keys)].map((each) => ({ queue: each, keys, deaths: [], first: undefined })));
            } else if (action === 'wait') {
              world.advance(10);
              living = living.flatMap((each) => die(each, 'expired'));
            } else {
              const got = drainedTags(channel, queue);
              const dying = living.filter((each) => each.queue === queue);
              expect(got.length).toBe(dying.length);
              channel.call('basic.nack', { deliveryTag: 0, multiple: true, requeue: false });
              living = living.flatMap((each) => (each.queue === queue ? die(each, 'rejected') : [each]));
            }
            if (living.length > 60) break;
          }
          for (const queue of NAMES) {
            const seen = drained(channel, queue).map(({ headers }) => ({
              deaths: (headers?.['x-death'] ?? []).map(plainGrave),
              first:
                headers?.['x-first-death-queue'] &&
                `${headers['x-first-death-queue']} ${headers['x-first-death-reason']}`,
              cc: headers?.CC,
            }));
            const expected = living
              .filter((each) => each.queue === queue)
              .map(({ deaths: had, first, keys }) => ({
                deaths: had,
                first: first && `${first.queue} ${first.reason}`,
                cc: keys.length > 1 ? keys.slice(1) : undefined,
              }));
            expect(sorted(seen)).toEqual(sorted(expected));
          }
        },
      ),
      { numRuns: contract.numRuns },
    );
  });
}

const sorted = (items: readonly unknown[]): string[] => items.map((each) => JSON.stringify(each)).sort();

function drainedTags(channel: ClientChannel, queue: string): number[] {
  const tags: number[] = [];
  for (;;) {
    const got = channel.call('basic.get', { queue });
    if (got?.body === undefined) return tags;
    tags.push(got.deliveryTag);
  }
}

const plainGrave = ({ queue, reason, count }: Fields): Grave => ({ queue, reason, count: Number(count.v ?? count) });

/** Whether it has been there since it was last rejected. */
function isCircle(had: readonly Grave[], queue: string): boolean {
  const at = had.findIndex((each) => each.queue === queue);
  return at !== -1 && had.slice(0, at + 1).every(({ reason }) => reason !== 'rejected');
}

export function deathContract(contract: AmqpContract): void {
  conservation(contract);
  expiry(contract);
  lengthLimits(contract);
  priorities(contract);
  deaths(contract);
}
