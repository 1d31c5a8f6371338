import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConsumedRecord, KafkaConsumer } from '../../../src/models/kafka/index.js';
import { codeOf } from '../../helpers/kafka-group.js';
import { KafkaWorld } from '../../helpers/kafka-wire.js';

let world: KafkaWorld;

beforeEach(() => {
  world = new KafkaWorld();
  world.broker.createTopic('t', { partitions: 4 });
});
afterEach(() => expect(world.errors).toEqual([]));

const produce = (count: number, topic = 't') => {
  for (let i = 0; i < count; i++) world.broker.produce(topic, { key: `k${i}`, value: `v${i}`, partition: i % 4 });
};
const consumer = (groupId = 'g', options = {}) => world.broker.consumer(groupId, ['t'], options);
const owned = (one: KafkaConsumer) => one.assignment.flatMap(({ partitions }) => partitions);

async function take(from: KafkaConsumer, count: number): Promise<ConsumedRecord[]> {
  const records: ConsumedRecord[] = [];
  while (records.length < count) {
    const { value, done } = await from.next();
    if (done) break;
    records.push(value);
  }
  return records;
}

describe('KafkaConsumer', () => {
  it('reads what was there before, and what comes', async () => {
    produce(8);
    const one = consumer();
    const first = await take(one, 8);
    expect(first.map((record) => record.text()).sort()).toEqual(Array.from({ length: 8 }, (_, i) => `v${i}`));
    const waiting = one.next();
    produce(1);
    expect((await waiting).value?.text()).toBe('v0');
  });

  it('goes on behind what its group has committed', async () => {
    produce(8);
    const one = consumer();
    for (const record of await take(one, 8)) if (record.partition < 2) record.commit();
    one.close();
    const two = consumer();
    const again = await take(two, 4);
    expect(again.map(({ partition }) => partition).sort()).toEqual([2, 2, 3, 3]);
    expect(world.broker.group('g').committed('t', 0)).toBe(2);
  });

  it('commits everything that was handed out when nothing is named', async () => {
    produce(8);
    const one = consumer();
    await take(one, 8);
    one.commit();
    expect(world.broker.group('g').lag).toBe(0);
  });

  it('begins at the end when told so', async () => {
    produce(8);
    const one = consumer('g', { from: 'latest' });
    const waiting = one.next();
    world.broker.produce('t', { value: 'new', partition: 3 });
    expect((await waiting).value?.text()).toBe('new');
  });

  it('reads each group for itself', async () => {
    produce(4);
    const [a, b] = [consumer('a'), consumer('b')];
    expect(await take(a, 4)).toHaveLength(4);
    expect(await take(b, 4)).toHaveLength(4);
  });

  it('shares the partitions with others of its group', async () => {
    const [a, b, c] = [consumer(), consumer(), consumer()];
    expect([owned(a).length, owned(b).length, owned(c).length].sort()).toEqual([1, 1, 2]);
    expect([...owned(a), ...owned(b), ...owned(c)].sort()).toEqual([0, 1, 2, 3]);
    b.close();
    c.close();
    expect(owned(a)).toEqual([0, 1, 2, 3]);
    expect(owned(b)).toEqual([]);
  });

  it('keeps what it holds when others come, as cooperative consumers do', () => {
    const a = consumer();
    const b = consumer();
    const before = owned(a);
    consumer();
    for (const partition of owned(a)) expect(before).toContain(partition);
    expect(owned(b).length).toBeGreaterThan(0);
  });

  it.each(['range', 'roundrobin', 'sticky', 'cooperative-sticky'])('shares out as %s when told so', (assignor) => {
    const all = [1, 2, 3].map(() => consumer('g', { assignors: [assignor] }));
    expect(all.flatMap(owned).sort()).toEqual([0, 1, 2, 3]);
    expect(world.broker.groups.describe('g').protocolName).toBe(assignor);
  });

  it('refuses an assignor that nobody knows, and a group without a name', () => {
    expect(codeOf(() => consumer('g', { assignors: ['fair'] }))).toBe('INVALID_REQUEST');
    expect(codeOf(() => consumer('g', { assignors: [] }))).toBe('INVALID_REQUEST');
    expect(codeOf(() => consumer(''))).toBe('INVALID_GROUP_ID');
    expect(world.broker.groups.list()).toEqual([]);
  });

  it('lets a rebalance wait while a record is being worked on', async () => {
    produce(4);
    const a = consumer();
    const [record] = await take(a, 1);
    const b = consumer();
    expect(world.broker.group('g').state).toBe('PreparingRebalance');
    expect(owned(b)).toEqual([]);
    record?.commit();
    expect(world.broker.group('g').state).toBe('Stable');
    expect([...owned(a), ...owned(b)].sort()).toEqual([0, 1, 2, 3]);
  });

  it('loses its place when a record takes longer than the rebalance timeout, and cannot commit it', async () => {
    produce(4);
    const a = consumer('g', { rebalanceTimeoutMs: 5_000 });
    const [record] = await take(a, 1);
    const b = consumer('g', { rebalanceTimeoutMs: 5_000 });
    world.clock.advanceTo(world.clock.now + 5_000, { liveness: true });
    expect(owned(b)).toEqual([0, 1, 2, 3]);
    expect(codeOf(() => record?.commit())).toBe('UNKNOWN_MEMBER_ID');
    const waiting = a.next();
    expect([...owned(a), ...owned(b)].sort()).toEqual([0, 1, 2, 3]);
    a.close();
    expect((await waiting).value === undefined || !(await waiting).done).toBe(true);
  });

  it('cannot commit what another member reads by now', async () => {
    produce(4);
    const a = consumer();
    const records = await take(a, 4);
    void a.next();
    const b = consumer();
    const lost = records.filter(({ partition }) => owned(b).includes(partition));
    expect(lost.length).toBe(2);
    for (const record of lost) expect(codeOf(() => record.commit())).toBe('ILLEGAL_GENERATION');
  });

  it('leaves the group when its loop ends', async () => {
    produce(4);
    const seen: string[] = [];
    for await (const record of consumer()) {
      seen.push(record.text());
      record.commit();
      if (seen.length === 4) break;
    }
    expect(world.broker.group('g').state).toBe('Empty');
    expect(world.broker.group('g').lag).toBe(0);
  });

  it('ends waiting loops when it is closed, or the broker is', async () => {
    const a = consumer();
    const waiting = [a.next(), a.next()];
    a.close();
    a.close();
    for (const one of waiting) expect(await one).toEqual({ done: true, value: undefined });
    const b = consumer();
    const last = b.next();
    world.broker.close();
    expect((await last).done).toBe(true);
  });

  it('reads topics that come later, and partitions that are added', async () => {
    const a = world.broker.consumer('g', ['late']);
    const waiting = a.next();
    world.broker.createTopic('late', { partitions: 1 });
    world.broker.produce('late', { value: 'x' });
    expect((await waiting).value?.text()).toBe('x');
    world.broker.cluster.deleteTopic('late');
    world.broker.createTopic('late', { partitions: 1 });
    world.broker.produce('late', { value: 'y' });
    expect((await a.next()).value?.text()).toBe('y');
  });

  it('is fenced by another one of its instance name', async () => {
    const a = consumer('g', { instanceId: 'i' });
    const waiting = a.next();
    const b = consumer('g', { instanceId: 'i' });
    expect(owned(b)).toEqual([0, 1, 2, 3]);
    await expect(waiting).rejects.toMatchObject({ code: 'FENCED_INSTANCE_ID' });
    await expect(a.next()).rejects.toMatchObject({ code: 'FENCED_INSTANCE_ID' });
    expect(owned(a)).toEqual([]);
  });

  it('survives a restart and a reset of the broker', async () => {
    produce(4);
    const a = consumer();
    for (const record of await take(a, 4)) record.commit();
    const waiting = a.next();
    world.broker.restart();
    world.broker.produce('t', { value: 'after', partition: 0 });
    expect((await waiting).value?.text()).toBe('after');
    const next = a.next();
    world.broker.reset();
    world.broker.createTopic('t', { partitions: 1 });
    world.broker.produce('t', { value: 'anew' });
    expect((await next).value?.text()).toBe('anew');
  });

  it('tells the journal what was delivered and committed', async () => {
    produce(1);
    const [record] = await take(consumer(), 1);
    record?.commit();
    const names = world.context.journal.since().map(({ name }) => name);
    expect(names).toContain('delivered');
    expect(names.at(-1)).toBe('acked');
    expect(names).toContain('rebalanced');
  });
});

