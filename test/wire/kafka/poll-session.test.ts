/** K6 through sessions: what consumers poll, over rebalances, seeks, pauses and crashes. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeAssignment, encodeAssignment } from '../../../src/models/kafka/consumer-protocol.js';
import { fetchApi } from '../../../src/wire/kafka/handlers/fetch.js';
import { heartbeatApi } from '../../../src/wire/kafka/handlers/heartbeat.js';
import { joinGroupApi } from '../../../src/wire/kafka/handlers/join-group.js';
import { leaveGroupApi } from '../../../src/wire/kafka/handlers/leave-group.js';
import { listOffsetsApi } from '../../../src/wire/kafka/handlers/list-offsets.js';
import { offsetCommitApi } from '../../../src/wire/kafka/handlers/offset-commit.js';
import { offsetFetchApi } from '../../../src/wire/kafka/handlers/offset-fetch.js';
import { syncGroupApi } from '../../../src/wire/kafka/handlers/sync-group.js';
import { readRequest } from '../../helpers/kafka-ask.js';
import { readBatches } from '../../helpers/kafka-batch.js';
import { protocols } from '../../helpers/kafka-group.js';
import { KafkaWorld, type WireClient } from '../../helpers/kafka-wire.js';

const PARTITIONS = [0, 1, 2];

/** What is true of the topic and the group, kept by the test alone. */
class Truth {
  readonly logs: string[][] = PARTITIONS.map(() => []);
  readonly committed: Array<number | undefined> = PARTITIONS.map(() => undefined);
}

/** A consumer of a group as a client library is one, step by step, on one connection. */
class Consumer {
  readonly #client: WireClient;
  readonly #truth: Truth;
  readonly #reset: 'earliest' | 'latest';
  #memberId = '';
  #generationId = -1;
  #waits: 'join' | 'sync' | undefined;
  readonly #positions = new Map<number, number>();
  readonly #paused = new Set<number>();

  constructor(client: WireClient, truth: Truth, reset: 'earliest' | 'latest') {
    this.#client = client;
    this.#truth = truth;
    this.#reset = reset;
    this.#join();
  }

  get owned(): ReadonlyMap<number, number> {
    return this.#positions;
  }

  get #identity() {
    return { groupId: 'g', memberId: this.#memberId, generationId: this.#generationId, groupInstanceId: null };
  }

