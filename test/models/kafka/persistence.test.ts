import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ACL_OPERATIONS, ACL_PATTERNS, ACL_PERMISSIONS, ACL_RESOURCES } from '../../../src/models/kafka/acl.js';
import { RESOURCE_TYPES } from '../../../src/models/kafka/config-admin.js';
import { KafkaBroker } from '../../../src/models/kafka/index.js';
import type { LogStorage } from '../../../src/models/kafka/storage.js';
import { batchBytes, kafkaModel, produceBatch } from '../../helpers/kafka-model.js';

/** A storage in memory, that can be torn. */
class MemoryStorage implements LogStorage {
  state: Uint8Array | undefined;
  readonly logs = new Map<string, Uint8Array>();

  loadState(): Uint8Array | undefined {
    return this.state;
  }
  saveState(bytes: Uint8Array): void {
    this.state = bytes.slice();
  }
  readLog(name: string): Uint8Array {
    return this.logs.get(name) ?? new Uint8Array(0);
  }
  appendLog(name: string, parts: readonly Uint8Array[]): void {
    this.logs.set(name, Buffer.concat([this.readLog(name), ...parts]));
  }
  replaceLog(name: string, parts: readonly Uint8Array[]): void {
    this.logs.set(name, Buffer.concat(parts));
  }
  removeLog(name: string): void {
    this.logs.delete(name);
  }
}

test('prop: whatever is torn off, what is read back is a beginning of what was written, whole batches of it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), { maxLength: 6 }),
      fc.nat(400),
      (batches, torn) => {
        const storage = new MemoryStorage();
        const { context } = kafkaModel();
        const broker = new KafkaBroker(context, { nodes: 1 }, storage);
        broker.createTopic('t');
        for (const values of batches) {
          broker.produce(
            't',
            values.map((value) => ({ value })),
          );
          broker.flush();
        }
        for (const [name, bytes] of storage.logs) {
          storage.logs.set(name, bytes.subarray(0, Math.max(bytes.length - torn, 0)));
        }
        const again = new KafkaBroker(kafkaModel().context, { nodes: 1 }, storage);
        const read = again
          .topic('t')
          .records()
          .map((record) => record.text());
        const counts = [0];
        for (const { length } of batches) counts.push((counts.at(-1) ?? 0) + length);
        expect(read).toEqual(batches.flat().slice(0, read.length));
        expect(counts).toContain(read.length);
        if (torn === 0) expect(read.length).toBe(batches.flat().length);
        expect(again.produce('t', { value: 'next' }).offset).toBe(read.length);
      },
    ),
    { numRuns: 1_000 },
  );
});

const { broker: type } = RESOURCE_TYPES;

/** What only an admin client can set, one after the other. */
const ADMINISTRATION: ReadonlyArray<(broker: KafkaBroker) => void> = [
  ({ acls }) =>
    acls.add({
      resourceType: ACL_RESOURCES.topic,
      resourceName: 'orders',
      patternType: ACL_PATTERNS.literal,
      principal: 'User:bob',
      host: '*',
      operation: ACL_OPERATIONS.read,
      permissionType: ACL_PERMISSIONS.allow,
    }),
  ({ scramCredentials }) =>
    scramCredentials.set('bob', 2, { salt: Uint8Array.of(1), saltedPassword: Uint8Array.of(2), iterations: 4_096 }),
  ({ configAdmin }) =>
    configAdmin.replace({ type, name: '1' }, [{ name: 'log.retention.ms', value: '1000' }], false, 1),
  ({ configAdmin }) =>
    configAdmin.replace({ type, name: '' }, [{ name: 'message.max.bytes', value: '2000' }], false, 1),
];

function administered(broker: KafkaBroker): unknown {
  const names = ['log.retention.ms', 'message.max.bytes'];
  const settings = broker.configAdmin.describe({ type, name: '1' }, names, 1);
  const credential = broker.scramCredentials.get('bob', 'SCRAM-SHA-512');
  return {
    rules: [...broker.acls.bindings],
    credential: [credential?.iterations, ...(credential?.salt ?? []), ...(credential?.saltedPassword ?? [])],
    settings: settings.map(({ name, value, source }) => [name, value, source]),
  };
}

