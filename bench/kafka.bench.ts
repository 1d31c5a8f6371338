/** The log: records in and out natively, keys to partitions, kafkajs over loopback, the first message of a group. */
import { Session } from 'node:inspector/promises';
import { createRequire } from 'node:module';
import { Kafka, logLevel } from 'kafkajs';
import { createBroker, startBroker } from '../src/index.js';
import { LogReader } from '../src/models/kafka/log-reader.js';
import { murmur2 } from '../src/models/kafka/partitioner.js';
import { Report, race, smoke, summarize } from './report.js';

const report = new Report('kafka: the log');
const RECORDS = smoke ? 1_000 : 1_000_000;

interface Kept {
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: null;
  readonly value: Uint8Array;
}

/** A fresh body for each record, as a producer has. */
function body(n: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(100);
  bytes[0] = n;
  return bytes;
}

function openLog() {
  const broker = createBroker({ journal: false, limits: 'unbounded', clock: 'virtual' });
  broker.kafka.createTopic('t');
  return { broker, reader: new LogReader(broker.kafka.partition('t', 0), 0, { committed: true, maxBytes: 1e6 }) };
}

function throughLog(count: number): number {
  const { broker, reader } = openLog();
  for (let n = 0; n < count; n++) broker.kafka.produce('t', { value: body(n) });
  let sum = 0;
  for (let record = reader.next(); record; record = reader.next()) sum += record.body?.[0] ?? 0;
  broker[Symbol.dispose]();
  return sum;
}

function throughArray(count: number): number {
  const kept: Kept[] = [];
  for (let n = 0; n < count; n++) {
    const value = Buffer.from(body(n));
    kept.push({ offset: n, timestampMs: 1, key: null, value });
  }
  let sum = 0;
  for (const record of kept) sum += record.value[0] ?? 0;
  return sum;
}

if (throughLog(1_000) !== throughArray(1_000)) throw new Error('the contenders do not agree');

/**
 * A second broker with one record stays all the while. Between the turns nothing else would be left of the log: V8 drops
 * the code for objects of which the last one is gone, compiles it anew in each turn, and after six of them no more.
 */
async function benchLog(): Promise<void> {
  const { broker, reader } = openLog();
  broker.kafka.produce('t', { value: body(7) });
  const staying = reader.next();
  const times = { log: [] as number[], array: [] as number[] };
  for (let round = 0; round < (smoke ? 1 : 9); round++) {
    for (const [name, work] of [
      ['log', throughLog],
      ['array', throughArray],
    ] as const) {
      globalThis.gc?.();
      const started = performance.now();
      work(RECORDS);
      times[name].push(RECORDS / ((performance.now() - started) / 1_000));
    }
  }
  if (staying?.body?.[0] !== 7) throw new Error('the record that stays has changed');
  broker[Symbol.dispose]();
  const log = summarize(times.log);
  const peer = { name: 'array of objects', value: summarize(times.array).median };
  report.add({
    row: 'produce + consume, one record a call',
    unit: 'ops/s',
    ours: log.median,
    peer,
    target: { atLeast: 1 },
    spread: log.spread,
  });
}

function benchMemory(): void {
  const broker = createBroker({ journal: false, limits: 'unbounded', clock: 'virtual' });
  broker.kafka.createTopic('t');
  for (let n = 0; n < RECORDS; n++) broker.kafka.produce('t', { value: body(n) });
  let held = 0;
  for (const segment of broker.kafka.partition('t', 0).log.segments) {
    for (const batch of segment.batches) held += batch.heldBytes;
  }
  report.add({
    row: 'kept for each record of 100 bytes',
    unit: 'bytes',
    ours: held / RECORDS,
    target: { atMost: 160 },
  });
}

