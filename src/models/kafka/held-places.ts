import type { ModernMember } from './modern-member.js';
import { type HeldPartitions, toPlaces } from './place.js';

/** Who holds which place, `topicId/partition`, in a group with epochs: one member at any time. */
export class HeldPlaces {
  readonly #holders = new Map<string, ModernMember>();

  /** What a member may read and what it is to give up, in place of what it held before. */
  move(member: ModernMember, assigned: ReadonlySet<string>, revoking: ReadonlySet<string>): void {
    for (const held of [member.assigned, member.revoking]) {
      for (const place of held) if (this.#holders.get(place) === member) this.#holders.delete(place);
    }
    member.assigned = assigned;
    member.revoking = revoking;
    for (const held of [assigned, revoking]) for (const place of held) this.#holders.set(place, member);
  }

  /**
   * Moves one member towards its target, as far as it and the others have given up what they shall.
   *
   * @param owned what the member says it holds; null when it says nothing new
   * @param epoch that of the targets
   * @returns whether the member has just been asked to give something up
   */
  reconcile(member: ModernMember, owned: readonly HeldPartitions[] | null, epoch: number): boolean {
    const holds = owned === null ? undefined : new Set(toPlaces(owned));
    const stillHolds = (places: ReadonlySet<string>) => !holds || [...places].some((place) => holds.has(place));
    if (member.state === 'stable' && member.epoch === epoch) return false;
    if (member.state === 'unrevoked') {
      if (stillHolds(member.revoking)) return false;
      this.move(member, member.assigned, new Set());
    }
    const kept = new Set([...member.assigned].filter((place) => member.target.has(place)));
    const revoked = new Set([...member.assigned].filter((place) => !member.target.has(place)));
    if (revoked.size > 0 && stillHolds(revoked)) {
      this.move(member, kept, revoked);
      member.state = 'unrevoked';
      return true;
    }
    this.move(member, kept, new Set());
    const missing = [...member.target].filter((place) => !kept.has(place));
    const free = missing.filter((place) => !this.#holders.has(place));
    this.move(member, new Set([...kept, ...free]), new Set());
    member.state = free.length < missing.length ? 'unreleased' : 'stable';
    member.enterEpoch(epoch);
    return false;
  }
}
