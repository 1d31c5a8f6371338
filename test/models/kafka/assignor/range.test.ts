import { describe, expect, it } from 'vitest';
import { rangeAssignor } from '../../../../src/models/kafka/assignor/range.js';
import { member, shown, sizes } from '../../../helpers/kafka-assignor.js';

describe('rangeAssignor', () => {
  it.each([
    [
      { t0: 3, t1: 3 },
      { c0: ['t0', 't1'], c1: ['t0', 't1'] },
      { c0: 't0:0,1 t1:0,1', c1: 't0:2 t1:2' },
    ],
    [
      { t0: 1, t1: 2, t2: 3 },
      { c0: ['t0'], c1: ['t0', 't1'], c2: ['t0', 't1', 't2'] },
      { c0: 't0:0', c1: 't1:0', c2: 't1:1 t2:0,1,2' },
    ],
    [{ t0: 10 }, { c0: ['t0'], c1: ['t0'], c2: ['t0'] }, { c0: 't0:0,1,2,3', c1: 't0:4,5,6', c2: 't0:7,8,9' }],
    [{ t0: 2 }, { c0: ['t0'], c1: ['t0'], c2: ['t0'] }, { c0: 't0:0', c1: 't0:1', c2: '' }],
    [{}, { c0: ['t0'] }, { c0: '' }],
  ])('shares %j among %j as Java does', (counts, subscriptions, expected) => {
    const members = Object.entries(subscriptions).map(([id, topics]) => member(id, topics));
    expect(shown(rangeAssignor.assign(members, sizes(counts)))).toEqual(expected);
    expect(shown(rangeAssignor.assign(members.reverse(), sizes(counts)))).toEqual(expected);
  });

  it('puts static members first, by their own names', () => {
    const members = [member('a', ['t']), member('z', ['t'], {}, -1, 'i2'), member('y', ['t'], {}, -1, 'i1')];
    expect(shown(rangeAssignor.assign(members, sizes({ t: 3 })))).toEqual({ a: 't:2', z: 't:1', y: 't:0' });
  });
});
