/**
 * Random programs and routing matrices for a real RabbitMQ and for this broker, compared.
 *
 * A program declares queues that dead-letter into each other, with length limits and priorities, then publishes with
 * confirms, gets, consumes, acks, rejects and purges. After each step every queue is asked for its counts: by then
 * RabbitMQ has done what the step caused, since a queue answers behind what it sent on.
 *
 * Freedom: queues of RabbitMQ run side by side, so that the order between several of them is nobody's promise. A
 * program therefore has unacked messages of one queue only, and takes from the others without acks. A consumer never
 * has the tag of an earlier one, since RabbitMQ counts the acks of that one as its credit.
 */
import { Random } from '../../src/core/random.js';
import { startBroker } from '../../src/index.js';
import { AmqpClient } from './amqp-client.js';

export interface AmqpComparison {
  /** `amqp://127.0.0.1:PORT`, guest/guest, vhost `/`. */
  readonly url: string;
  readonly operations: number;
  readonly seed: number;
  readonly report: (line: string) => void;
}

type Step = (client: AmqpClient) => Promise<readonly string[]>;

const STEPS_PER_PROGRAM = 40;
const KEYS_PER_MATRIX = 200;
const BINDINGS_PER_MATRIX = 60;

/** Returns a description of each divergence. */
export async function compareWithRabbit({ url, operations, seed, report }: AmqpComparison): Promise<string[]> {
  const broker = await startBroker({ journal: false });
  const theirs = Number(new URL(url).port);
  const ours = Number(new URL(broker.urls.amqp).port);
  const random = new Random(seed);
  const found: string[] = [];
  let done = 0;
  let verdicts = 0;
  try {
    for (let round = 0; done < operations && found.length < 10; round++) {
      const matrix = round % 5 === 4;
      const steps = matrix ? routingMatrix(random, round) : program(random, round);
      const [a, b] = await Promise.all([run(theirs, steps), run(ours, steps)]);
      done += steps.length;
      if (matrix) verdicts += KEYS_PER_MATRIX * BINDINGS_PER_MATRIX;
      const at = a.findIndex((line, i) => line !== b[i]);
      if (at >= 0) {
        const text = `round ${round}, step ${at}:\n  RabbitMQ  ${a[at]}\n  tribroker ${b[at]}`;
        found.push(text);
        report(text);
      }
      if (round % 50 === 49) report(`${done} operations, ${verdicts} verdicts, ${found.length} divergences`);
    }
  } finally {
    await broker.close();
  }
  report(`${done} operations, ${verdicts} routing verdicts, ${found.length} divergences`);
  return found;
}

async function run(port: number, steps: readonly Step[]): Promise<string[]> {
  const client = await AmqpClient.open(port, '/');
  const lines: string[] = [];
  try {
    for (const step of steps) lines.push((await step(client)).join('\n    '));
  } finally {
    client.close();
  }
  return lines;
}

const QUEUES = ['d1', 'd2', 'd3'] as const;

/** Exclusive queues, so that a connection leaves nothing behind. */
function declareStep(random: Random): Step {
  const declarations = QUEUES.map((queue) => {
    const args: Record<string, unknown> = {};
    if (random.int(2)) args['x-dead-letter-exchange'] = '';
    if (random.int(2) && args['x-dead-letter-exchange'] === '') args['x-dead-letter-routing-key'] = random.pick(QUEUES);
    if (random.int(3) === 0) args['x-max-length'] = 1 + random.int(3);
    if (random.int(4) === 0) args['x-overflow'] = random.pick(['reject-publish', 'reject-publish-dlx', 'drop-head']);
    if (random.int(4) === 0) args['x-max-priority'] = 3;
    return { queue, exclusive: true, args };
  });
  return async (client) => {
    const answers = [await client.call(1, 'channel.open'), await client.call(1, 'confirm.select')];
    for (const declaration of declarations) answers.push(await client.call(1, 'queue.declare', declaration));
    return answers;
  };
}

/** What a step did, and how every queue looks then. */
async function settled(client: AmqpClient, ...answers: string[]): Promise<readonly string[]> {
  const counts: string[] = [];
  for (let pass = 0; pass < 3; pass++) {
    counts.length = 0;
    for (const queue of QUEUES) counts.push(await client.call(1, 'queue.declare', { queue, passive: true }));
  }
  const confirms = client.takeEvents().filter((event) => !/^basic\.n?ack/.test(event));
  return [...answers, ...confirms, ...counts];
}

