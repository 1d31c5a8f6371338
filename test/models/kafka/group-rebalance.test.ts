import { beforeEach, describe, expect, it } from 'vitest';
import { ClassicMember } from '../../../src/models/kafka/group-member.js';
import { GroupRebalance } from '../../../src/models/kafka/group-rebalance.js';
import { GroupRoster } from '../../../src/models/kafka/group-roster.js';
import { bytes, protocols, text } from '../../helpers/kafka-group.js';
import { KafkaWorld } from '../../helpers/kafka-wire.js';

let world: KafkaWorld;
let roster: GroupRoster;
let rebalance: GroupRebalance;
let generations: number;

beforeEach(() => {
  world = new KafkaWorld();
  roster = new GroupRoster('g');
  roster.protocolType = 'consumer';
  generations = 0;
  const { clock, outbox, random } = world.broker.context;
  rebalance = new GroupRebalance(
    roster,
    { clock, outbox, random, initialRebalanceDelayMs: 0, maxSize: 10, changed: () => {} },
    (rebalanced) => {
      if (rebalanced) generations++;
    },
  );
});

const pass = (ms: number) => world.clock.advanceTo(world.clock.now + ms, { liveness: true });

/** A stable group of one static member, as a record brings it: it is not dropped for a join that it does not repeat. */
function loadStable(memberId: string): void {
  const member = new ClassicMember(memberId, {
    instanceId: memberId,
    clientId: 'c',
    clientHost: '/127.0.0.1',
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 60_000,
    protocols: protocols(),
  });
  rebalance.load({ ...roster.toRecord(0), leaderId: memberId, members: [member.toRecord()] });
}

describe('GroupRebalance', () => {
  it('waits for the leader before it is complete, and keeps only complete generations', () => {
    loadStable('a');
    expect([rebalance.state, rebalance.running]).toEqual(['Stable', false]);
    rebalance.proceed();
    expect([rebalance.state, rebalance.running]).toEqual(['PreparingRebalance', true]);
    rebalance.share([{ memberId: 'a', assignment: bytes('share') }]);
    expect(rebalance.state).toBe('Stable');
    expect(text(rebalance.record?.members[0]?.assignment)).toBe('share');
  });

  it('forgets an id that nobody joined with', () => {
    rebalance.reserve('x', 1_000);
    expect([rebalance.isPending('x'), rebalance.pendingCount]).toEqual([true, 1]);
    pass(1_000);
    expect(rebalance.isPending('x')).toBe(false);
    rebalance.reserve('y', 1_000);
    expect([rebalance.dropPending('y'), rebalance.dropPending('y')]).toEqual([true, false]);
  });

  it('is empty when the last member was silent for its session', () => {
    loadStable('a');
    pass(10_000);
    expect(rebalance.state).toBe('Empty');
    expect(generations).toBe(1);
  });

  it('fires no timer once it is dead', () => {
    loadStable('a');
    rebalance.die();
    pass(60_000);
    expect([rebalance.state, roster.members.size]).toEqual(['Dead', 1]);
  });
});
