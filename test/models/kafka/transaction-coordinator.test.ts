import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ProducerIdentity } from '../../../src/models/kafka/transaction.js';
import type { TransactionCoordinator } from '../../../src/models/kafka/transaction-coordinator.js';
import { codeOf, commitOf } from '../../helpers/kafka-group.js';
import { KafkaWorld } from '../../helpers/kafka-wire.js';

let world: KafkaWorld;
let transactions: TransactionCoordinator;

function start(options = {}): void {
  world = new KafkaWorld(options);
  world.broker.createTopic('t', { partitions: 2 });
  transactions = world.broker.transactions;
}

beforeEach(() => start());

const nobody = { memberId: '', instanceId: null, generationId: -1 };
const t0 = { topic: 't', partition: 0 };
const init = (known?: ProducerIdentity) => transactions.initProducerId('x', 60_000, known);
const begin = (producer: ProducerIdentity) => transactions.addPartitions('x', producer, [t0]);
const end = (producer: ProducerIdentity, commits = true) => transactions.endTransaction('x', producer, commits);
const verify = ({ producerId, producerEpoch }: ProducerIdentity, partition = 0) =>
  codeOf(() => transactions.verify('x', producerId, producerEpoch, 't', partition));
const pass = (ms: number) => world.clock.advanceTo(world.clock.now + ms);
const state = () => transactions.describe('x').state;
const logEnd = () => world.broker.cluster.partition('t', 0)?.log.logEnd;

describe('TransactionCoordinator: producer ids', () => {
  it('gives idempotent producers a fresh id each, in epoch 0', () => {
    const [a, b] = [transactions.initProducerId(null, 0), transactions.initProducerId(null, 0)];
    expect(b.producerId).toBe(a.producerId + 1);
    expect([a.producerEpoch, b.producerEpoch]).toEqual([0, 0]);
  });

  it('raises the epoch for a new producer of the same transactional id, which fences the old one', () => {
    const old = init();
    const young = init();
    expect(young).toEqual({ producerId: old.producerId, producerEpoch: 1 });
    expect(codeOf(() => begin(old))).toBe('PRODUCER_FENCED');
    expect(codeOf(() => end(old))).toBe('PRODUCER_FENCED');
    expect(verify(old)).toBe('INVALID_PRODUCER_EPOCH');
    expect(codeOf(() => init(old))).toBe('PRODUCER_FENCED');
  });

  it('lets a producer raise its own epoch, and repeats an answer that was lost', () => {
    const first = init();
    const second = init(first);
    expect(second.producerEpoch).toBe(1);
    expect(init(first)).toEqual(second);
    expect(codeOf(() => init({ producerId: first.producerId + 5, producerEpoch: 1 }))).toBe('PRODUCER_FENCED');
  });

  it('gives a new id when the epochs are used up', () => {
    const first = init();
    let last = first;
    for (let i = 0; i < 32_766; i++) last = init();
    expect(last).toEqual({ producerId: first.producerId, producerEpoch: 32_766 });
    expect(init(last)).toEqual({ producerId: first.producerId + 1, producerEpoch: 0 });
  });

  it('refuses an empty id and timeouts that cannot be', () => {
    expect(codeOf(() => transactions.initProducerId('', 1))).toBe('INVALID_REQUEST');
    for (const ms of [0, -1, 900_001]) {
      expect(codeOf(() => transactions.initProducerId('x', ms))).toBe('INVALID_TRANSACTION_TIMEOUT');
    }
  });

  it('keeps no more transactional ids than limits.entityCount', () => {
    world = new KafkaWorld({}, { entityCount: 2 });
    transactions = world.broker.transactions;
    transactions.initProducerId('a', 1);
    transactions.initProducerId('b', 1);
    expect(codeOf(() => transactions.initProducerId('c', 1))).toBe('LIMIT_EXCEEDED');
  });
});