it('prop: K11 whoever commits after the work sees every record, and again only what was not committed', async () => {
  const step = fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom('produce', 'crash') },
    { weight: 3, arbitrary: fc.constantFrom('take', 'commit') },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      world = new KafkaWorld();
      world.broker.createTopic('t', { partitions: 2 });
      const ends = [0, 0];
      let committed = [0, 0];
      let position = [0, 0];
      const processed = new Set<string>();
      let one = consumer();
      const takeOne = async () => {
        const { value } = await one.next();
        const { partition, offset } = value as ConsumedRecord;
        expect(offset).toBe(position[partition]);
        position[partition] = offset + 1;
        processed.add(`${partition}/${offset}`);
      };
      const isBehind = () => position.some((at, partition) => at < (ends[partition] as number));
      for (const [at, kind] of steps.entries()) {
        if (kind === 'produce') {
          const partition = at % 2;
          world.broker.produce('t', { value: 'x', partition });
          ends[partition] = (ends[partition] as number) + 1;
        } else if (kind === 'take') {
          if (isBehind()) await takeOne();
        } else if (kind === 'commit') {
          one.commit();
          committed = [...position];
        } else {
          one.close();
          one = consumer();
          position = [...committed];
        }
      }
      while (isBehind()) await takeOne();
      expect(processed.size).toBe((ends[0] as number) + (ends[1] as number));
      expect(world.errors).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
});

