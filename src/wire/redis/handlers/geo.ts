/**
 * Places in sorted sets: GEOADD and what asks for them.
 *
 * @see https://redis.io/docs/latest/commands/?group=geo
 */
import {
  distance,
  geohashText,
  placeOfScore,
  RedisError,
  type SortedSetValue,
  SYNTAX_ERROR,
  scoreOfPlace,
} from '../../../models/redis/index.js';
import { type Command, definer } from '../handler.js';
import { array, bulk, nullArray, nullBulk } from '../reply.js';
import type { Session } from '../session.js';
import { fixedPoint, placeOf, placeReply, unitOf } from './geo-argument.js';
import { georadius, geosearch } from './geo-search.js';
import { readSorted, zadd } from './sorted-set.js';

function add(client: Session, args: readonly string[]): string {
  let at = 2;
  while (/^(nx|xx|ch)$/i.test(args[at] ?? '')) at++;
  const words = args.slice(2, at);
  const given = (name: string) => words.some((word) => word.toLowerCase() === name);
  const rest = args.slice(at);
  if (rest.length % 3 !== 0 || (given('nx') && given('xx'))) throw new RedisError(SYNTAX_ERROR);
  const pairs: string[] = [];
  for (let i = 0; i < rest.length; i += 3) {
    pairs.push(String(scoreOfPlace(placeOf(rest, i))), rest[i + 2] as string);
  }
  return zadd(client, ['zadd', args[1] as string, ...words, ...pairs]);
}

const ofEach =
  (found: (score: number, client: Session) => string, missing: (client: Session) => string) =>
  (client: Session, args: readonly string[]): string => {
    const sorted = readSorted(client, args);
    const scores = args.slice(2).map((member) => sorted?.score(member));
    return array(scores.map((score) => (score === undefined ? missing(client) : found(score, client))));
  };

const placeOfMember = (sorted: SortedSetValue, member: string | undefined) => {
  const score = sorted.score(member as string);
  return score === undefined ? undefined : placeOfScore(score);
};

function geodist(client: Session, args: readonly string[]): string {
  if (args.length > 5) throw new RedisError(SYNTAX_ERROR);
  const unit = args[4] === undefined ? 1 : unitOf(args[4]);
  const sorted = readSorted(client, args);
  const from = sorted && placeOfMember(sorted, args[2]);
  const to = sorted && placeOfMember(sorted, args[3]);
  return from && to ? bulk(fixedPoint(distance(from, to) / unit)) : nullBulk(client.protocol);
}

const categories = ['geo'];
const define = definer(categories);

export const geoCommands: readonly Command[] = [
  define('geoadd -5 mw', add),
  define('geodist -4 r', geodist),
  define(
    'geohash -2 r',
    ofEach(
      (score) => bulk(geohashText(score)),
      (client) => nullBulk(client.protocol),
    ),
  ),
  define(
    'geopos -2 r',
    ofEach(
      (score, client) => placeReply(placeOfScore(score), client.protocol),
      (client) => nullArray(client.protocol),
    ),
  ),
  define('georadius -6 mwv', georadius({ byMember: false, mayStore: true })),
  define('georadius_ro -6 r', georadius({ byMember: false, mayStore: false })),
  define('georadiusbymember -5 mwv', georadius({ byMember: true, mayStore: true })),
  define('georadiusbymember_ro -5 r', georadius({ byMember: true, mayStore: false })),
  define('geosearch -7 r', geosearch(false)),
  define('geosearchstore -8 mw', geosearch(true)),
];
