/** Routing matrices: many bindings, each to a queue of its own, and many messages; which queue got which. */
import { Random } from '../../src/core/random.js';
import type { AmqpClient } from './amqp-client.js';
import type { Site } from './amqp-run.js';

const KEYS_PER_MATRIX = 250;
const BINDINGS_PER_MATRIX = 60;
export const VERDICTS_PER_MATRIX = KEYS_PER_MATRIX * BINDINGS_PER_MATRIX;

interface Matrix {
  readonly exchange: string;
  readonly type: 'topic' | 'headers' | 'direct' | 'fanout';
  readonly bindings: ReadonlyArray<{ readonly queue: string; readonly routingKey: string; readonly args: object }>;
  readonly messages: ReadonlyArray<{ readonly routingKey: string; readonly props: Record<string, unknown> }>;
}

const WORDS = ['a', 'b', '', 'ab', '*', '#'] as const;

function words(random: Random, patterns: boolean): string {
  const count = random.int(5);
  return Array.from({ length: count }, () => random.pick(patterns ? [...WORDS, '*', '#'] : WORDS)).join('.');
}

function headers(random: Random): Record<string, unknown> {
  const table: Record<string, unknown> = {};
  const values = [1, 'x', true, null, 1.5, { $t: 'l', v: 1 }, { $t: 's', v: 1 }, '1', { $t: 'T', v: 1 }];
  for (const name of ['a', 'b', 'x-c']) if (random.int(2)) table[name] = random.pick(values);
  return table;
}

export function matrixOf(seed: number): Matrix {
  const random = new Random(seed);
  const type = random.pick(['topic', 'topic', 'headers', 'headers', 'direct', 'fanout'] as const);
  const byHeaders = type === 'headers';
  const bindings = Array.from({ length: BINDINGS_PER_MATRIX }, (_, i) => ({
    queue: `x${seed}.q${i}`,
    routingKey: byHeaders ? '' : words(random, type === 'topic'),
    args: byHeaders ? { 'x-match': random.pick(['all', 'any', 'all-with-x', 'any-with-x']), ...headers(random) } : {},
  }));
  const messages = Array.from({ length: KEYS_PER_MATRIX }, () => ({
    routingKey: byHeaders ? '' : words(random, random.int(4) === 0),
    props: byHeaders ? { headers: headers(random) } : {},
  }));
  return { exchange: `x${seed}`, type, bindings, messages };
}

/** @returns for each binding what came through it */
export async function runMatrix({ exchange, type, bindings, messages }: Matrix, site: Site): Promise<string[]> {
  const client = await site.connect();
  try {
    await client.call(1, 'channel.open');
    await client.call(1, 'exchange.declare', { exchange, type, autoDelete: true });
    await Promise.all(
      bindings.flatMap(({ queue, ...binding }) => [
        client.call(1, 'queue.declare', { queue, exclusive: true }),
        client.call(1, 'queue.bind', { queue, exchange, ...binding }),
      ]),
    );
    for (const [i, { routingKey, props }] of messages.entries()) {
      client.publish(1, { exchange, routingKey }, props, String(i));
    }
    return await arrivals(client, { exchange, type, bindings, messages });
  } finally {
    await client.call(0, 'connection.close');
    client.close();
  }
}

async function arrivals(client: AmqpClient, { type, bindings, messages }: Matrix): Promise<string[]> {
  await Promise.all(
    bindings.map(({ queue }) => client.call(1, 'basic.consume', { queue, consumerTag: queue, noAck: true })),
  );
  const bodies = new Map<string, string[]>(bindings.map(({ queue }) => [queue, []]));
  // RabbitMQ lets a consumer, and who asks for counts, pass messages that have not been stored, and makes a consumer
  // wait while two hundred are on their way; nothing is left once there is nothing to get.
  await Promise.all(bindings.map(async ({ queue }) => bodies.get(queue)?.push(...(await rest(client, queue)))));
  await client.call(1, 'basic.qos', {});
  for (const { name, args, body } of client.takeEvents()) {
    if (name === 'basic.deliver') bodies.get(args.consumerTag)?.push(String(body));
  }
  return bindings.map(({ queue, routingKey, args }) => {
    const hits = (bodies.get(queue) ?? []).sort((a, b) => Number(a) - Number(b));
    const shown = hits.map((body) => JSON.stringify(messages[Number(body)])).join(' ');
    return `${type} ${routingKey} ${JSON.stringify(args)}: ${hits.length} ${shown}`;
  });
}

/** What is left in a queue. */
async function rest(client: AmqpClient, queue: string): Promise<string[]> {
  const bodies: string[] = [];
  for (;;) {
    const got = await client.ask(1, 'basic.get', { queue, noAck: true });
    if (got.kind !== 'method' || got.name !== 'basic.get-ok') return bodies;
    bodies.push(String(got.body));
  }
}
