/** What queues and consumers promise, asked of any way in: R1, R4 to R8, R14 and R15. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Client, ClientChannel, ClientEvent, ClientWorld } from '../helpers/amqp-client.js';

export interface AmqpContract {
  readonly create: () => ClientWorld;
  readonly numRuns: number;
}

const QUEUES = ['q0', 'q1'] as const;
/** Connection and number of each channel. */
const CHANNELS = [
  [0, 1],
  [0, 2],
  [1, 1],
] as const;

interface Step {
  readonly do: (typeof STEPS)[number];
  readonly channel: number;
  readonly queue: number;
  readonly at: number;
}
const STEPS = [
  ...['publish', 'publish', 'publish', 'get', 'consume', 'consume-no-ack', 'ack', 'ack', 'ack-multiple'],
  ...['nack', 'nack-multiple', 'reject', 'recover', 'cancel', 'qos', 'ack-twice', 'close', 'drop', 'purge'],
] as const;

/** What `expect` says, where it is said a million times. */
function claim(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

/** Each program knows only some of the steps, so that the others meet more often. */
const program = fc.subarray([...new Set(STEPS)], { minLength: 6 }).chain((allowed) => {
  const step = fc.record({
    do: fc.constantFrom(...STEPS.filter((each) => each.startsWith('publish') || allowed.includes(each))),
    channel: fc.nat(CHANNELS.length - 1),
    queue: fc.nat(QUEUES.length - 1),
    at: fc.nat(20),
  });
  return fc.array(step, { maxLength: 40, size: 'max' });
});

interface ModelConsumer {
  readonly queue: string;
  readonly noAck: boolean;
  readonly prefetch: number;
  readonly priority: number;
}

interface ModelChannel {
  readonly channel: ClientChannel;
  tag: number;
  prefetch: number;
  readonly held: Map<number, { readonly queue: string; readonly id: number; readonly consumer?: string }>;
  readonly consumers: Map<string, ModelConsumer>;
}

/** Sorted lists, counted by hand. */
class DeliveryModel {
  readonly ready = new Map<string, number[]>(QUEUES.map((queue) => [queue, []]));
  readonly seen = new Set<number>();
  readonly routed = new Map<string, number>(QUEUES.map((queue) => [queue, 0]));
  readonly settled = new Map<string, number>(QUEUES.map((queue) => [queue, 0]));
  readonly channels: ModelChannel[] = [];
  readonly #world: ClientWorld;
  readonly #clients: Client[];
  #published = 0;
  #consumers = 0;

  constructor(world: ClientWorld) {
    this.#world = world;
    this.#clients = [world.connect(), world.connect()];
    for (const i of CHANNELS.keys()) this.#open(i);
    for (const queue of QUEUES) this.channels[0]?.channel.call('queue.declare', { queue });
  }

  step({ do: action, channel: index, queue: queueIndex, at }: Step): void {
    const own = this.channels[index] as ModelChannel;
    const { channel } = own;
    const queue = QUEUES[queueIndex] as string;
    const tags = [...own.held.keys()];
    const chosen = tags[at % Math.max(tags.length, 1)];
    switch (action) {
      case 'publish':
        this.#list(queue).push(this.#published);
        this.#count(this.routed, queue, 1);
        channel.publish('', queue, String(this.#published++));
        break;
      case 'get':
        this.#get(own, queue, at % 2 === 0);
        break;
      case 'consume':
      case 'consume-no-ack': {
        const consumerTag = `c${this.#consumers++}`;
        const noAck = action === 'consume-no-ack';
        const priority = at % 3;
        own.consumers.set(consumerTag, { queue, noAck, prefetch: own.prefetch, priority });
        channel.call('basic.consume', { queue, consumerTag, noAck, arguments: { 'x-priority': priority } });
        break;
      }
      case 'cancel': {
        const consumerTag = [...own.consumers.keys()][at % Math.max(own.consumers.size, 1)] ?? 'nobody';
        own.consumers.delete(consumerTag);
        channel.call('basic.cancel', { consumerTag });
        break;
      }
      case 'qos':
        own.prefetch = at % 4;
        channel.call('basic.qos', { prefetchCount: own.prefetch });
        break;
      case 'recover':
        this.#giveBack(own, tags);
        channel.call('basic.recover', { requeue: true });
        break;
      case 'purge':
        this.#count(this.settled, queue, this.#list(queue).length);
        expect(channel.call('queue.purge', { queue })?.messageCount).toBe(this.#list(queue).splice(0).length);
        break;
      case 'close':
        this.#endChannel(own);
        channel.close();
        break;
      case 'drop':
        this.#drop(CHANNELS[index]?.[0] as number);
        break;
      default:
        if (chosen === undefined || action === 'ack-twice') this.#ackUnknown(own, at);
        else this.#settle(own, action, chosen, tags);
    }
    this.#check(this.#world.take());
    for (const [i, { channel }] of this.channels.entries()) if (!channel.isOpen) this.#open(i);
  }

  #settle(own: ModelChannel, action: string, deliveryTag: number, tags: readonly number[]): void {
    const multiple = action.endsWith('multiple');
    const upTo = tags.filter((tag) => (multiple ? tag <= deliveryTag : tag === deliveryTag));
    const requeue = action.startsWith('nack');
    if (requeue) this.#giveBack(own, upTo);
    else {
      for (const tag of upTo) {
        this.#count(this.settled, own.held.get(tag)?.queue as string, 1);
        own.held.delete(tag);
      }
    }
    const [method] = action.split('-');
    own.channel.call(`basic.${method}`, { deliveryTag, multiple, requeue });
  }

  #ackUnknown(own: ModelChannel, at: number): void {
    const gone = Array.from({ length: own.tag }, (_, i) => i + 1).filter((tag) => !own.held.has(tag));
    const deliveryTag = at % 2 === 0 && gone.length > 0 ? (gone[at % gone.length] as number) : own.tag + 1 + at;
    this.#endChannel(own);
    own.channel.call('basic.ack', { deliveryTag });
    const closed = this.#world.take();
    expect(closed.filter(({ name }) => name === 'closed')).toMatchObject([{ channel: own.channel, code: 406 }]);
    for (const event of closed) if (event.name !== 'closed') this.#world.tell(event);
  }

  #get(own: ModelChannel, queue: string, noAck: boolean): void {
    const list = this.#list(queue);
    const id = list.shift();
    const got = own.channel.call('basic.get', { queue, noAck });
    expect(got?.body).toBe(id === undefined ? undefined : String(id));
    if (id === undefined) return;
    const redelivered = this.seen.has(id);
    expect(got).toMatchObject({ deliveryTag: ++own.tag, redelivered, messageCount: list.length });
    this.#hold(own, id, queue, noAck, undefined);
  }

  #hold(own: ModelChannel, id: number, queue: string, noAck: boolean, consumer: string | undefined): void {
    this.seen.add(id);
    if (noAck) this.#count(this.settled, queue, 1);
    else own.held.set(own.tag, { queue, id, ...(consumer !== undefined && { consumer }) });
  }

  #endChannel(own: ModelChannel): void {
    this.#giveBack(own, [...own.held.keys()]);
    own.consumers.clear();
  }

  #drop(client: number): void {
    for (const [i, own] of this.channels.entries()) if (CHANNELS[i]?.[0] === client) this.#endChannel(own);
    this.#clients[client]?.drop();
    this.#clients[client] = this.#world.connect();
    for (const [i, [of]] of CHANNELS.entries()) if (of === client) this.#open(i);
  }

  #open(index: number): void {
    const [client, number] = CHANNELS[index] as readonly [number, number];
    const channel = (this.#clients[client] as Client).open(number);
    this.channels[index] = { channel, tag: 0, prefetch: 0, held: new Map(), consumers: new Map() };
  }

  #giveBack(own: ModelChannel, tags: readonly number[]): void {
    for (const tag of tags) {
      const { queue, id } = own.held.get(tag) as { queue: string; id: number };
      own.held.delete(tag);
      this.#list(queue).push(id);
    }
    for (const list of this.ready.values()) list.sort((a, b) => a - b);
  }

  #list(queue: string): number[] {
    return this.ready.get(queue) as number[];
  }

  #count(counts: Map<string, number>, queue: string, more: number): void {
    counts.set(queue, (counts.get(queue) as number) + more);
  }

  #full(own: ModelChannel, tag: string): boolean {
    const { noAck, prefetch } = own.consumers.get(tag) as ModelConsumer;
    const held = [...own.held.values()].filter(({ consumer }) => consumer === tag).length;
    if (noAck || prefetch === 0) return false;
    claim(held <= prefetch, 'R6 no consumer holds more than its prefetch');
    return held === prefetch;
  }

  #check(events: readonly ClientEvent[]): void {
    const taken = new Map<string, number[]>(QUEUES.map((queue) => [queue, []]));
    const served: ModelConsumer[] = [];
    for (const { channel, name, tag, redelivered, consumer, body } of events) {
      const own = this.channels.find((each) => each.channel === channel) as ModelChannel;
      const to = own?.consumers.get(consumer as string) as ModelConsumer;
      claim(name === 'deliver' && to !== undefined, `nobody asked for ${name}`);
      claim(tag === ++own.tag, 'R8 tags go up by one');
      const id = Number(body);
      claim(redelivered === this.seen.has(id), 'R14 redelivered tells whether it was out before');
      taken.get(to.queue)?.push(id);
      served.push(to);
      this.#hold(own, id, to.queue, to.noAck, consumer);
    }
    for (const [queue, ids] of taken) {
      const first = this.#list(queue).splice(0, ids.length);
      claim(String(ids.sort((a, b) => a - b)) === String(first), 'R4 R5 the first of a queue leave first');
    }
    for (const queue of QUEUES) this.#checkConsumers(queue, served);
    this.#checkCounts();
  }

  #checkConsumers(queue: string, served: readonly ModelConsumer[]): void {
    const lowest = Math.min(...served.filter((each) => each.queue === queue).map(({ priority }) => priority));
    for (const own of this.channels) {
      for (const [tag, { queue: of, priority }] of own.consumers) {
        if (of !== queue) continue;
        const isFull = this.#full(own, tag);
        claim(isFull || this.#list(queue).length === 0, 'R6 nobody waits beside a message');
        claim(isFull || priority <= lowest, 'R7 a higher priority comes first while it has credit');
      }
    }
  }

  #checkCounts(): void {
    const asking = this.channels.find(({ channel }) => channel.isOpen)?.channel;
    for (const queue of QUEUES) {
      const ready = this.#list(queue).length;
      const ok = asking?.call('queue.declare', { queue, passive: true });
      claim(!asking || ok?.messageCount === ready, 'R1 the count of ready messages');
      const out = this.channels.flatMap(({ held }) => [...held.values()]).filter((each) => each.queue === queue);
      const sum = ready + out.length + (this.settled.get(queue) as number);
      claim(sum === this.routed.get(queue), 'R1 nothing is lost or doubled');
      const { readyCount, unackedCount } = this.#world.queue(queue);
      claim(readyCount === ready && unackedCount === out.length, 'R1 ready and unacked');
    }
  }
}

