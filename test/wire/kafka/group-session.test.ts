/** K9 through sessions: commits that were delayed over rebalances, from members that know of nothing. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { heartbeatApi } from '../../../src/wire/kafka/handlers/heartbeat.js';
import { joinGroupApi } from '../../../src/wire/kafka/handlers/join-group.js';
import { leaveGroupApi } from '../../../src/wire/kafka/handlers/leave-group.js';
import { offsetCommitApi } from '../../../src/wire/kafka/handlers/offset-commit.js';
import { offsetFetchApi } from '../../../src/wire/kafka/handlers/offset-fetch.js';
import { syncGroupApi } from '../../../src/wire/kafka/handlers/sync-group.js';
import { protocols } from '../../helpers/kafka-group.js';
import { KafkaWorld, type WireClient } from '../../helpers/kafka-wire.js';

/** A member on a connection of its own, one request at a time. */
class WireMember {
  memberId = '';
  generationId = -1;
  /** A join or sync whose answer has not come. */
  waits: 'join' | 'sync' | undefined;
  readonly #client: WireClient;

  constructor(client: WireClient) {
    this.#client = client;
  }

  get identity() {
    return { groupId: 'g', memberId: this.memberId, generationId: this.generationId, groupInstanceId: null };
  }

  /** Takes in the answer that it waits for, if it is there. */
  take(): void {
    if (this.waits === 'join') {
      const answer = this.#client.answer(joinGroupApi, 5);
      if (!answer) return;
      this.waits = undefined;
      this.memberId = answer.errorCode === 'UNKNOWN_MEMBER_ID' ? '' : answer.memberId;
      if (answer.errorCode === 'NONE') this.generationId = answer.generationId;
      if (answer.errorCode === 'MEMBER_ID_REQUIRED') this.join();
    } else if (this.waits === 'sync' && this.#client.answer(syncGroupApi, 3)) {
      this.waits = undefined;
    }
  }

  join(): void {
    this.waits = 'join';
    this.#client.send(joinGroupApi, 5, {
      groupId: 'g',
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 10_000,
      memberId: this.memberId,
      groupInstanceId: null,
      protocolType: 'consumer',
      protocols: protocols(),
      reason: null,
    });
    this.take();
  }

  sync(): void {
    this.waits = 'sync';
    this.#client.send(syncGroupApi, 3, { ...this.identity, protocolType: null, protocolName: null, assignments: [] });
    this.take();
  }

  heartbeat(): string {
    return this.#client.ask(heartbeatApi, 3, this.identity).errorCode;
  }

  leave(): void {
    const members = [{ memberId: this.memberId, groupInstanceId: null, reason: null }];
    this.#client.ask(leaveGroupApi, 3, { groupId: 'g', memberId: '', members });
  }
}

it('prop: K9 only a member of the running generation moves an offset', () => {
  const step = fc.record({
    kind: fc.constantFrom('join', 'sync', 'beat', 'leave', 'keep', 'commit', 'late', 'time'),
    who: fc.nat(2),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 40 }), (steps) => {
      const world = new KafkaWorld();
      world.broker.createTopic('t');
      const side = world.connect();
      const members = [0, 1, 2].map(() => new WireMember(world.connect()));
      const kept: Array<WireMember['identity']> = [];
      let last = -1;
      const commit = (identity: WireMember['identity'], offset: number) => {
        const group = world.broker.groups.classic('g');
        const valid =
          group?.members.has(identity.memberId) === true &&
          group.generationId === identity.generationId &&
          group.state !== 'CompletingRebalance';
        const partition = {
          partitionIndex: 0,
          committedOffset: offset,
          committedLeaderEpoch: -1,
          committedMetadata: null,
        };
        const { generationId, ...who } = identity;
        const body = {
          ...who,
          generationIdOrMemberEpoch: generationId,
          topics: [{ name: 't', partitions: [partition] }],
        };
        const { errorCode } = side.ask(offsetCommitApi, 7, body).topics[0]!.partitions[0]!;
        expect(errorCode === 'NONE').toBe(valid);
        if (valid) last = offset;
      };
      for (const [at, { kind, who }] of steps.entries()) {
        const member = members[who]!;
        for (const one of members) one.take();
        if (kind === 'time') world.clock.advanceTo(world.clock.now + 4_000, { liveness: true });
        else if (kind === 'late') for (const identity of kept.splice(0)) commit(identity, at);
        else if (kind === 'commit') {
          if (member.generationId >= 0) commit(member.identity, at);
        } else if (kind === 'keep') {
          if (member.generationId >= 0) kept.push(member.identity);
        } else if (member.waits === undefined) {
          if (kind === 'join') member.join();
          else if (kind === 'sync') member.sync();
          else if (kind === 'leave') member.leave();
          else if (member.heartbeat() === 'UNKNOWN_MEMBER_ID') member.memberId = '';
        }
        const topics = [{ name: 't', partitionIndexes: [0] }];
        const read = side.ask(offsetFetchApi, 5, { groupId: 'g', topics, requireStable: false });
        expect(read.topics[0]?.partitions[0]?.committedOffset).toBe(last);
      }
      expect(world.errors).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