function program(random: Random, round: number): Step[] {
  const steps = [declareStep(random)];
  const source = random.pick(QUEUES);
  let published = 0;
  let tags = 0;
  const consumers = new Set<string>();
  for (let i = 0; i < STEPS_PER_PROGRAM; i++) {
    const queue = random.pick(QUEUES);
    switch (random.int(8)) {
      case 0:
      case 1:
      case 2: {
        const number = ++published;
        const props = random.int(2) ? { priority: random.int(5) } : { headers: { n: number } };
        steps.push(async (client) => {
          client.publish(1, { routingKey: queue, mandatory: true }, props, `${round}-${number}`);
          await client.confirmed(1);
          return settled(client);
        });
        break;
      }
      case 3:
      case 4:
        if (queue === source) tags++;
        steps.push(async (client) =>
          settled(client, await client.call(1, 'basic.get', { queue, noAck: queue !== source })),
        );
        break;
      case 5: {
        const settle = random.pick([
          ['basic.ack', {}],
          ['basic.reject', { requeue: true }],
          ['basic.reject', { requeue: false }],
          ['basic.nack', { requeue: false, multiple: true }],
          ['basic.nack', { requeue: true, multiple: true }],
        ] as const);
        // Tag 0 with multiple is everything and never wrong; a single unknown tag would end the program.
        const args = 'multiple' in settle[1] ? { deliveryTag: 0, ...settle[1] } : undefined;
        if (!args || tags === 0) break;
        steps.push(async (client) => {
          client.send(1, settle[0], args);
          return settled(client);
        });
        break;
      }
      case 6:
        steps.push(async (client) => settled(client, await client.call(1, 'queue.purge', { queue })));
        break;
      default: {
        const [running] = consumers;
        const consumerTag = running ?? `c${i}`;
        const known = running !== undefined;
        if (known) consumers.delete(consumerTag);
        else consumers.add(consumerTag);
        steps.push(async (client) => {
          if (known) return settled(client, await client.call(1, 'basic.cancel', { consumerTag }));
          await client.call(1, 'basic.qos', { prefetchCount: 2 });
          return settled(client, await client.call(1, 'basic.consume', { queue: source, consumerTag }));
        });
      }
    }
  }
  return steps;
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

/** Many bindings, each to a queue of its own, and many messages: which queue got which. */
function routingMatrix(random: Random, round: number): Step[] {
  const type = random.pick(['topic', 'headers', 'direct'] as const);
  const exchange = `x${round}`;
  const bindings = Array.from({ length: BINDINGS_PER_MATRIX }, (_, i) => ({
    queue: `m${i}`,
    routingKey: type === 'headers' ? '' : words(random, type === 'topic'),
    args:
      type === 'headers'
        ? { 'x-match': random.pick(['all', 'any', 'all-with-x', 'any-with-x']), ...headers(random) }
        : {},
  }));
  const messages = Array.from({ length: KEYS_PER_MATRIX }, () => ({
    routingKey: type === 'headers' ? '' : words(random, random.int(4) === 0),
    props: type === 'headers' ? { headers: headers(random) } : {},
  }));
  const declare: Step = async (client) => {
    await client.call(1, 'channel.open');
    await client.call(1, 'confirm.select');
    await client.call(1, 'exchange.declare', { exchange, type, autoDelete: true });
    for (const { queue, ...binding } of bindings) {
      await client.call(1, 'queue.declare', { queue, exclusive: true });
      await client.call(1, 'queue.bind', { queue, exchange, ...binding });
    }
    return [];
  };
  const route: Step = async (client) => {
    for (const [i, { routingKey, props }] of messages.entries()) {
      client.publish(1, { exchange, routingKey }, props, String(i));
    }
    await client.confirmed(messages.length);
    const got: string[] = [];
    for (const { queue, routingKey, args } of bindings) {
      client.events.length = 0;
      await client.call(1, 'basic.consume', { queue, consumerTag: queue, noAck: true });
      await client.call(1, 'queue.declare', { queue, passive: true });
      await client.call(1, 'basic.cancel', { consumerTag: queue });
      const bodies = client.events.filter((item) => item.name === 'basic.deliver').map((item) => item.body);
      const hits = bodies.map((body) => JSON.stringify(messages[Number(body)])).join(' ');
      got.push(`${type} ${routingKey} ${JSON.stringify(args)}: ${bodies.length} ${hits}`);
    }
    return got;
  };
  return [declare, route];
}