describe('TransactionCoordinator: transactions', () => {
  it('goes from Empty over Ongoing to CompleteCommit, and writes a marker to each partition', () => {
    const producer = init();
    expect(state()).toBe('Empty');
    expect(begin(producer)).toEqual(['NONE']);
    expect(begin(producer)).toEqual(['NONE']);
    expect(transactions.describe('x')).toMatchObject({
      state: 'Ongoing',
      startedMs: world.clock.now,
      topics: [{ topic: 't', partitions: [0] }],
    });
    expect([verify(producer), verify(producer, 1)]).toEqual(['NONE', 'INVALID_TXN_STATE']);
    end(producer);
    expect(state()).toBe('CompleteCommit');
    expect(logEnd()).toBe(1);
    end(producer);
    expect(codeOf(() => end(producer, false))).toBe('INVALID_TXN_STATE');
    expect(verify(producer)).toBe('INVALID_TXN_STATE');
    begin(producer);
    end(producer, false);
    end(producer, false);
    expect(state()).toBe('CompleteAbort');
    expect(codeOf(() => end(producer))).toBe('INVALID_TXN_STATE');
  });

  it('refuses to end what has not begun, and who is not the producer', () => {
    const producer = init();
    expect(codeOf(() => end(producer))).toBe('INVALID_TXN_STATE');
    const other = { ...producer, producerId: producer.producerId + 1 };
    expect(codeOf(() => end(other))).toBe('INVALID_PRODUCER_ID_MAPPING');
    expect(codeOf(() => begin(other))).toBe('INVALID_PRODUCER_ID_MAPPING');
    expect(codeOf(() => transactions.addOffsets('none', producer, 'g'))).toBe('INVALID_PRODUCER_ID_MAPPING');
    expect(codeOf(() => transactions.endTransaction('', producer, true))).toBe('INVALID_REQUEST');
    expect(codeOf(() => transactions.describe('none'))).toBe('TRANSACTIONAL_ID_NOT_FOUND');
  });

  it('adds all partitions or none', () => {
    const producer = init();
    const asked = [t0, { topic: 'none', partition: 0 }];
    expect(transactions.addPartitions('x', producer, asked)).toEqual([
      'OPERATION_NOT_ATTEMPTED',
      'UNKNOWN_TOPIC_OR_PARTITION',
    ]);
    expect(state()).toBe('Empty');
    begin(producer);
    const places = [t0, { topic: 't', partition: 1 }];
    expect(transactions.verifyPartitions('x', producer, places)).toEqual(['NONE', 'TRANSACTION_ABORTABLE']);
  });

  it('aborts what is open for a new producer, who has to ask again and gets the epoch after the next', () => {
    const producer = init();
    begin(producer);
    expect(codeOf(() => init())).toBe('CONCURRENT_TRANSACTIONS');
    expect(state()).toBe('CompleteAbort');
    expect(logEnd()).toBe(1);
    expect(init().producerEpoch).toBe(producer.producerEpoch + 2);
  });

  it('aborts what is open for an old producer too, which is fenced when it asks again', () => {
    const old = init();
    const young = init();
    begin(young);
    expect(codeOf(() => init(old))).toBe('CONCURRENT_TRANSACTIONS');
    expect(state()).toBe('CompleteAbort');
    expect([codeOf(() => init(old)), codeOf(() => init(young))]).toEqual(['PRODUCER_FENCED', 'PRODUCER_FENCED']);
  });

  it('aborts a transaction that takes longer than its timeout, and fences its producer', () => {
    const producer = transactions.initProducerId('x', 15_000);
    begin(producer);
    pass(15_000);
    expect(state()).toBe('Ongoing');
    pass(5_000);
    expect(state()).toBe('CompleteAbort');
    expect(codeOf(() => end(producer))).toBe('PRODUCER_FENCED');
    expect(verify(producer)).toBe('INVALID_PRODUCER_EPOCH');
    expect(codeOf(() => init(producer))).toBe('PRODUCER_FENCED');
    expect(init().producerEpoch).toBe(2);
  });

  it('asks to come again while markers are delayed', () => {
    start({ markerDelayMs: 100 });
    const producer = init();
    begin(producer);
    end(producer);
    expect(state()).toBe('PrepareCommit');
    expect(world.broker.busy()).toEqual(["transaction 'x' is in PrepareCommit"]);
    for (const again of [() => begin(producer), () => end(producer), () => init()]) {
      expect(codeOf(again)).toBe('CONCURRENT_TRANSACTIONS');
    }
    expect(codeOf(() => end(producer, false))).toBe('INVALID_TXN_STATE');
    expect(verify(producer)).toBe('CONCURRENT_TRANSACTIONS');
    pass(100);
    expect(state()).toBe('CompleteCommit');
  });

  it('completes what was decided after a restart, and when a partition has a leader again', () => {
    start({ markerDelayMs: 100 });
    const producer = init();
    begin(producer);
    end(producer);
    world.broker.restart();
    expect(state()).toBe('CompleteCommit');
    start({ nodes: 2 });
    world.broker.createTopic('alone', { assignments: [[2]] });
    const other = init();
    transactions.addPartitions('x', other, [{ topic: 'alone', partition: 0 }]);
    world.broker.stopNode(2);
    end(other);
    expect(state()).toBe('PrepareCommit');
    world.broker.startNode(2);
    expect(state()).toBe('CompleteCommit');
  });

  it('forgets ids that nobody uses for a week', () => {
    init();
    pass(604_800_000 - 1);
    expect(transactions.list()).toHaveLength(1);
    pass(3_600_001);
    expect(transactions.list()).toEqual([]);
  });

  it('lists by state, producer and duration', () => {
    const producer = init();
    const y = transactions.initProducerId('y', 60_000);
    begin(producer);
    pass(1_000);
    const ids = (filter: object) => transactions.list(filter).map(({ transactionalId }) => transactionalId);
    expect(ids({})).toEqual(['x', 'y']);
    expect(ids({ states: ['Ongoing'] })).toEqual(['x']);
    expect(ids({ states: ['ongoing'] })).toEqual([]);
    expect(ids({ producerIds: [y.producerId] })).toEqual(['y']);
    expect([ids({ longerThanMs: 999 }), ids({ longerThanMs: 1_000 })]).toEqual([['x', 'y'], ['y']]);
    expect(transactions.unknownStates(['Ongoing', 'Odd'])).toEqual(['Odd']);
  });

  it('goes back to a snapshot', () => {
    const producer = init();
    begin(producer);
    const saved = world.broker.snapshot();
    end(producer);
    world.broker.restore(saved);
    expect(state()).toBe('Ongoing');
    end(producer);
    world.broker.reset();
    expect(transactions.list()).toEqual([]);
  });
});

