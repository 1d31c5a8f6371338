/** Exchanges and queues over the native channel: publish to deliver, backlogs, acks, fan-out, and what a message weighs. */
import { EventEmitter } from 'eventemitter3';
import { Broker as Smqp } from 'smqp';
import { createDice, openChannel } from './amqp-channel.js';
import { cpuSeconds, type Measured, Report, race, smoke, summarize } from './report.js';

const report = new Report('amqp: queues');
const BODY = new Uint8Array(100);
const NO_PROPERTIES = {};
const WARM_UPS = 3;
const KEEP = { autoDelete: false, durable: false };

function compare(row: string, ours: Measured, name: string, peer: Measured, atLeast: number): void {
  const values = { ours: ours.median, spread: ours.spread, peer: { name, value: peer.median } };
  report.add({ row, unit: 'ops/s', ...values, target: { atLeast } });
}

async function benchDirect(): Promise<void> {
  let ours = 0;
  let theirs = 0;
  const { channel, close } = openChannel(({ deliveryTag }, to) => {
    ours++;
    to.ack(deliveryTag);
  });
  channel.exchangeDeclare({ exchange: 'events', type: 'direct' });
  channel.queueDeclare({ queue: 'q' });
  channel.queueBind({ queue: 'q', exchange: 'events', routingKey: 'k' });
  channel.consume({ queue: 'q' });
  const peer = new Smqp();
  peer.assertExchange('events', 'direct', KEEP);
  peer.assertQueue('q', KEEP);
  peer.bindQueue('q', 'events', 'k');
  peer.consume('q', (_key, message) => {
    theirs++;
    message.ack();
  });
  const publish = (count: number) => {
    for (let n = 0; n < count; n++) channel.publish('events', 'k', NO_PROPERTIES, BODY);
  };
  const publishThere = (count: number) => {
    for (let n = 0; n < count; n++) peer.publish('events', 'k', BODY);
  };
  publish(10);
  publishThere(10);
  if (ours !== 10 || theirs !== 10) throw new Error('the contenders do not agree');
  const rates = await race({ ours: publish, theirs: publishThere });
  compare('direct: publish, deliver, ack', rates.ours, 'smqp', rates.theirs, 20);
  close();
}

/** Seconds that `count` messages take from their queue to the ack of each, once all are `published`. */
function drainOurs(count: number, published = () => {}): number {
  let acked = 0;
  const { channel, vhost, close } = openChannel(({ deliveryTag }, to) => {
    acked++;
    to.ack(deliveryTag);
  });
  channel.queueDeclare({ queue: 'q' });
  channel.qos(100);
  for (let n = 0; n < count; n++) channel.publish('', 'q', NO_PROPERTIES, BODY);
  published();
  const started = cpuSeconds();
  channel.consume({ queue: 'q' });
  const seconds = cpuSeconds() - started;
  if (acked !== count || vhost.queues.get('q')?.messageCount !== 0) throw new Error('not all was acked');
  close();
  return seconds;
}

function drainTheirs(count: number): number {
  let acked = 0;
  const peer = new Smqp();
  const queue = peer.assertQueue('q', KEEP);
  for (let n = 0; n < count; n++) peer.sendToQueue('q', BODY);
  collectGarbage();
  const started = cpuSeconds();
  const onMessage = (_key: string, message: { ack(): void }) => {
    acked++;
    message.ack();
  };
  peer.consume('q', onMessage, { prefetch: 100 });
  const seconds = cpuSeconds() - started;
  if (acked !== count || queue.messageCount !== 0) throw new Error('not all was acked');
  return seconds;
}

/** What was made to prepare for a measurement is not to be moved about in it. */
function collectGarbage(): void {
  globalThis.gc?.();
}

/** Operations a second of a work that times itself. A single round is long enough to be warm, others are warmed up. */
function rateOf(work: () => number, count: number, rounds: number): Measured {
  if (rounds > 1 && !smoke) for (let round = 0; round < WARM_UPS; round++) work();
  const rates: number[] = [];
  for (let round = 0; round < (smoke ? 1 : rounds); round++) {
    collectGarbage();
    rates.push(count / work());
  }
  return summarize(rates);
}

function benchDrain(): void {
  const count = smoke ? 1_000 : 100_000;
  const many = rateOf(() => drainOurs(count, collectGarbage), count, 7);
  const theirs = rateOf(() => drainTheirs(count), count, 1);
  compare(`drain of a backlog of ${count}, ack each`, many, 'smqp', theirs, 200);
  const few = rateOf(
    () => {
      let seconds = 0;
      for (let n = 0; n < count; n += 1_000) seconds += drainOurs(1_000);
      return seconds;
    },
    count,
    7,
  );
  report.add({
    row: `cost of a message at ${count} to that at 1000`,
    unit: 'ns',
    ours: 1e9 / many.median,
    spread: many.spread,
    peer: { name: 'ns', value: 1e9 / few.median },
    target: { atMost: 1.5 },
  });
}

