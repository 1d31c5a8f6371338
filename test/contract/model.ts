/** What holds for every model, whatever it stores. */
import { describe, expect, it } from 'vitest';
import { type Broker, createBroker, snapshotFromBytes, snapshotToBytes } from '../../src/index.js';

export interface ModelSubject {
  readonly name: 'kafka' | 'amqp' | 'redis';
  /** Changes the state; `mark` makes each call a different one. */
  readonly store: (broker: Broker, mark: string) => void;
  /** What can be read of the state. */
  readonly read: (broker: Broker) => unknown;
}

export function modelContract({ name, store, read }: ModelSubject): void {
  describe(`the ${name} model`, () => {
    const create = () => createBroker({ clock: 'virtual', seed: 3 });

    it('is empty after reset and usable again', async () => {
      const broker = create();
      const empty = read(broker);
      store(broker, 'a');
      expect(read(broker)).not.toEqual(empty);
      await broker.reset();
      expect(read(broker)).toEqual(empty);
      store(broker, 'a');
      expect(read(broker)).not.toEqual(empty);
    });

    it('goes back to a snapshot as if nothing had happened since', async () => {
      const [broker, twin] = [create(), create()];
      for (const each of [broker, twin]) store(each, 'a');
      const base = broker.snapshot();
      const before = read(broker);
      store(broker, 'b');
      expect(read(broker)).not.toEqual(before);
      await broker.restore(base);
      expect(read(broker)).toEqual(before);
      for (const each of [broker, twin]) store(each, 'c');
      expect(read(broker)).toEqual(read(twin));
    });

    it('comes back from the bytes of a snapshot, in another broker', async () => {
      const [broker, other] = [create(), create()];
      store(broker, 'a');
      await other.restore(snapshotFromBytes(snapshotToBytes(broker.snapshot())));
      expect(read(other)).toEqual(read(broker));
    });

    it('shares nothing with another broker', () => {
      const [broker, other] = [create(), create()];
      const empty = read(other);
      store(broker, 'a');
      expect(read(other)).toEqual(empty);
    });

    it('is settled when nobody consumes, restarts, and closes twice', async () => {
      const broker = create();
      store(broker, 'a');
      expect(broker[name].busy()).toEqual([]);
      await broker.restart();
      await broker.restart();
      expect(broker[name].busy()).toEqual([]);
      broker[name].close();
      await broker.close();
    });
  });
}
