import { beforeEach, describe, expect, it } from 'vitest';
import { ProducerStates } from '../../../src/models/kafka/producer-state.js';
import { RecordBatch } from '../../../src/models/kafka/record-batch.js';
import { codeOf } from '../../helpers/kafka-group.js';
import { batchBytes } from '../../helpers/kafka-model.js';

let states: ProducerStates;

beforeEach(() => {
  states = new ProducerStates();
});

const batch = (baseSequence: number, epoch = 0, transactional = false) =>
  RecordBatch.parse(batchBytes([{ value: 'x' }], { id: 7, epoch, baseSequence, transactional }));

describe('ProducerStates', () => {
  it('recognises the last five batches, and lets only the next one in', () => {
    for (let sequence = 0; sequence < 6; sequence++) states.apply(batch(sequence));
    expect(states.check(batch(1))?.firstSequence).toBe(1);
    expect(states.check(batch(6))).toBeUndefined();
    expect(codeOf(() => states.check(batch(0)))).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
    expect(codeOf(() => states.check(batch(7)))).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
  });

  it('begins at 0 again in a new epoch, and refuses the old one from then on', () => {
    states.apply(batch(0));
    expect(codeOf(() => states.check(batch(1, 1)))).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
    states.apply(batch(0, 1));
    expect(codeOf(() => states.check(batch(1)))).toBe('INVALID_PRODUCER_EPOCH');
  });

  it('knows the epoch of the coordinator whose marker came last', () => {
    states.apply(batch(0, 0, true));
    expect(states.get(7)?.coordinatorEpoch).toBe(-1);
    const marker = { producerId: 7, producerEpoch: 0, coordinatorEpoch: 3, commit: true, timestampMs: 1_000 };
    states.apply(RecordBatch.marker(marker));
    expect(states.get(7)?.coordinatorEpoch).toBe(3);
  });

  it('knows where the oldest open transaction begins, and keeps its producer', () => {
    states.apply(batch(0, 0, true));
    expect(states.firstOpenOffset).toBe(0);
    expect(codeOf(() => states.check(batch(1)))).toBe('INVALID_TXN_STATE');
    states.expire(Number.MAX_SAFE_INTEGER);
    expect(states.all.size).toBe(1);
    states.clear();
    expect([states.firstOpenOffset, states.get(7)]).toEqual([undefined, undefined]);
  });

  it('lets nothing in front of what a producer tried to begin with, until it has begun', () => {
    states.attempt(batch(3, 0, true), 1_000);
    states.attempt(batch(5, 0, true), 1_000);
    expect(codeOf(() => states.check(batch(5, 0, true)))).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
    states.attempt(batch(0, 0, true), 1_000);
    expect(codeOf(() => states.check(batch(3, 0, true)))).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
    expect(states.check(batch(0, 0, true))).toBeUndefined();
    states.apply(batch(0, 0, true));
    expect(states.check(batch(1, 0, true))).toBeUndefined();
    // An epoch later, and after a long time, nobody remembers.
    states.clear();
    states.attempt(batch(0, 0, true), 1_000);
    states.attempt(batch(4, 1, true), 2_000);
    expect(states.check(batch(4, 1, true))).toBeUndefined();
    states.expire(2_000);
    expect(codeOf(() => states.check(batch(5, 1, true)))).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
    states.expire(2_001);
    expect(states.check(batch(5, 1, true))).toBeUndefined();
  });

  it('forgets producers that were silent for too long', () => {
    states.apply(batch(0));
    states.expire(1_700_000_000_000);
    expect(states.get(7)).toBeDefined();
    states.expire(1_700_000_000_001);
    expect(states.get(7)).toBeUndefined();
  });
});
