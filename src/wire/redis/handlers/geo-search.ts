/**
 * GEOSEARCH, GEOSEARCHSTORE, and the GEORADIUS family that came before them.
 *
 * @see https://redis.io/docs/latest/commands/geosearch/
 */
import {
  distanceWithin,
  type Place,
  placeOfScore,
  RedisError,
  type Scored,
  type Shape,
  SortedSetValue,
  SYNTAX_ERROR,
  scoreRanges,
} from '../../../models/redis/index.js';
import { array, bulk, EMPTY_ARRAY, integer } from '../reply.js';
import type { Session } from '../session.js';
import { fixedPoint, numberOf, placeOf, placeReply, unitOf } from './geo-argument.js';
import { int } from './number.js';

/** Which words a command takes, beside those that all take. */
interface Variant {
  /** FROMMEMBER, FROMLONLAT, BYRADIUS and BYBOX. */
  readonly search: boolean;
  /** STORE and STOREDIST with a key. */
  readonly mayStore: boolean;
  /** STOREDIST without one. */
  readonly stores: boolean;
}

type ShapeOf = (center: Place) => Shape;

interface Search {
  center: Place | 'unknown' | undefined;
  shape: ShapeOf | undefined;
  /** The words that gave centre and shape: others for the same are refused. */
  readonly given: Set<string>;
  /** Metres of the unit that distances are told in. */
  unit: number;
  withDistance: boolean;
  withHash: boolean;
  withPlace: boolean;
  order: 'none' | 'asc' | 'desc';
  count: number;
  /** The first that are found will do. */
  any: boolean;
  store: string | undefined;
  storeDistance: boolean;
}

const emptySearch = (): Search => ({
  center: undefined,
  shape: undefined,
  given: new Set(),
  unit: 1,
  withDistance: false,
  withHash: false,
  withPlace: false,
  order: 'none',
  count: 0,
  any: false,
  store: undefined,
  storeDistance: false,
});

/** The place of a member; unknown as long as there is no sorted set. @throws RedisError */
function placeOfMember(sorted: SortedSetValue | undefined, member: string): Place | 'unknown' {
  if (!sorted) return 'unknown';
  const score = sorted.score(member);
  if (score === undefined) throw new RedisError('ERR could not decode requested zset member');
  return placeOfScore(score);
}

/** @throws RedisError */
function readCircle(search: Search, radiusText: string | undefined, unitText: string): ShapeOf {
  const radius = numberOf(radiusText, 'radius');
  if (radius < 0) throw new RedisError('ERR radius cannot be negative');
  search.unit = unitOf(unitText);
  return (center) => ({ kind: 'circle', center, radius: radius * search.unit });
}

/** @throws RedisError */
function readBox(search: Search, args: readonly string[], at: number): ShapeOf {
  const width = numberOf(args[at], 'width');
  const height = numberOf(args[at + 1], 'height');
  if (width < 0 || height < 0) throw new RedisError('ERR height or width cannot be negative');
  search.unit = unitOf(args[at + 2] as string);
  return (center) => ({ kind: 'box', center, width: width * search.unit, height: height * search.unit });
}

/** Words that take nothing behind them. */
const FLAGS: Readonly<Record<string, (search: Search) => void>> = {
  withdist: (search) => {
    search.withDistance = true;
  },
  withhash: (search) => {
    search.withHash = true;
  },
  withcoord: (search) => {
    search.withPlace = true;
  },
  any: (search) => {
    search.any = true;
  },
  asc: (search) => {
    search.order = 'asc';
  },
  desc: (search) => {
    search.order = 'desc';
  },
};

/** Reads the words from an index on. @throws RedisError */
function readWords(
  search: Search,
  args: readonly string[],
  from: number,
  variant: Variant,
  sorted: SortedSetValue | undefined,
): void {
  for (let i = from; i < args.length; i++) {
    const word = (args[i] as string).toLowerCase();
    const more = args.length - i - 1;
    if (Object.hasOwn(FLAGS, word)) FLAGS[word]?.(search);
    else if (word === 'count' && more >= 1) {
      search.count = int(args[++i] as string);
      if (search.count <= 0) throw new RedisError('ERR COUNT must be > 0');
    } else if ((word === 'store' || word === 'storedist') && more >= 1 && variant.mayStore) {
      search.store = args[++i] as string;
      search.storeDistance = word === 'storedist';
    } else if (word === 'storedist' && variant.stores) search.storeDistance = true;
    else i += readShapeWord(search, args, i, variant, sorted);
  }
}

/** Where the search is and how far it goes. @returns how many words stand behind this one. @throws RedisError */
function readShapeWord(
  search: Search,
  args: readonly string[],
  at: number,
  variant: Variant,
  sorted: SortedSetValue | undefined,
): number {
  const word = (args[at] as string).toLowerCase();
  const more = variant.search ? args.length - at - 1 : 0;
  const { given } = search;
  if (word === 'frommember' && more >= 1 && !given.has('fromlonlat')) {
    search.center = placeOfMember(sorted, args[at + 1] as string);
    given.add(word);
    return 1;
  }
  if (word === 'fromlonlat' && more >= 2 && !given.has('frommember')) {
    search.center = placeOf(args, at + 1);
    given.add(word);
    return 2;
  }
  if (word === 'byradius' && more >= 2 && !given.has('bybox')) {
    search.shape = readCircle(search, args[at + 1], args[at + 2] as string);
    given.add(word);
    return 2;
  }
  if (word === 'bybox' && more >= 3 && !given.has('byradius')) {
    search.shape = readBox(search, args, at + 1);
    given.add(word);
    return 3;
  }
  throw new RedisError(SYNTAX_ERROR);
}

