import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cooperativeStickyAssignor } from '../../../../src/models/kafka/assignor/cooperative-sticky.js';
import type { AssignorMember } from '../../../../src/models/kafka/assignor/index.js';
import { assignSticky } from '../../../../src/models/kafka/assignor/sticky.js';
import { member, shown, sizes } from '../../../helpers/kafka-assignor.js';

const t0 = ['t0'];
const seven = sizes({ t0: 7 });

describe('cooperativeStickyAssignor', () => {
  it('is sticky where nothing changes hands', () => {
    const members = [member('c0', t0), member('c1', t0)];
    expect(shown(cooperativeStickyAssignor.assign(members, seven))).toEqual({ c0: 't0:0,2,4,6', c1: 't0:1,3,5' });
  });

  it('leaves out for one round what changes hands, and hands it over in the next', () => {
    const members = [
      member('c0', t0, { t0: [0, 1, 2, 3] }, 1),
      member('c1', t0, { t0: [4, 5, 6] }, 1),
      member('c2', t0),
    ];
    expect(shown(cooperativeStickyAssignor.assign(members, seven))).toEqual({ c0: 't0:0,1,2', c1: 't0:4,5', c2: '' });
    const next = [member('c0', t0, { t0: [0, 1, 2] }, 2), member('c1', t0, { t0: [4, 5] }, 2), member('c2', t0, {}, 2)];
    expect(shown(cooperativeStickyAssignor.assign(next, seven))).toEqual({
      c0: 't0:0,1,2',
      c1: 't0:4,5',
      c2: 't0:3,6',
    });
  });

  it('lets the later generation keep what two claim', () => {
    const members = [member('c0', t0, { t0: [0, 1, 2, 3] }, 5), member('c1', t0, { t0: [3, 4, 5, 6] }, 6)];
    expect(shown(cooperativeStickyAssignor.assign(members, seven))).toEqual({ c0: 't0:0,1,2', c1: 't0:3,4,5,6' });
  });

  it('prop: nobody gets what another still holds, and two rounds reach what sticky wants', () => {
    const owner = fc.option(fc.nat(3), { nil: undefined });
    fc.assert(
      fc.property(fc.array(owner, { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 4 }), (owners, count) => {
        const partitions = sizes({ t0: owners.length });
        const held = (id: number) => owners.flatMap((who, partition) => (who === id ? [partition] : []));
        const members = Array.from({ length: count }, (_, id) => member(`c${id}`, t0, { t0: held(id) }, 1));
        const round = cooperativeStickyAssignor.assign(members, partitions);
        for (const [id, given] of round) {
          for (const partition of given[0]?.partitions ?? []) {
            const before = owners[partition];
            if (before !== undefined && before < count) expect(id).toBe(`c${before}`);
          }
        }
        const second: AssignorMember[] = members.map((one) => ({ ...one, owned: round.get(one.memberId) ?? [] }));
        const kept = cooperativeStickyAssignor.assign(second, partitions);
        expect(shown(kept)).toEqual(shown(assignSticky(second, partitions)));
      }),
      { numRuns: 1_000 },
    );
  });
});
