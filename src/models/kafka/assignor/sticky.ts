import {
  type Assignment,
  AssignmentBuilder,
  type Assignor,
  type AssignorMember,
  compareText,
  flatPlaces,
  type Place,
  placeKey,
  placesOf,
  subscribedTopics,
} from './assignment.js';

/**
 * Balanced first; then everybody keeps what it had.
 *
 * @see https://cwiki.apache.org/confluence/display/KAFKA/KIP-54+-+Sticky+Partition+Assignment+Strategy
 */
export const stickyAssignor: Assignor = { name: 'sticky', assign: assignSticky };

/** The computation that sticky, cooperative-sticky and the server's uniform assignor share. */
export function assignSticky(
  members: readonly AssignorMember[],
  partitionCounts: ReadonlyMap<string, number>,
): Assignment {
  if (members.length === 0) return new Map();
  const topics = subscribedTopics(members, partitionCounts);
  const places = placesOf(topics, partitionCounts);
  const shares = [...members]
    .sort((a, b) => compareText(a.memberId, b.memberId))
    .map((member) => new Share(member, partitionCounts));
  const owners = claimedPlaces(shares, new Map(places.map((place) => [placeKey(place), place])));
  if (shares.every((share) => share.topics.size === topics.length)) dealEqually(shares, places, owners);
  else balance(shares, places, owners);
  const builder = new AssignmentBuilder(members);
  for (const { memberId, places: given } of shares) for (const place of given.values()) builder.give(memberId, place);
  return builder.build();
}

/** What one member has, while it is being decided. */
class Share {
  readonly memberId: string;
  readonly generation: number;
  /** Topics that it reads and that exist. */
  readonly topics: ReadonlySet<string>;
  readonly owned: readonly Place[];
  readonly places = new Map<string, Place>();

  constructor(member: AssignorMember, partitionCounts: ReadonlyMap<string, number>) {
    this.memberId = member.memberId;
    this.generation = member.generation;
    this.topics = new Set(member.topics.filter((topic) => partitionCounts.has(topic)));
    this.owned = flatPlaces(member.owned);
  }

  get size(): number {
    return this.places.size;
  }

  give(place: Place): void {
    this.places.set(placeKey(place), place);
  }
}

/** Who had what: of two that claim a partition the one of the later generation had it, nobody of the same one. */
function claimedPlaces(shares: readonly Share[], existing: ReadonlyMap<string, Place>): Map<string, Share> {
  const owners = new Map<string, Share>();
  const contested = new Map<string, number>();
  for (const share of shares) {
    for (const place of share.owned) {
      const key = placeKey(place);
      if (!existing.has(key) || !share.topics.has(place.topic)) continue;
      const other = owners.get(key);
      const latest = Math.max(other?.generation ?? -Infinity, contested.get(key) ?? -Infinity);
      if (share.generation > latest) {
        owners.set(key, share);
      } else if (share.generation === latest && other !== share) {
        owners.delete(key);
        contested.set(key, latest);
      }
    }
  }
  return owners;
}

/** Everybody reads the same: each keeps up to its quota, the rest is dealt in turn. */
function dealEqually(shares: readonly Share[], places: readonly Place[], owners: ReadonlyMap<string, Share>): void {
  const least = Math.floor(places.length / shares.length);
  let withOneMore = places.length % shares.length;
  const kept = new Map<Share, Place[]>(shares.map((share) => [share, []]));
  for (const place of places) kept.get(owners.get(placeKey(place)) as Share)?.push(place);
  for (const [share, own] of kept) {
    const more = own.length > least && withOneMore > 0;
    if (more) withOneMore--;
    for (const place of own.slice(0, least + (more ? 1 : 0))) share.give(place);
  }
  const given = new Set(shares.flatMap((share) => [...share.places.keys()]));
  const free = places.filter((place) => !given.has(placeKey(place)));
  let next = 0;
  for (let below = shares.filter((share) => share.size < least); below.length > 0 && next < free.length; ) {
    for (const share of below) if (next < free.length) share.give(free[next++] as Place);
    below = below.filter((share) => share.size < least);
  }
  for (const share of shares) {
    if (next < free.length && share.size === least) share.give(free[next++] as Place);
  }
}

/** Subscriptions differ: the rest goes to the least loaded reader, then moves on while that evens out the loads. */
function balance(shares: readonly Share[], places: readonly Place[], owners: ReadonlyMap<string, Share>): void {
  const readers = new Map<string, Share[]>();
  const readersOf = (topic: string) => {
    const known = readers.get(topic);
    if (known) return known;
    const found = shares.filter((share) => share.topics.has(topic));
    readers.set(topic, found);
    return found;
  };
  const holder = new Map<string, Share>();
  // Partitions that few can read come first, they have the least choice.
  const scarceFirst = [...places].sort((a, b) => readersOf(a.topic).length - readersOf(b.topic).length);
  for (const place of scarceFirst) {
    const owner = owners.get(placeKey(place));
    if (owner) move(place, undefined, owner, holder);
  }
  for (const place of scarceFirst) {
    if (!holder.has(placeKey(place))) move(place, undefined, leastLoaded(readersOf(place.topic)), holder);
  }
  for (let moved = true; moved; ) {
    moved = false;
    for (const place of scarceFirst) {
      const from = holder.get(placeKey(place)) as Share;
      const to = leastLoaded(readersOf(place.topic));
      if (to.size + 1 >= from.size) continue;
      move(place, from, to, holder);
      moved = true;
    }
  }
}

function move(place: Place, from: Share | undefined, to: Share, holder: Map<string, Share>): void {
  from?.places.delete(placeKey(place));
  to.give(place);
  holder.set(placeKey(place), to);
}

function leastLoaded(shares: readonly Share[]): Share {
  return shares.reduce((least, share) => (share.size < least.size ? share : least));
}
