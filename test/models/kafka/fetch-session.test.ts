import { describe, expect, test } from 'vitest';
import type { FetchPartition, FetchResult } from '../../../src/models/kafka/fetch.js';
import { FetchSessions } from '../../../src/models/kafka/fetch-session.js';
import { RecordBatch } from '../../../src/models/kafka/record-batch.js';
import { batchBytes, kafkaModel } from '../../helpers/kafka-model.js';

const partition = (index: number, offset = 0): FetchPartition => ({
  topic: 't',
  topicId: undefined,
  index,
  offset,
  maxBytes: 100,
  leaderEpoch: -1,
  lastFetchedEpoch: -1,
});

const result = (asked: FetchPartition, changes: Partial<FetchResult> = {}): FetchResult => ({
  asked,
  error: undefined,
  highWatermark: 0,
  lastStable: 0,
  logStart: 0,
  diverging: undefined,
  preferredReplica: undefined,
  leader: undefined,
  aborted: undefined,
  batches: [],
  ...changes,
});

function start(slots = 10) {
  const { context, clock } = kafkaModel();
  const sessions = new FetchSessions(context, () => slots);
  const ask = (sessionId: number, sessionEpoch: number, partitions: FetchPartition[] = [], changes: object = {}) =>
    sessions.plan({ sessionId, sessionEpoch, byId: false, partitions, forgotten: [], ...changes });
  return { sessions, ask, clock };
}

describe('a session', () => {
  test('tells each time that a follower had better be read from', () => {
    const { ask } = start();
    const { sessionId, tell } = ask(0, 0, [partition(0)]);
    tell([result(partition(0))]);
    const again = ask(sessionId, 1);
    const preferred = result(partition(0), { preferredReplica: 2 });
    expect(again.tell([preferred])).toEqual([preferred]);
    expect(ask(sessionId, 2).tell([preferred])).toEqual([preferred]);
  });

  test('is opened by a full request, then asks for all it knows and tells what has changed', () => {
    const { ask } = start();
    const full = ask(0, 0, [partition(0), partition(1)]);
    expect(full.sessionId).toBeGreaterThan(0);
    expect(full.tell(full.partitions.map((asked) => result(asked)))).toHaveLength(2);
    const next = ask(full.sessionId, 1, [partition(1, 5)]);
    expect(next.partitions.map(({ index, offset }) => [index, offset])).toEqual([
      [0, 0],
      [1, 5],
    ]);
    expect(next.tell(next.partitions.map((asked) => result(asked)))).toEqual([]);
    const moved = ask(full.sessionId, 2);
    const told = moved.tell(moved.partitions.map((asked) => result(asked, { highWatermark: asked.index })));
    expect(told.map(({ asked }) => asked.index)).toEqual([1]);
  });

  test('serves who got records last the next time, unless that was in its first answer', () => {
    const { ask } = start();
    const records = { batches: [RecordBatch.parse(batchBytes([{ value: 'x' }]))] };
    const first = ask(0, 0, [partition(0), partition(1), partition(2)]);
    first.tell(first.partitions.map((asked) => result(asked, records)));
    const order = (epoch: number) => {
      const plan = ask(first.sessionId, epoch);
      plan.tell(plan.partitions.map((asked) => result(asked, asked.index === 0 ? records : {})));
      return plan.partitions.map(({ index }) => index);
    };
    expect([order(1), order(2), order(3)]).toEqual([
      [0, 1, 2],
      [1, 2, 0],
      [1, 2, 0],
    ]);
  });

  test('tells an error, and then the first success', () => {
    const { ask } = start();
    const { sessionId, tell } = ask(0, 0, [partition(0)]);
    tell([result(partition(0))]);
    const failed = ask(sessionId, 1);
    expect(
      failed.tell([result(partition(0), { error: 'NOT_LEADER_OR_FOLLOWER', highWatermark: -1, logStart: -1 })]),
    ).toHaveLength(1);
    expect(ask(sessionId, 2).tell([result(partition(0))])).toHaveLength(1);
    expect(ask(sessionId, 3).tell([result(partition(0))])).toHaveLength(0);
  });

  test('forgets partitions, and ends with the last one', () => {
    const { ask, sessions } = start();
    const { sessionId } = ask(0, 0, [partition(0), partition(1)]);
    expect(ask(sessionId, 1, [], { forgotten: [partition(0)] }).partitions.map(({ index }) => index)).toEqual([1]);
    expect(ask(sessionId, 2, [], { forgotten: [partition(1)] }).sessionId).toBe(0);
    expect(sessions.count).toBe(0);
  });

  test('forgets last: what is asked for and forgotten in one request is read once at most', () => {
    const { ask, sessions } = start();
    const { sessionId } = ask(0, 0, [partition(0)]);
    const both = ask(sessionId, 1, [partition(1), partition(2)], { forgotten: [partition(1)] });
    expect(both.partitions.map(({ index }) => index)).toEqual([0, 2]);
    const all = { forgotten: [partition(0), partition(1), partition(2)] };
    const end = ask(sessionId, 2, [partition(1)], all);
    expect([end.sessionId, end.partitions.map(({ index }) => index)]).toEqual([0, [1]]);
    expect(sessions.count).toBe(0);
  });

  test('may be opened with nothing', () => {
    const { ask } = start();
    const { sessionId, partitions } = ask(0, 0);
    expect([sessionId > 0, partitions]).toEqual([true, []]);
    expect(ask(sessionId, 1, [partition(0)]).partitions).toHaveLength(1);
  });

  test('is refused with a wrong number, a wrong epoch, or another way to name topics', () => {
    const { ask } = start();
    const { sessionId } = ask(0, 0, [partition(0)]);
    const code = (id: number, epoch: number, changes = {}) => {
      try {
        ask(id, epoch, [], changes);
      } catch (error) {
        return (error as { code: string }).code;
      }
      return undefined;
    };
    expect(code(sessionId + 1, 1)).toBe('FETCH_SESSION_ID_NOT_FOUND');
    expect(code(sessionId, 2)).toBe('INVALID_FETCH_SESSION_EPOCH');
    expect(code(sessionId, 1, { byId: true })).toBe('FETCH_SESSION_TOPIC_ID_ERROR');
  });

  test('is not opened when all are taken, until one is idle for long; -1 closes one', () => {
    const { ask, clock, sessions } = start(1);
    const first = ask(0, 0, [partition(0)]);
    expect(ask(0, 0, [partition(0)]).sessionId).toBe(0);
    clock.advanceTo(clock.now + 120_001);
    const second = ask(0, 0, [partition(0)]);
    expect([second.sessionId > 0, second.sessionId === first.sessionId]).toEqual([true, false]);
    expect(ask(second.sessionId, -1, [partition(0)]).sessionId).toBe(0);
    expect(sessions.count).toBe(0);
  });
});