/** What does not go together. @throws RedisError */
function checkSearch(search: Search, { search: shaped, stores }: Variant, shown: string): void {
  if (search.store !== undefined && (search.withDistance || search.withHash || search.withPlace)) {
    const what = stores ? 'GEOSEARCHSTORE' : 'STORE option in GEORADIUS';
    throw new RedisError(`ERR ${what} is not compatible with WITHDIST, WITHHASH and WITHCOORD options`);
  }
  if (shaped && search.center === undefined) {
    throw new RedisError(`ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for ${shown}`);
  }
  if (shaped && search.shape === undefined) {
    throw new RedisError(`ERR exactly one of BYRADIUS and BYBOX can be specified for ${shown}`);
  }
  if (search.any && search.count === 0) throw new RedisError('ERR the ANY argument requires COUNT argument');
}

/** A place that was found. */
interface Hit extends Scored {
  readonly place: Place;
  /** Metres. */
  readonly distance: number;
}

function hitsOf(sorted: SortedSetValue, shape: Shape, { order, count, any }: Search): Hit[] {
  const hits: Hit[] = [];
  const enough = () => any && hits.length >= count;
  for (const [from, to] of scoreRanges(shape)) {
    const members = sorted.ordered();
    for (let i = sorted.countWhile(({ score }) => score < from); i < members.length && !enough(); i++) {
      const one = members[i] as Scored;
      if (one.score >= to) break;
      const place = placeOfScore(one.score);
      const far = distanceWithin(shape, place);
      if (far !== undefined) hits.push({ ...one, place, distance: far });
    }
  }
  // The nearest are wanted when only some are, unless any will do.
  const sign = order === 'desc' ? -1 : order === 'asc' || (count > 0 && !any) ? 1 : 0;
  if (sign !== 0) hits.sort((a, b) => sign * (a.distance - b.distance));
  return count > 0 ? hits.slice(0, count) : hits;
}

function hitsReply(client: Session, hits: readonly Hit[], search: Search): string {
  return array(
    hits.map(({ member, score, place, distance }) => {
      const more: string[] = [];
      if (search.withDistance) more.push(bulk(fixedPoint(distance / search.unit)));
      if (search.withHash) more.push(integer(Math.trunc(score)));
      if (search.withPlace) more.push(placeReply(place, client.protocol));
      return more.length === 0 ? bulk(member) : array([bulk(member), ...more]);
    }),
  );
}

function storeHits(client: Session, key: string, hits: readonly Hit[], search: Search, event: string): string {
  const { keyspace } = client.door.broker;
  if (hits.length === 0) keyspace.delete(client.db, key);
  else {
    const scoreOf = (hit: Hit) => (search.storeDistance ? hit.distance / search.unit : hit.score);
    keyspace.set(client.db, key, SortedSetValue.load(hits.map((hit) => [hit.member, scoreOf(hit)])));
    keyspace.notify(client.db, 'z', event, key);
  }
  return integer(hits.length);
}

function answer(client: Session, sorted: SortedSetValue | undefined, search: Search, event: string): string {
  const { center, shape, store } = search;
  const searched = sorted && shape && center !== undefined && center !== 'unknown';
  if (!searched && store === undefined) return EMPTY_ARRAY;
  const hits = searched ? hitsOf(sorted, shape(center), search) : [];
  return store === undefined ? hitsReply(client, hits, search) : storeHits(client, store, hits, search, event);
}

/** GEOSEARCH, and GEOSEARCHSTORE with the key to store to in front. */
export const geosearch =
  (stores: boolean) =>
  (client: Session, args: readonly string[]): string => {
    const base = stores ? 2 : 1;
    const sorted = client.door.broker.keyspace.readAs(client.db, args[base] as string, SortedSetValue);
    const search = emptySearch();
    if (stores) search.store = args[1];
    const variant = { search: true, mayStore: false, stores };
    readWords(search, args, base + 1, variant, sorted);
    checkSearch(search, variant, args[0] as string);
    return answer(client, sorted, search, 'geosearchstore');
  };

/** GEORADIUS and GEORADIUSBYMEMBER. */
export const georadius =
  ({ byMember, mayStore }: { readonly byMember: boolean; readonly mayStore: boolean }) =>
  (client: Session, args: readonly string[]): string => {
    const sorted = client.door.broker.keyspace.readAs(client.db, args[1] as string, SortedSetValue);
    const search = emptySearch();
    const base = byMember ? 5 : 6;
    search.center = byMember ? placeOfMember(sorted, args[2] as string) : placeOf(args, 2);
    // Without a sorted set nobody looks at what stands around a member.
    if (search.center !== 'unknown') search.shape = readCircle(search, args[base - 2], args[base - 1] as string);
    const variant = { search: false, mayStore, stores: false };
    readWords(search, args, base, variant, sorted);
    checkSearch(search, variant, args[0] as string);
    return answer(client, sorted, search, 'georadiusstore');
  };
