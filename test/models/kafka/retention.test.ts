import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { batchBytes, fetchNow, kafkaModel, produceBatch } from '../../helpers/kafka-model.js';

/** A topic in which every batch of 100 bytes or more has a segment of its own. */
function start(config: Record<string, number | string>) {
  const model = kafkaModel();
  model.broker.createTopic('t', { config: { 'segment.bytes': 200, ...config } });
  const add = () =>
    produceBatch(model.broker, 't', batchBytes([{ value: 'x'.repeat(80), timestampMs: model.clock.now }]));
  const view = () => model.broker.topic('t').partitions[0];
  return { ...model, add, view };
}

describe('by time', () => {
  test('whole segments go when their newest record is too old, by the clock of the broker', () => {
    const { add, clock, view, broker } = start({ 'retention.ms': 1_000_000 });
    add();
    clock.advanceTo(clock.now + 900_000);
    add();
    add();
    expect(view()?.logStart).toBe(0);
    clock.advanceTo(clock.now + 300_000);
    expect(view()?.logStart).toBe(1);
    expect(fetchNow(broker, 't', { offset: 0 }).error).toBe('OFFSET_OUT_OF_RANGE');
  });

  test('the active segment goes, too; offsets go on', () => {
    const { add, clock, view } = start({ 'retention.ms': 1_000 });
    add();
    clock.advanceTo(clock.now + 600_000);
    expect(view()).toMatchObject({ logStart: 1, logEnd: 1, bytes: 0 });
    expect(add().baseOffset).toBe(1);
  });

  test('-1 keeps everything', () => {
    const { add, clock, view } = start({ 'retention.ms': -1 });
    add();
    clock.advanceTo(clock.now + 365 * 86_400_000);
    expect(view()?.logStart).toBe(0);
  });

  test('a native batch that is still open is closed with its segment', () => {
    const { broker, clock, view } = start({ 'retention.ms': 1_000 });
    broker.produce('t', { value: 'a' });
    clock.advanceTo(clock.now + 600_000);
    expect(broker.produce('t', { value: 'b' })).toEqual({ partition: 0, offset: 1 });
    expect(view()?.logStart).toBe(1);
    expect(
      broker
        .topic('t')
        .records()
        .map((record) => record.text()),
    ).toEqual(['b']);
  });
});

test('prop: K16 by size at least retention.bytes stay, and one segment less would be too few', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(2_500), (count, retentionBytes) => {
      const { add, broker, view } = start({ 'retention.bytes': retentionBytes });
      for (let n = 0; n < count; n++) add();
      const total = view()?.bytes ?? 0;
      const each = total / count;
      broker.runRetention();
      const left = view()?.bytes ?? 0;
      expect(left).toBeGreaterThanOrEqual(Math.min(retentionBytes, total));
      expect(left - each).toBeLessThan(retentionBytes);
      expect(view()).toMatchObject({ logEnd: count, logStart: count - left / each });
    }),
    { numRuns: 1_000 },
  );
});

test('prop: K16 the start of a log only grows, and what is in front of it is out of range', () => {
  const step = fc.record({ kind: fc.constantFrom('add', 'wait', 'delete'), n: fc.nat(900) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const { add, broker, clock, view } = start({ 'retention.ms': 1_000_000, 'retention.bytes': 600 });
      let before = 0;
      for (const { kind, n } of steps) {
        if (kind === 'add') add();
        if (kind === 'wait') clock.advanceTo(clock.now + n * 1_000);
        if (kind === 'delete') broker.partition('t', 0).deleteRecords(Math.min(n, view()?.highWatermark ?? 0));
        const { logStart = 0, logEnd = 0 } = view() ?? {};
        expect(logStart).toBeGreaterThanOrEqual(before);
        expect(logStart).toBeLessThanOrEqual(logEnd);
        if (logStart > 0) expect(fetchNow(broker, 't', { offset: logStart - 1 }).error).toBe('OFFSET_OUT_OF_RANGE');
        before = logStart;
      }
    }),
    { numRuns: 1_000 },
  );
});

describe('deleting records', () => {
  test('-1 means up to the high watermark; beyond it is out of range; twice is no mistake', () => {
    const { add, broker } = start({});
    add();
    add();
    const partition = broker.partition('t', 0);
    expect(() => partition.deleteRecords(3)).toThrow('not between 0 and 2');
    expect(() => partition.deleteRecords(-2)).toThrow('not between');
    expect(partition.deleteRecords(1)).toBe(1);
    expect(partition.deleteRecords(0)).toBe(1);
    expect(partition.deleteRecords(-1)).toBe(2);
  });

  test('a topic that only compacts refuses', () => {
    const { broker } = start({ 'cleanup.policy': 'compact' });
    expect(() => broker.partition('t', 0).deleteRecords(0)).toThrow(
      expect.objectContaining({ code: 'POLICY_VIOLATION' }),
    );
  });
});