  #join(): void {
    this.#positions.clear();
    this.#waits = 'join';
    this.#client.send(joinGroupApi, 3, {
      groupId: 'g',
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 10_000,
      memberId: this.#memberId,
      groupInstanceId: null,
      reason: null,
      protocolType: 'consumer',
      protocols: protocols(),
    });
    this.turn();
  }

  /** Goes on with what it waits for. */
  turn(): void {
    if (this.#waits === 'join') {
      const joined = this.#client.answer(joinGroupApi, 3);
      if (!joined) return;
      if (joined.errorCode !== 'NONE') return this.#joinAnew();
      this.#memberId = joined.memberId;
      this.#generationId = joined.generationId;
      const share = (at: number) => PARTITIONS.filter((partition) => partition % joined.members.length === at);
      const assignments = joined.members.map(({ memberId }, at) => ({
        memberId,
        assignment: encodeAssignment([{ topic: 't', partitions: share(at) }]),
      }));
      this.#waits = 'sync';
      this.#client.send(syncGroupApi, 3, { ...this.#identity, protocolType: null, protocolName: null, assignments });
    }
    if (this.#waits === 'sync') {
      const synced = this.#client.answer(syncGroupApi, 3);
      if (!synced) return;
      if (synced.errorCode !== 'NONE') return this.#joinAnew(synced.errorCode);
      this.#waits = undefined;
      for (const { partitions } of decodeAssignment(synced.assignment) ?? []) {
        for (const partition of partitions) this.#positions.set(partition, this.#startOf(partition));
      }
    }
  }

  #joinAnew(errorCode = 'UNKNOWN_MEMBER_ID'): void {
    if (errorCode !== 'REBALANCE_IN_PROGRESS') this.#memberId = '';
    this.#join();
  }

  /** Where it begins: where the group has committed to, or where its policy says. */
  #startOf(partition: number): number {
    const wanted = [{ name: 't', partitionIndexes: [partition] }];
    const answer = this.#client.ask(offsetFetchApi, 5, { groupId: 'g', topics: wanted, requireStable: false });
    const { committedOffset } = answer.topics[0]!.partitions[0]!;
    expect(committedOffset).toBe(this.#truth.committed[partition] ?? -1);
    if (committedOffset >= 0) return committedOffset;
    const timestamp = this.#reset === 'latest' ? -1 : -2;
    const topics = [{ name: 't', partitions: [{ partitionIndex: partition, timestamp }] }];
    const found = this.#client.ask(listOffsetsApi, 5, { replicaId: -1, isolationLevel: 0, topics, timeoutMs: 0 });
    const { offset } = found.topics[0]!.partitions[0]!;
    expect(offset).toBe(this.#reset === 'latest' ? this.#truth.logs[partition]!.length : 0);
    return offset;
  }

  /** Whether it may go on: its heartbeat tells it to join again otherwise. */
  #isMember(): boolean {
    if (this.#waits) return false;
    const { errorCode } = this.#client.ask(heartbeatApi, 3, this.#identity);
    if (errorCode === 'NONE') return true;
    this.#joinAnew(errorCode);
    return false;
  }

  /** Every partition gives what follows its position, without a gap and nothing else. */
  poll(maxBytes: number): void {
    if (!this.#isMember()) return;
    for (const [partition, position] of this.#positions) {
      if (this.#paused.has(partition)) continue;
      const request = readRequest(position, { places: [partition], partitionMaxBytes: maxBytes });
      const { errorCode, records } = this.#client.ask(fetchApi, 11, request).responses[0]!.partitions[0]!;
      const log = this.#truth.logs[partition]!;
      expect(errorCode).toBe('NONE');
      const values = readBatches(records).flatMap(({ baseOffset, records: found }) =>
        found.map(({ value }, at) => [baseOffset + at, `${value}`] as const).filter(([offset]) => offset >= position),
      );
      expect(values).toEqual(log.slice(position, position + values.length).map((value, at) => [position + at, value]));
      expect(values.length > 0).toBe(position < log.length);
      this.#positions.set(partition, position + values.length);
    }
  }

  commit(): void {
    if (this.#waits) return;
    const partitions = [...this.#positions].map(([partitionIndex, committedOffset]) => {
      return { partitionIndex, committedOffset, committedLeaderEpoch: -1, committedMetadata: null };
    });
    const { generationId, ...identity } = this.#identity;
    const body = { ...identity, generationIdOrMemberEpoch: generationId, topics: [{ name: 't', partitions }] };
    for (const { partitions: results } of this.#client.ask(offsetCommitApi, 7, body).topics) {
      for (const { partitionIndex, errorCode } of results) {
        if (errorCode === 'NONE') this.#truth.committed[partitionIndex] = this.#positions.get(partitionIndex)!;
      }
    }
  }

  seek(partition: number, part: number): void {
    const end = this.#truth.logs[partition]!.length;
    if (this.#positions.has(partition)) this.#positions.set(partition, Math.round(end * part));
  }

  togglePause(partition: number): void {
    if (!this.#paused.delete(partition)) this.#paused.add(partition);
  }

  leave(): void {
    const members = [{ memberId: this.#memberId, groupInstanceId: null, reason: null }];
    if (!this.#waits) this.#client.ask(leaveGroupApi, 3, { groupId: 'g', memberId: '', members });
    this.crash();
  }

  crash(): void {
    this.#client.close();
  }
}

const step = fc.record({
  kind: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom('produce', 'poll') },
    { weight: 2, arbitrary: fc.constantFrom('commit', 'time') },
    { weight: 1, arbitrary: fc.constantFrom('join', 'leave', 'crash', 'seek', 'pause') },
  ),
  who: fc.nat(2),
  partition: fc.constantFrom(...PARTITIONS),
  count: fc.integer({ min: 1, max: 4 }),
  part: fc.double({ min: 0, max: 1, noNaN: true }),
});

it('prop: K6 a poll goes on where the last one ended, and after a rebalance where the group committed', () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 20, maxLength: 70 }),
      fc.constantFrom<'earliest' | 'latest'>('earliest', 'latest'),
      (steps, reset) => {
        const world = new KafkaWorld();
        world.broker.createTopic('t', { partitions: PARTITIONS.length });
        const truth = new Truth();
        const start = () => new Consumer(world.connect(), truth, reset);
        const consumers: Array<Consumer | undefined> = [start(), undefined, undefined];
        let serial = 0;
        for (const { kind, who, partition, count, part } of steps) {
          const one = consumers[who];
          if (kind === 'produce') {
            for (let left = count; left > 0; left--) {
              world.broker.produce('t', { value: `${serial}`, partition });
              truth.logs[partition]!.push(`${serial++}`);
            }
          } else if (kind === 'time') world.clock.advanceTo(world.clock.now + 3_000, { liveness: true });
          else if (kind === 'join') consumers[who] ??= start();
          else if (kind === 'poll') one?.poll(part < 0.3 ? 1 : 1_000_000);
          else if (kind === 'commit') one?.commit();
          else if (kind === 'seek') one?.seek(partition, part);
          else if (kind === 'pause') one?.togglePause(partition);
          else if (one) {
            if (kind === 'leave') one.leave();
            else one.crash();
            consumers[who] = undefined;
          }
          for (const each of consumers) each?.turn();
        }
        expect(world.errors).toEqual([]);
      },
    ),
    { numRuns: 200 },
  );
});
