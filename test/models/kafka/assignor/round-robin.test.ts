import { describe, expect, it } from 'vitest';
import { kafkajsRoundRobinAssignor, roundRobinAssignor } from '../../../../src/models/kafka/assignor/round-robin.js';
import { member, shown, sizes } from '../../../helpers/kafka-assignor.js';

describe('roundRobinAssignor', () => {
  it.each([
    [
      { t0: 3, t1: 3 },
      { c0: ['t0', 't1'], c1: ['t0', 't1'] },
      { c0: 't0:0,2 t1:1', c1: 't0:1 t1:0,2' },
    ],
    [
      { t0: 1, t1: 2, t2: 3 },
      { c0: ['t0'], c1: ['t0', 't1'], c2: ['t0', 't1', 't2'] },
      { c0: 't0:0', c1: 't1:0', c2: 't1:1 t2:0,1,2' },
    ],
    [{ t0: 2 }, { c0: ['gone'], c1: ['t0'] }, { c0: '', c1: 't0:0,1' }],
  ])('shares %j among %j as Java does', (counts, subscriptions, expected) => {
    const members = Object.entries(subscriptions).map(([id, topics]) => member(id, topics));
    expect(shown(roundRobinAssignor.assign(members, sizes(counts)))).toEqual(expected);
  });

  it('is known to kafkajs under another name', () => {
    expect([roundRobinAssignor.name, kafkajsRoundRobinAssignor.name]).toEqual(['roundrobin', 'RoundRobinAssigner']);
  });
});
