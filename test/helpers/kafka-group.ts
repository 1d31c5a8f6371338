/** Members of groups without a wire: they join, sync and keep what they were told. */
import { encodeSubscription } from '../../src/models/kafka/consumer-protocol.js';
import type { GroupCoordinator } from '../../src/models/kafka/group-coordinator.js';
import type { GroupProtocol, JoinAnswer, JoinRequest, SyncAnswer } from '../../src/models/kafka/group-member.js';

export const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));
export const text = (value: Uint8Array | undefined): string => Buffer.from(value ?? []).toString();

/** Protocols whose metadata is a subscription to `topics`. */
export function protocols(names: readonly string[] = ['range'], topics: readonly string[] = ['t']): GroupProtocol[] {
  return names.map((name) => ({ name, metadata: encodeSubscription({ topics }) }));
}

/** One member of a group as a client would be: remembers its id, generation and last answers. */
export class TestMember {
  memberId = '';
  generationId = -1;
  instanceId: string | null;
  joined: JoinAnswer | undefined;
  synced: SyncAnswer | undefined;
  answers = 0;
  abandon: () => void = () => {};
  readonly #groups: GroupCoordinator;
  readonly groupId: string;
  readonly request: Partial<JoinRequest>;

  constructor(groups: GroupCoordinator, groupId: string, request: Partial<JoinRequest> = {}) {
    this.#groups = groups;
    this.groupId = groupId;
    this.request = request;
    this.instanceId = request.instanceId ?? null;
  }

  get identity() {
    return { memberId: this.memberId, instanceId: this.instanceId, generationId: this.generationId };
  }

  get isLeader(): boolean {
    return this.joined?.leaderId === this.memberId;
  }

  /** Joins; the answer may come later. */
  join(changes: Partial<JoinRequest> = {}): this {
    this.joined = undefined;
    this.abandon = this.#groups.join(
      this.groupId,
      {
        memberId: this.memberId,
        instanceId: this.instanceId,
        clientId: 'test',
        clientHost: '/127.0.0.1',
        sessionTimeoutMs: 10_000,
        rebalanceTimeoutMs: 60_000,
        protocolType: 'consumer',
        protocols: protocols(),
        requiresKnownId: false,
        skipsAssignment: false,
        ...this.request,
        ...changes,
      },
      (answer) => {
        this.answers++;
        this.joined = answer;
        if (answer.memberId !== '') this.memberId = answer.memberId;
        if (answer.error === 'NONE') this.generationId = answer.generationId;
      },
    );
    return this;
  }

  /** Syncs; a leader gives every member its own id and the generation. */
  sync(assignments?: Record<string, Uint8Array>): this {
    this.synced = undefined;
    const given =
      assignments ?? Object.fromEntries((this.joined?.members ?? []).map((m) => [m.memberId, this.mark(m)]));
    this.abandon = this.#groups.sync(
      this.groupId,
      {
        ...this.identity,
        protocolType: null,
        protocolName: null,
        assignments: Object.entries(given).map(([memberId, assignment]) => ({ memberId, assignment })),
      },
      (answer) => {
        this.answers++;
        this.synced = answer;
      },
    );
    return this;
  }

  mark(member: { readonly memberId: string }): Uint8Array {
    return bytes(`${member.memberId}@${this.generationId}`);
  }

  heartbeat(): void {
    this.#groups.heartbeat(this.groupId, this.identity);
  }

  leave() {
    return this.#groups.leave(this.groupId, [{ memberId: this.memberId, instanceId: this.instanceId }]);
  }

  commit(topic: string, partition: number, offset: number) {
    return this.#groups.commitOffsets(this.groupId, this.identity, [commitOf(topic, partition, offset)]);
  }
}

export function commitOf(topic: string, partition: number, offset: number, metadata: string | null = null) {
  return { topic, partition, offset, leaderEpoch: -1, metadata };
}

/** The code of the error that `command` throws, NONE without one. */
export function codeOf(command: () => unknown): string {
  try {
    command();
    return 'NONE';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

/** Joins and syncs everybody until the group is stable. */
export function stabilise(...members: TestMember[]): void {
  for (const member of members) member.join();
  for (const member of members) if (!member.joined) throw new Error('somebody was not let in');
  for (const member of members.filter((m) => !m.isLeader)) member.sync();
  for (const member of members.filter((m) => m.isLeader)) member.sync();
}