test('what an admin has set is written by itself, and survives a restart of the broker and of the process', () => {
  const storage = new MemoryStorage();
  const { context, clock } = kafkaModel();
  const broker = new KafkaBroker(context, { nodes: 1, authorizer: {} }, storage);
  for (const administer of ADMINISTRATION) {
    administer(broker);
    const before = administered(broker);
    broker.restart();
    expect(administered(broker)).toEqual(before);
    clock.advanceTo(clock.now + 1_000);
    const again = new KafkaBroker(kafkaModel().context, { nodes: 1, authorizer: {} }, storage);
    expect(administered(again)).toEqual(before);
  }
});

test('each committed offset is written by itself', () => {
  const storage = new MemoryStorage();
  const { context, clock } = kafkaModel();
  const broker = new KafkaBroker(context, { nodes: 1 }, storage);
  broker.createTopic('t');
  const nobody = { memberId: '', instanceId: null, generationId: -1 };
  for (const offset of [4, 5]) {
    broker.groups.commitOffsets('g', nobody, [{ topic: 't', partition: 0, offset, leaderEpoch: -1, metadata: '' }]);
    clock.advanceTo(clock.now + 1_000);
    const again = new KafkaBroker(kafkaModel().context, { nodes: 1 }, storage);
    expect(again.group('g').committed('t', 0)).toBe(offset);
  }
});

test('each step of a transaction is written by itself, and a later process goes on with it', () => {
  const storage = new MemoryStorage();
  const { context, clock } = kafkaModel();
  const broker = new KafkaBroker(context, { nodes: 1 }, storage);
  broker.createTopic('t');
  const nobody = { memberId: '', instanceId: null, generationId: -1 };
  const offsets = [{ topic: 't', partition: 0, offset: 7, leaderEpoch: -1, metadata: '' }];
  const { transactions } = broker;
  transactions.initProducerId('x', 60_000);
  clock.advanceTo(clock.now + 1_000);
  let later = broker;
  const step = (change: () => unknown) => {
    change();
    clock.advanceTo(clock.now + 1_000);
    later = new KafkaBroker(kafkaModel().context, { nodes: 1 }, storage);
    expect(later.transactions.describe('x')).toEqual(transactions.describe('x'));
  };
  const producer = transactions.initProducerId('x', 60_000);
  step(() => {});
  step(() => transactions.addPartitions('x', producer, [{ topic: 't', partition: 0 }]));
  step(() => transactions.addOffsets('x', producer, 'g'));
  step(() => transactions.commitOffsets('x', producer, 'g', nobody, offsets));
  later.transactions.endTransaction('x', producer, true);
  expect(later.group('g').committed('t', 0)).toBe(7);
  expect(later.topic('t').partitions[0]).toMatchObject({ logEnd: 1, lastStable: 1 });
});

test('a later process knows the last batches of a producer', () => {
  const storage = new MemoryStorage();
  const broker = new KafkaBroker(kafkaModel().context, { nodes: 1 }, storage);
  broker.createTopic('t');
  const batch = (baseSequence: number) => batchBytes([{ value: `${baseSequence}` }], { id: 7, epoch: 0, baseSequence });
  for (const sequence of [0, 1]) produceBatch(broker, 't', batch(sequence));
  broker.flush();
  const later = new KafkaBroker(kafkaModel().context, { nodes: 1 }, storage);
  expect([1, 2, 4].map((sequence) => produceBatch(later, 't', batch(sequence)))).toMatchObject([
    { baseOffset: 1 },
    { baseOffset: 2 },
    { error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' },
  ]);
});

test('a snapshot has what an admin has set, and putting it back undoes what was set since', () => {
  const broker = new KafkaBroker(kafkaModel().context, { nodes: 1, authorizer: {} });
  const empty = broker.snapshot();
  const before = administered(broker);
  for (const administer of ADMINISTRATION) administer(broker);
  const after = administered(broker);
  const full = broker.snapshot();
  broker.restore(empty);
  expect(administered(broker)).toEqual(before);
  broker.restore(full);
  expect(administered(broker)).toEqual(after);
});
