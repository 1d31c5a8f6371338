import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KafkaBroker } from '../../../src/models/kafka/index.js';
import type { LogStorage } from '../../../src/models/kafka/storage.js';
import { kafkaModel } from '../../helpers/kafka-model.js';

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