it('prop: K6 inside an assignment nothing is left out or comes again, the next one begins where the group committed', async () => {
  const step = fc.record({
    kind: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom('produce', 'take', 'take') },
      { weight: 2, arbitrary: fc.constantFrom('commit', 'open', 'close') },
    ),
    who: fc.nat(2),
    partition: fc.nat(2),
  });
  const assignors = fc.constantFrom(['range'], ['roundrobin'], ['sticky'], ['cooperative-sticky']);
  const policy = fc.constantFrom<'earliest' | 'latest'>('earliest', 'latest');
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 24 }), assignors, policy, async (steps, ways, from) => {
      world = new KafkaWorld();
      world.broker.createTopic('t', { partitions: 3 });
      const ends = [0, 0, 0];
      /** What the group committed, and, where it has not, every place that the policy has named since. */
      const committed: Array<number | undefined> = [undefined, undefined, undefined];
      interface Stint {
        readonly consumer: KafkaConsumer;
        /** Where it goes on, by partition, and in which generation it got there. */
        readonly next: Map<number, { readonly offset: number; readonly generation: number }>;
        taken: ConsumedRecord | undefined;
      }
      const open = (): Stint => ({
        consumer: consumer('g', { assignors: ways, from }),
        next: new Map(),
        taken: undefined,
      });
      const stints: Array<Stint | undefined> = [open(), undefined, undefined];
      const generation = () => world.broker.groups.classic('g')?.generationId ?? -1;
      const isBehind = ({ consumer: one, next }: Stint) =>
        owned(one).some((partition) => {
          const known = next.get(partition);
          const at = known?.generation === generation() ? known.offset : committed[partition];
          return at !== undefined && at < ends[partition]!;
        });
      for (const { kind, who, partition } of steps) {
        const stint = stints[who];
        if (kind === 'produce') {
          world.broker.produce('t', { value: 'x', partition });
          ends[partition] = ends[partition]! + 1;
        } else if (kind === 'open') stints[who] ??= open();
        else if (kind === 'close') {
          stint?.consumer.close();
          stints[who] = undefined;
        } else if (kind === 'commit' && stint?.taken) {
          const { taken } = stint;
          if (codeOf(() => taken.commit()) === 'NONE') committed[taken.partition] = taken.offset + 1;
        } else if (kind === 'take' && stint && isBehind(stint)) {
          const { value } = await stint.consumer.next();
          const record = value as ConsumedRecord;
          const known = stint.next.get(record.partition);
          if (known?.generation === generation()) expect(record.offset).toBe(known.offset);
          else {
            const begins = committed[record.partition] ?? (from === 'earliest' ? 0 : record.offset);
            expect([begins, known?.offset]).toContain(record.offset);
          }
          stint.next.set(record.partition, { offset: record.offset + 1, generation: generation() });
          stint.taken = record;
        }
      }
      for (const stint of stints) stint?.consumer.close();
      expect(world.errors).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
});
