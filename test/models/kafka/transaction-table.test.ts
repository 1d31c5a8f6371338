import { beforeEach, describe, expect, it } from 'vitest';
import { concurrent, TransactionTable } from '../../../src/models/kafka/transaction-table.js';
import { codeOf } from '../../helpers/kafka-group.js';
import { KafkaWorld } from '../../helpers/kafka-wire.js';

let world: KafkaWorld;
let table: TransactionTable;

beforeEach(() => {
  world = new KafkaWorld();
  table = new TransactionTable(world.broker.context, world.broker.cluster);
});

describe('TransactionTable', () => {
  it('gives every producer id once, also over a record', () => {
    const first = table.takeProducerId();
    const { producerId } = table.create('x', 1_000);
    expect(producerId).toBe(first + 1);
    const record = table.snapshot();
    table.clear();
    expect([...table]).toEqual([]);
    table.load(record);
    expect(table.get('x')?.producerId).toBe(producerId);
    expect(table.takeProducerId()).toBe(producerId + 1);
  });

  it('finds a transaction for the producer that has it, and for no other', () => {
    const txn = table.create('x', 1_000);
    txn.epoch = 1;
    const { producerId } = txn;
    expect(table.owned('x', { producerId, producerEpoch: 1 })).toBe(txn);
    expect(codeOf(() => table.owned('x', { producerId, producerEpoch: 0 }))).toBe('PRODUCER_FENCED');
    expect(codeOf(() => table.writing('x', { producerId, producerEpoch: 0 }))).toBe('INVALID_PRODUCER_EPOCH');
    expect(codeOf(() => table.owned('x', { producerId: producerId + 1, producerEpoch: 1 }))).toBe(
      'INVALID_PRODUCER_ID_MAPPING',
    );
    expect(codeOf(() => table.checkHome('', undefined))).toBe('INVALID_REQUEST');
    txn.enter('PrepareCommit', 1);
    expect(codeOf(() => table.writing('x', { producerId, producerEpoch: 1 }))).toBe('CONCURRENT_TRANSACTIONS');
    expect(concurrent(txn).message).toContain('PrepareCommit');
  });

  it('lists by state, producer and age', () => {
    const a = table.create('a', 1_000);
    table.create('b', 1_000);
    a.enter('Ongoing', world.clock.now);
    const ids = (filter: Parameters<TransactionTable['list']>[0]) =>
      table.list(filter).map((one) => one.transactionalId);
    expect(ids({})).toEqual(['a', 'b']);
    expect(ids({ states: ['Ongoing'] })).toEqual(['a']);
    expect(ids({ producerIds: [a.producerId + 1] })).toEqual(['b']);
    // One that never began has lasted since the beginning of time.
    expect(ids({ longerThanMs: 0 })).toEqual(['b']);
    world.clock.advanceTo(world.clock.now + 1);
    expect(ids({ longerThanMs: 0 })).toEqual(['a', 'b']);
  });

  it('forgets what was not used for transactional.id.expiration.ms, but nothing that runs', () => {
    table.create('idle', 1_000);
    table.create('runs', 1_000).enter('Ongoing', world.clock.now);
    const keptMs = world.broker.cluster.config.number('transactional.id.expiration.ms');
    world.clock.advanceTo(world.clock.now + keptMs + 3_600_000);
    expect([...table].map(({ transactionalId }) => transactionalId)).toEqual(['runs']);
    table.close();
  });
});