/** Seconds for `count` times acking any one of those in flight and publishing the next. */
function ackOurs(inFlight: number, count: number): number {
  const tags: number[] = [];
  const dice = createDice(7);
  const { channel, vhost, close } = openChannel(({ deliveryTag }) => tags.push(deliveryTag));
  channel.queueDeclare({ queue: 'q' });
  channel.consume({ queue: 'q' });
  for (let n = 0; n < inFlight; n++) channel.publish('', 'q', NO_PROPERTIES, BODY);
  const started = cpuSeconds();
  for (let n = 0; n < count; n++) {
    const at = dice(inFlight);
    channel.ack(tags[at] as number);
    channel.publish('', 'q', NO_PROPERTIES, BODY);
    tags[at] = tags.pop() as number;
  }
  const seconds = cpuSeconds() - started;
  if (vhost.queues.get('q')?.unackedCount !== inFlight) throw new Error('not all was acked');
  close();
  return seconds;
}

function ackTheirs(inFlight: number, count: number): number {
  const messages: Array<{ ack(): void }> = [];
  const dice = createDice(7);
  const peer = new Smqp();
  const queue = peer.assertQueue('q', KEEP);
  peer.consume('q', (_key, message) => void messages.push(message), { prefetch: inFlight });
  for (let n = 0; n < inFlight; n++) peer.sendToQueue('q', BODY);
  const started = cpuSeconds();
  for (let n = 0; n < count; n++) {
    const at = dice(inFlight);
    messages[at]?.ack();
    peer.sendToQueue('q', BODY);
    messages[at] = messages.pop() as { ack(): void };
  }
  const seconds = cpuSeconds() - started;
  if (queue.messageCount !== inFlight) throw new Error('not all was acked');
  return seconds;
}

function benchAcks(): void {
  const inFlight = smoke ? 1_000 : 10_000;
  const ours = rateOf(() => ackOurs(inFlight, inFlight * 10), inFlight * 10, 7);
  const theirs = rateOf(() => ackTheirs(inFlight, inFlight / 10), inFlight / 10, 3);
  compare(`${inFlight} unacked, acked in any order`, ours, 'smqp', theirs, 200);
}

async function benchFanout(): Promise<void> {
  const count = smoke ? 100 : 10_000;
  const seen = { ours: 0, smqp: 0, emitter: 0 };
  const { channel, close } = openChannel(() => void seen.ours++);
  channel.exchangeDeclare({ exchange: 'all', type: 'fanout' });
  const peer = new Smqp();
  peer.assertExchange('all', 'fanout', KEEP);
  const emitter = new EventEmitter<{ all: [body: Uint8Array] }>();
  for (let n = 0; n < count; n++) {
    channel.queueDeclare({ queue: `q${n}` });
    channel.queueBind({ queue: `q${n}`, exchange: 'all', routingKey: '' });
    channel.consume({ queue: `q${n}`, noAck: true });
    peer.assertQueue(`q${n}`, KEEP);
    peer.bindQueue(`q${n}`, 'all', '');
    peer.consume(`q${n}`, () => void seen.smqp++, { noAck: true });
    emitter.on('all', () => void seen.emitter++);
  }
  channel.publish('all', '', NO_PROPERTIES, BODY);
  peer.publish('all', '', BODY);
  emitter.emit('all', BODY);
  if (seen.ours !== count || seen.smqp !== count || seen.emitter !== count) {
    throw new Error('the contenders do not agree');
  }
  const times = (work: () => unknown) => (rounds: number) => {
    for (let n = 0; n < rounds; n++) work();
  };
  const rates = await race({
    ours: times(() => channel.publish('all', '', NO_PROPERTIES, BODY)),
    smqp: times(() => peer.publish('all', '', BODY)),
    emitter: times(() => emitter.emit('all', BODY)),
  });
  const deliveries = ({ median, spread }: Measured) => ({ median: median * count, spread });
  const row = `fanout to ${count} queues, deliveries`;
  compare(row, deliveries(rates.ours), 'smqp', deliveries(rates.smqp), 200);
  compare(row, deliveries(rates.ours), 'eventemitter3', deliveries(rates.emitter), 0.2);
  close();
}

/** Bytes that a message without properties takes in a queue, body included: on the heap and beside it. */
function bytesOfMessage(body: () => Uint8Array): number {
  const count = smoke ? 1_000 : 1_000_000;
  const { channel, close } = openChannel();
  channel.queueDeclare({ queue: 'q' });
  const held = () => {
    globalThis.gc?.();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = held();
  for (let n = 0; n < count; n++) channel.publish('', 'q', NO_PROPERTIES, body());
  const bytes = (held() - before) / count;
  close();
  return bytes;
}

function benchSize(): void {
  for (const [kind, body, atMost] of [
    ['shared', () => BODY, 100],
    ['fresh', () => Buffer.allocUnsafe(100), 300],
  ] as const) {
    const row = `a message of 100 bytes in a queue, ${kind} body`;
    const { median, spread } = summarize(Array.from({ length: smoke ? 1 : 3 }, () => bytesOfMessage(body)));
    report.add({ row, unit: 'bytes', ours: median, spread, target: { atMost } });
  }
}

await benchDirect();
benchDrain();
benchAcks();
await benchFanout();
benchSize();
report.print();