export function deliveryContract({ create, numRuns }: AmqpContract): void {
  it('prop: R1 R4 R5 R6 R7 R8 R14 any program of publishes, consumers and settlements against sorted lists', () => {
    fc.assert(
      fc.property(program, (steps) => {
        const model = new DeliveryModel(create());
        for (const step of steps) model.step(step);
      }),
      { numRuns },
    );
  });

  it('prop: R6 a limit of the channel holds over its consumers, moved at any time; no-ack only waits for it', () => {
    const step = fc.tuple(fc.constantFrom('publish', 'publish', 'ack', 'limit', 'consume', 'free'), fc.nat(8));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
        const world = create();
        const channel = world.connect().open(1);
        for (const queue of ['q', 'free']) channel.call('queue.declare', { queue });
        const held: number[] = [];
        let [limit, published, free, tag, consumers, isConsumed] = [0, 0, 0, 0, 0, false];
        for (const [action, at] of steps) {
          if (action === 'publish') channel.publish('', 'q', String(published++));
          else if (action === 'limit') {
            limit = at % 5;
            channel.call('basic.qos', { prefetchCount: limit, global: true });
          } else if (action === 'consume') {
            consumers++;
            channel.call('basic.consume', { queue: 'q', consumerTag: `c${consumers}` });
          } else if (action === 'free') {
            if (!isConsumed) channel.call('basic.consume', { queue: 'free', consumerTag: 'free', noAck: true });
            isConsumed = true;
            channel.publish('', 'free', 'free');
            free++;
          } else if (held.length > 0) {
            const [deliveryTag] = held.splice(at % held.length, 1);
            channel.call('basic.ack', { deliveryTag });
          }
          let delivered = 0;
          for (const event of world.take()) {
            expect(event.tag).toBe(++tag);
            if (event.consumer === 'free') free--;
            else {
              held.push(tag);
              delivered++;
            }
          }
          const isFull = limit > 0 && held.length >= limit;
          if (!isFull) expect(free).toBe(0);
          if (limit > 0 && delivered > 0) expect(held.length).toBeLessThanOrEqual(limit);
          const waiting = world.queue('q').readyCount;
          if (consumers > 0 && waiting > 0) expect(isFull).toBe(true);
        }
      }),
      { numRuns },
    );
  });

  it('prop: R7 consumers with equal credit get shares that differ by one at most', () => {
    const input = fc.record({
      consumers: fc.integer({ min: 1, max: 6 }),
      messages: fc.nat(40),
      prefetch: fc.constantFrom(0, 3, 50),
      apart: fc.boolean(),
      before: fc.nat(10),
    });
    fc.assert(
      fc.property(input, ({ consumers, messages, prefetch, apart, before }) => {
        const world = create();
        const client = world.connect();
        const shares = new Map<string, number>();
        const publisher = client.open(9);
        publisher.call('queue.declare', { queue: 'q' });
        let channel = publisher;
        for (let i = 0; i < consumers; i++) {
          if (i === 0 || apart) channel = client.open(i + 1);
          channel.call('basic.qos', { prefetchCount: prefetch });
          channel.call('basic.consume', { queue: 'q', consumerTag: `c${i}` });
          shares.set(`c${i}`, 0);
        }
        // One more that came and went leaves no gap in the round.
        publisher.call('basic.consume', { queue: 'q', consumerTag: 'guest' });
        for (let i = 0; i < before; i++) publisher.publish('', 'q', 'x');
        publisher.call('basic.cancel', { consumerTag: 'guest' });
        world.take();
        for (const tag of shares.keys()) shares.set(tag, 0);
        for (let i = 0; i < messages; i++) publisher.publish('', 'q', 'x');
        for (const { consumer } of world.take())
          shares.set(consumer as string, (shares.get(consumer as string) ?? 0) + 1);
        const counts = [...shares.values()];
        if (prefetch === 3) expect(Math.max(...counts)).toBeLessThanOrEqual(3);
        else {
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
          expect(counts.reduce((a, b) => a + b)).toBe(messages);
        }
      }),
      { numRuns },
    );
  });

  it('prop: R15 one single active consumer is served until it is gone, then the next in order', () => {
    const step = fc.tuple(fc.constantFrom('consume', 'consume', 'cancel', 'drop', 'publish', 'publish'), fc.nat(9));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30, size: 'max' }), (steps) => {
        const world = create();
        const clients = [world.connect(), world.connect(), world.connect()];
        const channels = clients.map((client) => client.open(1));
        const own = world.connect().open(1);
        own.call('queue.declare', { queue: 'q', arguments: { 'x-single-active-consumer': true } });
        let line: Array<{ readonly at: number; readonly consumerTag: string }> = [];
        for (const [i, [action, n]] of steps.entries()) {
          const at = n % 3;
          if (action === 'consume') {
            const consumerTag = `c${i}`;
            line.push({ at, consumerTag });
            channels[at]?.call('basic.consume', { queue: 'q', consumerTag, noAck: true });
          } else if (action === 'cancel') {
            const [gone] = line.splice(n % Math.max(line.length, 1), 1);
            if (gone) channels[gone.at]?.call('basic.cancel', { consumerTag: gone.consumerTag });
          } else if (action === 'drop') {
            clients[at]?.drop();
            clients[at] = world.connect();
            channels[at] = clients[at].open(1);
            line = line.filter((each) => each.at !== at);
          } else {
            own.call('queue.purge', { queue: 'q' });
            world.take();
            own.publish('', 'q', 'x');
            expect(world.take().map(({ consumer }) => consumer)).toEqual(
              line.slice(0, 1).map((each) => each.consumerTag),
            );
          }
        }
      }),
      { numRuns },
    );
  });
}