describe('TransactionCoordinator: offsets', () => {
  const { fetch, commit } = {
    fetch: (requireStable = false) => world.broker.groups.fetchOffsets('g', [t0], { requireStable })[0],
    commit: (producer: ProducerIdentity, offset: number) =>
      transactions.commitOffsets('x', producer, 'g', nobody, [commitOf('t', 0, offset)]),
  };

  it('come into force with the commit, and never with an abort', () => {
    world.broker.groups.commitOffsets('g', nobody, [commitOf('t', 0, 1)]);
    const producer = init();
    expect(codeOf(() => commit(producer, 5))).toBe('INVALID_TXN_STATE');
    transactions.addOffsets('x', producer, 'g');
    expect(transactions.describe('x').topics[0]?.topic).toBe('__consumer_offsets');
    expect(commit(producer, 5)).toEqual(['NONE']);
    expect(fetch()?.offset).toBe(1);
    expect(fetch(true)).toMatchObject({ error: 'UNSTABLE_OFFSET_COMMIT', offset: -1 });
    end(producer, false);
    expect(fetch(true)?.offset).toBe(1);
    transactions.addOffsets('x', producer, 'g');
    commit(producer, 6);
    end(producer);
    expect(fetch(true)?.offset).toBe(6);
  });

  it('of a fenced producer are refused', () => {
    const producer = init();
    transactions.addOffsets('x', producer, 'g');
    codeOf(() => init());
    expect(codeOf(() => commit(producer, 5))).toBe('INVALID_PRODUCER_EPOCH');
    expect(fetch()?.offset).toBe(-1);
  });
});

describe('transactions of two producers', () => {
  type Step = {
    readonly kind: 'send' | 'commit' | 'abort' | 'new' | 'offsets' | 'zombie' | 'late';
    readonly who: number;
  };
  const step = fc.record({
    kind: fc.constantFrom<Step['kind']>('send', 'send', 'send', 'commit', 'abort', 'new', 'offsets', 'zombie', 'late'),
    who: fc.nat(1),
  });

  it('prop: K12, K13 offsets count when their transaction commits and never else, zombies change nothing', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
        start();
        const producers: Array<ProducerIdentity & { old?: ProducerIdentity }> = [];
        let offset = -1;
        let expectedOffset = -1;
        const pendingOffset: Array<number | undefined> = [undefined, undefined];
        const id = (who: number) => `x${who}`;
        const forget = (who: number) => {
          pendingOffset[who] = undefined;
        };
        const renew = (who: number) => {
          const old = producers[who];
          const ask = () => transactions.initProducerId(id(who), 60_000);
          let fresh: ProducerIdentity;
          try {
            fresh = ask();
          } catch {
            fresh = ask();
          }
          producers[who] = { ...fresh, ...(old && { old }) };
          forget(who);
        };
        renew(0);
        renew(1);
        const commitTo = (who: number, producer: ProducerIdentity, at: number) =>
          transactions.commitOffsets(id(who), producer, 'g', nobody, [commitOf('t', 1, at)]);
        for (const { kind, who } of steps) {
          const producer = producers[who]!;
          const attempt = (command: () => unknown) => codeOf(command);
          if (kind === 'send') {
            attempt(() => transactions.addPartitions(id(who), producer, [t0]));
          } else if (kind === 'offsets') {
            if (attempt(() => transactions.addOffsets(id(who), producer, 'g')) !== 'NONE') continue;
            commitTo(who, producer, ++offset);
            pendingOffset[who] = offset;
          } else if (kind === 'commit' || kind === 'abort') {
            if (attempt(() => transactions.endTransaction(id(who), producer, kind === 'commit')) !== 'NONE') continue;
            if (kind === 'commit') {
              const at = pendingOffset[who];
              if (at !== undefined) expectedOffset = Math.max(expectedOffset, at);
            }
            forget(who);
          } else if (kind === 'new') {
            renew(who);
          } else if (kind === 'zombie' && producer.old) {
            const { old } = producer;
            expect(attempt(() => transactions.addPartitions(id(who), old, [t0]))).toBe('PRODUCER_FENCED');
            expect(attempt(() => transactions.endTransaction(id(who), old, true))).toBe('PRODUCER_FENCED');
            expect(attempt(() => commitTo(who, old, 999))).not.toBe('NONE');
          } else if (kind === 'late') {
            pass(80_000);
            for (const one of [0, 1]) {
              if (transactions.describe(id(one)).state === 'CompleteAbort') forget(one);
            }
          }
          const read = world.broker.groups.fetchOffsets('g', [{ topic: 't', partition: 1 }])[0];
          expect(read?.offset).toBe(expectedOffset);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
