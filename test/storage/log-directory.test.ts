import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createBroker } from '../../src/broker.js';

let dataDir = '';

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'tribroker-'));
});

afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

const open = () => createBroker({ clock: 'virtual', kafka: { dataDir } });
const values = (broker: ReturnType<typeof open>) =>
  broker.kafka
    .topic('t')
    .records()
    .map((record) => record.text());
const logFile = () => join(dataDir, readdirSync(dataDir).find((name) => name.endsWith('.log')) ?? '');

test('a later process finds topics, settings, records and committed offsets', async () => {
  const first = open();
  first.kafka.createTopic('t', { partitions: 2, config: { 'retention.ms': 5_000_000 } });
  first.kafka.produce('t', [
    { key: 'k', value: 'a', partition: 1 },
    { value: 'b', partition: 0 },
  ]);
  const consumer = first.kafka.consumer('g', ['t']);
  let left = 2;
  for await (const record of consumer) {
    record.commit();
    if (--left === 0) break;
  }
  const { id } = first.kafka.cluster.topic('t') ?? {};
  first[Symbol.dispose]();

  const second = open();
  expect(values(second)).toEqual(['b', 'a']);
  expect(second.kafka.cluster.topic('t')?.id).toBe(id);
  expect(second.kafka.cluster.topic('t')?.config.overrides.get('retention.ms')).toBe('5000000');
  expect(second.kafka.produce('t', { value: 'c', partition: 0 }).offset).toBe(1);
  const again = second.kafka.consumer('g', ['t']);
  for await (const record of again) {
    expect(record.text()).toBe('c');
    break;
  }
  second[Symbol.dispose]();
});

test.each(['close', 'dispose'])('a broker with a port writes all that is left when it ends by %s', async (how) => {
  const first = await open().listen();
  first.kafka.produce('t', { value: 'a' });
  if (how === 'dispose') first[Symbol.dispose]();
  await first.close();
  expect(values(open())).toEqual(['a']);
});

test('what was flushed survives a process that ends without closing; what was written soon after is written by itself', async () => {
  const crashed = open();
  crashed.kafka.produce('t', { value: 'a' });
  crashed.kafka.flush();
  crashed.kafka.produce('t', { value: 'b' });
  expect(values(open())).toEqual(['a']);
  await crashed.clock.advance(100);
  expect(values(open())).toEqual(['a', 'b']);
});

test('a torn tail is cut at the last whole batch, and writing goes on behind it', () => {
  const first = open();
  for (const value of ['a', 'b']) {
    first.kafka.produce('t', { value });
    first.kafka.flush();
  }
  const whole = statSync(logFile()).size;
  truncateSync(logFile(), whole - 5);
  const second = open();
  expect(values(second)).toEqual(['a']);
  expect(second.kafka.produce('t', { value: 'c' }).offset).toBe(1);
  second.kafka.flush();
  appendFileSync(logFile(), Buffer.alloc(100, 7));
  expect(values(open())).toEqual(['a', 'c']);
});

test('deleted topics and compacted or deleted records are gone from the directory, too', () => {
  const first = open();
  first.kafka.produce('t', [{ value: 'a' }, { value: 'b' }]);
  first.kafka.produce('u', { value: 'x' });
  first.kafka.flush();
  first.kafka.partition('t', 0).deleteRecords(2);
  first.kafka.cluster.deleteTopic('u');
  first.kafka.flush();
  expect(readdirSync(dataDir)).toHaveLength(2);
  const second = open();
  expect([...second.kafka.cluster.topics.keys()]).toEqual(['t']);
  expect(second.kafka.topic('t').partitions[0]).toMatchObject({ logStart: 2, logEnd: 2 });
});
