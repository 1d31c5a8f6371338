import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stickyAssignor } from '../../../../src/models/kafka/assignor/sticky.js';
import { member, shown, sizes } from '../../../helpers/kafka-assignor.js';

const t0 = ['t0'];

describe('stickyAssignor', () => {
  it.each([
    [
      { t0: 3, t1: 3 },
      { c0: ['t0', 't1'], c1: ['t0', 't1'] },
      { c0: 't0:0,2 t1:1', c1: 't0:1 t1:0,2' },
    ],
    [
      { t0: 1, t1: 2, t2: 3 },
      { c0: ['t0'], c1: ['t0', 't1'], c2: ['t0', 't1', 't2'] },
      { c0: 't0:0', c1: 't1:0,1', c2: 't2:0,1,2' },
    ],
  ])('shares %j among %j as Java does when nobody had anything', (counts, subscriptions, expected) => {
    const members = Object.entries(subscriptions).map(([id, topics]) => member(id, topics));
    expect(shown(stickyAssignor.assign(members, sizes(counts)))).toEqual(expected);
  });

  it('lets everybody keep what balance allows when a member joins', () => {
    const members = [
      member('c0', t0, { t0: [0, 1, 2, 3] }, 1),
      member('c1', t0, { t0: [4, 5, 6] }, 1),
      member('c2', t0),
    ];
    expect(shown(stickyAssignor.assign(members, sizes({ t0: 7 })))).toEqual({
      c0: 't0:0,1,2',
      c1: 't0:4,5',
      c2: 't0:3,6',
    });
  });

  it('shares out what a member left behind', () => {
    const members = [member('c0', t0, { t0: [0, 1, 2] }, 1), member('c2', t0, { t0: [3, 6] }, 1)];
    expect(shown(stickyAssignor.assign(members, sizes({ t0: 7 })))).toEqual({ c0: 't0:0,1,2,5', c2: 't0:3,4,6' });
  });

  it('believes the later generation of two that claim a partition, and nobody of the same one', () => {
    const later = [member('c0', t0, { t0: [0, 1, 2, 3] }, 5), member('c1', t0, { t0: [3, 4, 5, 6] }, 6)];
    expect(shown(stickyAssignor.assign(later, sizes({ t0: 7 })))).toEqual({ c0: 't0:0,1,2', c1: 't0:3,4,5,6' });
    const both = [member('c0', t0, { t0: [0, 1] }, 5), member('c1', t0, { t0: [0] }, 5)];
    expect(shown(stickyAssignor.assign(both, sizes({ t0: 2 })))).toEqual({ c0: 't0:1', c1: 't0:0' });
  });

  it('shares nothing among nobody', () => {
    expect(stickyAssignor.assign([], sizes({ t0: 7 })).size).toBe(0);
  });

  const subscription = fc.subarray(['t0', 't1', 't2'], { minLength: 1 });
  const counts = fc.record({ t0: fc.nat(6), t1: fc.nat(6), t2: fc.nat(6) });

  it('prop: everything has one owner that reads it, no single move would even out the loads, nobody moves twice', () => {
    fc.assert(
      fc.property(fc.array(subscription, { minLength: 1, maxLength: 5 }), counts, (subscriptions, count) => {
        const fresh = subscriptions.map((topics, at) => member(`c${at}`, topics));
        const first = stickyAssignor.assign(fresh, sizes(count));
        const owners = new Map<string, number>();
        for (const [at, topics] of subscriptions.entries()) {
          for (const { topic, partitions } of first.get(`c${at}`) ?? []) {
            expect(topics).toContain(topic);
            for (const partition of partitions) {
              expect(owners.has(`${topic}/${partition}`)).toBe(false);
              owners.set(`${topic}/${partition}`, at);
            }
          }
        }
        const read = new Set(subscriptions.flat());
        expect(owners.size).toBe(Object.entries(count).reduce((sum, [t, n]) => sum + (read.has(t) ? n : 0), 0));
        const load = (at: number) => [...owners.values()].filter((owner) => owner === at).length;
        for (const [key, owner] of owners) {
          for (const [at, topics] of subscriptions.entries()) {
            if (topics.includes(key.split('/')[0] as string)) expect(load(owner) - load(at)).toBeLessThanOrEqual(1);
          }
        }
        const again = fresh.map((one) => ({ ...one, owned: first.get(one.memberId) ?? [], generation: 1 }));
        expect(shown(stickyAssignor.assign(again, sizes(count)))).toEqual(shown(first));
      }),
      { numRuns: 1_000 },
    );
  });
});
