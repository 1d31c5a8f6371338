import { describe, expect, it } from 'vitest';
import {
  AssignmentBuilder,
  compareMembers,
  compareText,
  flatPlaces,
  placeKey,
  placesOf,
  subscribedTopics,
} from '../../../../src/models/kafka/assignor/assignment.js';
import { member, shown, sizes } from '../../../helpers/kafka-assignor.js';

describe('assignments', () => {
  it('are sorted by topic and partition, with an entry for everybody', () => {
    const builder = new AssignmentBuilder([member('a', []), member('b', [])]);
    builder.give('a', { topic: 'u', partition: 10 });
    builder.give('a', { topic: 'u', partition: 9 });
    builder.give('a', { topic: 't', partition: 0 });
    expect(shown(builder.build())).toEqual({ a: 't:0 u:9,10', b: '' });
  });

  it('know topics that exist and are read', () => {
    const members = [member('a', ['t', 'gone']), member('b', ['s', 't'])];
    expect(subscribedTopics(members, sizes({ t: 2, s: 1, other: 1 }))).toEqual(['s', 't']);
    expect(placesOf(['s', 't'], sizes({ t: 2, s: 1 })).map(placeKey)).toEqual(['s/0', 't/0', 't/1']);
    expect(flatPlaces([{ topic: 't', partitions: [1, 0] }]).map(placeKey)).toEqual(['t/1', 't/0']);
  });

  it('order members as Java does', () => {
    const members = [member('b', []), member('a', []), member('z', [], {}, -1, 'x'), member('y', [], {}, -1, 'w')];
    expect(members.sort(compareMembers).map(({ memberId }) => memberId)).toEqual(['y', 'z', 'a', 'b']);
    expect([compareText('a', 'b'), compareText('b', 'a'), compareText('a', 'a')]).toEqual([-1, 1, 0]);
  });
});