async function benchMurmur(): Promise<void> {
  const require = createRequire(import.meta.url);
  const theirs = require('kafkajs/src/producer/partitioners/default/murmur2.js') as (key: Buffer) => number;
  const keys = Array.from({ length: 64 }, (_, n) => Buffer.from(`${n}`.padStart(36, '0123456789abcdef')));
  for (const key of keys) if (murmur2(key) !== theirs(key)) throw new Error('the hashes do not agree');
  const loop = (hash: (key: Buffer) => number) => (count: number) => {
    let sum = 0;
    for (let n = 0; n < count; n++) sum ^= hash(keys[n & 63] as Buffer);
    return sum;
  };
  const rates = await race({ ours: loop(murmur2), theirs: loop(theirs) });
  const peer = { name: 'kafkajs', value: rates.theirs.median };
  report.add({
    row: 'murmur2 of a 36-byte key',
    unit: 'ops/s',
    ours: rates.ours.median,
    peer,
    target: { atLeast: 50 },
    spread: rates.ours.spread,
  });
}

/** Produces and consumes once; answers with the records a second of both. */
async function throughKafkajs(kafka: Kafka, topic: string, batches: number): Promise<{ in: number; out: number }> {
  const producer = kafka.producer();
  const consumer = kafka.consumer({ groupId: topic, maxWaitTimeInMs: 20 });
  await producer.connect();
  const messages = Array.from({ length: 100 }, (_, n) => ({ value: Buffer.from(`${n}`.padStart(100)) }));
  const started = performance.now();
  for (let n = 0; n < batches; n++) await producer.send({ topic, acks: -1, messages });
  const produced = performance.now();
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let seen = 0;
  await new Promise<void>((resolve, reject) => {
    void consumer.run({
      eachBatch: async ({ batch }) => {
        for (const { value } of batch.messages) {
          const expected = messages[seen++ % 100]?.value;
          if (!value || !expected?.equals(value)) reject(new Error(`record ${seen - 1} is not the one produced`));
        }
        if (seen === batches * 100) resolve();
      },
    });
  });
  const consumed = performance.now();
  await consumer.disconnect();
  await producer.disconnect();
  return { in: seen / ((produced - started) / 1_000), out: seen / ((consumed - produced) / 1_000) };
}

/** Part of the busy time of this process that is spent in this package's own source while `work` runs. */
async function brokerShare(work: () => Promise<unknown>): Promise<number> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  await work();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  const source = new URL('../src/', import.meta.url).href;
  const calls = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
  let own = 0;
  let busy = 0;
  profile.samples?.forEach((id, at) => {
    const call = calls.get(id);
    if (!call || call.functionName === '(idle)') return;
    const spent = profile.timeDeltas?.[at] ?? 0;
    busy += spent;
    if (call.url.startsWith(source)) own += spent;
  });
  return (own / busy) * 100;
}

async function benchKafkajs(): Promise<void> {
  const broker = await startBroker({ journal: false, limits: 'unbounded' });
  const kafka = new Kafka({ brokers: [broker.urls.kafka], logLevel: logLevel.NOTHING });
  const batches = smoke ? 5 : 300;
  broker.kafka.createTopic('warm');
  broker.kafka.createTopic('timed');
  broker.kafka.createTopic('profiled');
  await throughKafkajs(kafka, 'warm', batches);
  const rates = await throughKafkajs(kafka, 'timed', batches);
  report.add({ row: 'kafkajs produce, batches of 100, acks -1', unit: 'records/s', ours: rates.in });
  report.add({ row: 'kafkajs eachBatch consume', unit: 'records/s', ours: rates.out });
  report.add({
    row: "kafkajs produce and consume, the broker's share of CPU",
    unit: '%',
    ours: await brokerShare(() => throughKafkajs(kafka, 'profiled', batches)),
    target: { atMost: 30 },
  });
  const first: number[] = [];
  for (let round = 0; round < (smoke ? 1 : 10); round++) {
    const topic = `first-${round}`;
    broker.kafka.produce(topic, { value: 'hi' });
    const fresh = kafka.consumer({ groupId: topic });
    const asked = performance.now();
    await fresh.connect();
    await fresh.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve) => void fresh.run({ eachMessage: async () => resolve() }));
    first.push(performance.now() - asked);
    const ended = fresh.disconnect();
    broker.kafka.produce(topic, { value: 'bye' });
    await ended;
  }
  report.add({
    row: 'first message through a new group',
    unit: 'ms',
    ours: summarize(first).median,
    target: { atMost: 50 },
  });
  await broker.close();
}

await benchLog();
benchMemory();
await benchMurmur();
await benchKafkajs();
report.print();
