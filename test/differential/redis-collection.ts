/** Random commands on collections, bits and dumps, for the programs of `redis-program`. */
import type { Random } from '../../src/core/random.js';
import { form, integer, type Make, maybe, oneOf, some, VALUES } from './redis-form.js';

const listKey = oneOf('l1', 'l2');
const setKey = oneOf('s1', 's2');
const sortedKey = oneOf('z1', 'z2', 's1');
const hashKey = oneOf('h1');
const bitKey = oneOf('b1', 'b2');
/** Mostly the right type, sometimes another one or none. */
const anyKey = oneOf('l1', 's1', 'z1', 'h1', 'b1', 'none');
const mostly =
  (make: Make): Make =>
  (r) =>
    r.int(12) === 0 ? anyKey(r) : make(r);
const [list, set, sorted, hash, bits] = [listKey, setKey, sortedKey, hashKey, bitKey].map(mostly) as [
  Make,
  Make,
  Make,
  Make,
  Make,
];

const member = oneOf('a', 'b', 'c', 'd', '1', '2', '10', '');
const score = oneOf('1', '2', '2.5', '-3', '0.1', 'inf', '-inf', 'x', '1e20', '3.3333333333333335', '100');
const side = oneOf('LEFT', 'RIGHT', 'FOO');
const small = oneOf('0', '1', '2', '3', '-1', '-2', 'x', '100');
const count = maybe(form('COUNT', small));
const counted =
  (make: Make): Make =>
  (r) => {
    const keys = some(make, 1, 3)(r);
    return [r.int(15) === 0 ? r.pick(['0', '9', 'x', '-1']) : String(keys.length), ...keys];
  };
const lexBound = oneOf('-', '+', '[a', '(a', '[c', '(b', 'a', '', '[');
const scoreBound = oneOf('-inf', '+inf', '1', '(1', '2.5', '(2', 'x', '100');
const limit = maybe(form('LIMIT', small, small));
const bitType = oneOf('u8', 'i8', 'u1', 'i64', 'u63', 'i5', 'u64', 'i0', 'x');
const bitOffset = oneOf('0', '1', '7', '100', '#0', '#1', '#3', '-1', 'x');
const bitValue = oneOf('0', '1', '-1', '127', '255', '-128', '1000', '9223372036854775807', 'x');

export const LISTS: Make[] = [
  form(oneOf('RPUSH', 'LPUSH', 'RPUSHX'), list, some(member, 1, 4)),
  form(oneOf('RPUSH', 'LPUSH'), listKey, some(member, 1, 6)),
  form(oneOf('LPOP', 'RPOP'), list, maybe(small)),
  form('LRANGE', list, small, small),
  form('LPOS', list, member, maybe(form('RANK', small)), count, maybe(form('MAXLEN', small))),
  form('LMPOP', counted(list), side, count),
  form('BLMPOP', oneOf('x', '-1'), counted(list), side, count),
  form(oneOf('LINDEX', 'LTRIM'), list, small, maybe(small, 0.7)),
  form('LSET', list, small, member),
  form('LREM', list, small, member),
  form('LINSERT', list, oneOf('BEFORE', 'AFTER', 'FOO'), member, member),
  form('LMOVE', list, list, side, side),
  form('LLEN', list),
];

export const SETS: Make[] = [
  form('SADD', set, some(member, 1, 4)),
  form('SREM', set, some(member, 1, 2)),
  form('SCARD', set),
  form(oneOf('SINTERSTORE', 'SUNIONSTORE', 'SDIFFSTORE'), set, some(set, 1, 3)),
  form('SINTERCARD', counted(set), maybe(form(oneOf('LIMIT', 'FOO'), small))),
  form('SMISMEMBER', set, some(member, 1, 3)),
  form('SMOVE', set, set, member),
  form('SRANDMEMBER', oneOf('none', 'h1', 'l1'), maybe(small)),
];

export const SORTED_SETS: Make[] = [
  form('ZADD', sorted, maybe(oneOf('NX', 'XX', 'GT', 'LT', 'CH', 'INCR')), some(form(score, member), 1, 3)),
  form('ZADD', oneOf('z1', 'z2'), some(form(score, member), 1, 5)),
  form('ZADD', oneOf('z1', 'z2'), some(form('0', member), 1, 5)),
  form(
    oneOf('ZRANGE'),
    sorted,
    oneOf('0', '1', '-2', '-', '[a', '(1', '-inf'),
    oneOf('-1', '2', '+', '[c', '(3', '+inf'),
    maybe(oneOf('BYSCORE', 'BYLEX', 'FOO'), 0.6),
    maybe(oneOf('REV')),
    limit,
    maybe(oneOf('WITHSCORES')),
  ),
  form(
    'ZRANGESTORE',
    sorted,
    sorted,
    oneOf('0', '-', '-inf', '(1'),
    oneOf('-1', '+', '+inf', '[b'),
    maybe(oneOf('BYSCORE', 'BYLEX'), 0.7),
    maybe(oneOf('REV')),
    limit,
  ),
  form(oneOf('ZRANGEBYLEX', 'ZREVRANGEBYLEX'), sorted, lexBound, lexBound, limit, maybe(oneOf('WITHSCORES'), 0.1)),
  form(oneOf('ZLEXCOUNT', 'ZREMRANGEBYLEX'), sorted, lexBound, lexBound),
  form(oneOf('ZRANGEBYSCORE', 'ZREVRANGEBYSCORE'), sorted, scoreBound, scoreBound, maybe(oneOf('WITHSCORES')), limit),
  form(oneOf('ZCOUNT', 'ZREMRANGEBYSCORE'), sorted, scoreBound, scoreBound),
  form(oneOf('ZREMRANGEBYRANK', 'ZREVRANGE'), sorted, small, small),
  form(oneOf('ZSCORE', 'ZRANK', 'ZREVRANK', 'ZREM'), sorted, member),
  form('ZINCRBY', sorted, score, member),
  form(
    oneOf('ZUNION', 'ZINTER', 'ZDIFF'),
    counted(sorted),
    maybe((r) => ['WEIGHTS', ...some(score, 1, 3)(r)]),
    maybe(form('AGGREGATE', oneOf('SUM', 'MIN', 'max', 'FOO'))),
    maybe(oneOf('WITHSCORES'), 0.6),
  ),
  form(
    oneOf('ZUNIONSTORE', 'ZINTERSTORE', 'ZDIFFSTORE'),
    sorted,
    counted(sorted),
    maybe((r) => ['WEIGHTS', ...some(score, 1, 3)(r)]),
    maybe(form('AGGREGATE', oneOf('SUM', 'MIN', 'MAX'))),
  ),
  form('ZINTERCARD', counted(sorted), maybe(form(oneOf('LIMIT', 'FOO'), small))),
  form(oneOf('ZPOPMIN', 'ZPOPMAX'), sorted, maybe(small)),
  form('ZMPOP', counted(sorted), oneOf('MIN', 'MAX', 'FOO'), count),
  form('BZMPOP', oneOf('x', '-1'), counted(sorted), oneOf('MIN', 'MAX'), count),
  form('ZRANDMEMBER', oneOf('none', 'h1', 'l1'), maybe(small), maybe(oneOf('WITHSCORES', 'FOO'))),
];

export const HASHES: Make[] = [
  form('HSET', hash, some(form(member, oneOf(...VALUES)), 1, 3)),
  form(oneOf('HGETALL', 'HKEYS', 'HVALS', 'HLEN'), hash),
  form(oneOf('HGET', 'HDEL', 'HEXISTS', 'HSTRLEN'), hash, member),
  form(oneOf('HINCRBY', 'HINCRBYFLOAT'), hash, member, integer),
  form('HRANDFIELD', oneOf('none', 'l1', 's1'), maybe(small), maybe(oneOf('WITHVALUES', 'FOO'))),
];

const dumped: readonly string[] = [
  // 'v', a list of three, nothing, and rubbish.
  '\x00\x01v\n\x00\xf9\xd5\x9e\x44\x13\xdb\x85\xd0',
  '',
  'x'.repeat(20),
];

export const BITS: Make[] = [
  form('SETBIT', bits, oneOf('0', '1', '7', '9', '100', 'x'), oneOf('0', '1', '2')),
  form('GETBIT', bits, small),
  form('BITPOS', bits, oneOf('0', '1', '2', 'x'), maybe(small), maybe(small), maybe(oneOf('BIT', 'BYTE', 'FOO'))),
  form('BITPOS', bits, oneOf('0', '1'), small, small, oneOf('BIT', 'BYTE')),
  form('BITCOUNT', bits, maybe(form(small, small, maybe(oneOf('BIT', 'BYTE', 'FOO'))))),
  form('BITFIELD', bits, bitOperations),
  form('BITFIELD', bitKey, bitOperations),
  form('BITFIELD_RO', bits, some(form('GET', bitType, bitOffset), 0, 2), maybe(form('SET', bitType, '0', '1'), 0.1)),
  form('BITOP', oneOf('AND', 'OR', 'XOR', 'NOT'), bits, some(bits, 1, 2)),
  form(oneOf('GET', 'STRLEN', 'DUMP'), bits),
  form('SET', bitKey, oneOf('\xff\xff', '\xff\xf0\x00', 'abc', '', '12345')),
  form('DUMP', oneOf('l1', 'z1', 'b1', 'none')),
  form('RESTORE', anyKey, small, oneOf(...dumped), maybe(oneOf('REPLACE', 'ABSTTL', 'FOO', 'FREQ 300', 'IDLETIME'))),
];

function bitOperations(random: Random): string[] {
  return some(
    (r) =>
      r.pick([
        form('GET', bitType, bitOffset),
        form('SET', bitType, bitOffset, bitValue),
        form('INCRBY', bitType, bitOffset, bitValue),
        form('OVERFLOW', oneOf('WRAP', 'SAT', 'FAIL', 'FOO')),
      ])(r),
    1,
    3,
  )(random);
}

const sortGet = form('GET', oneOf('#', 'w_*', 'h1->*', 'x'));
const pattern = oneOf('w_*', 'nosort', 'h1->*', 'h*->a', '*');

const place = oneOf('13.361389 38.115556', '15.087269 37.502669', '0 0', '-179.9 80', '12.75 38.78', '181 0', 'x 1');
const unit = oneOf('m', 'km', 'ft', 'mi', 'yd');
const radius = oneOf('0', '100', '200', '5000', '20000', '-1', 'x');
/** Places are written as one word. */
const spread =
  (make: Make): Make =>
  (r) =>
    make(r).flatMap((word) => word.split(' '));
const placed = mostly(oneOf('p1'));
const found = some(oneOf('WITHDIST', 'WITHHASH', 'WITHCOORD', 'ASC', 'DESC', 'FOO'), 0, 2);

export const PLACES: Make[] = [
  form('GEOADD', placed, maybe(oneOf('NX', 'XX', 'CH')), some(form(spread(place), member), 1, 3)),
  form('GEODIST', placed, member, member, maybe(unit)),
  form(oneOf('GEOPOS', 'GEOHASH'), placed, some(member, 0, 3)),
  form(oneOf('GEORADIUS', 'GEORADIUS_RO'), placed, spread(place), radius, unit, found, maybe(form('STORE', 'p2'), 0.1)),
  form(oneOf('GEORADIUSBYMEMBER', 'GEORADIUSBYMEMBER_RO'), placed, member, radius, unit, found, count),
  form(
    'GEOSEARCH',
    placed,
    (r) => (r.int(2) === 0 ? form('FROMMEMBER', member) : form('FROMLONLAT', spread(place)))(r),
    (r) => (r.int(2) === 0 ? form('BYRADIUS', radius, unit) : form('BYBOX', radius, radius, unit))(r),
    found,
    count,
    maybe(oneOf('ANY')),
  ),
  form('GEOSEARCHSTORE', 'p2', placed, 'FROMMEMBER', member, 'BYRADIUS', radius, unit),
];

export const SORTS: Make[] = [
  form('MSET', some(form(oneOf('w_a', 'w_b', 'w_1', 'w_2', 'w_10'), oneOf('1', '2', '3', '30', 'x')), 1, 3)),
  form(
    oneOf('SORT', 'SORT_RO'),
    oneOf('l1', 'l2', 'h1'),
    maybe(form('BY', pattern)),
    limit,
    maybe(some(sortGet, 1, 2)),
    maybe(oneOf('ASC', 'DESC')),
    maybe(oneOf('ALPHA', 'FOO'), 0.6),
    maybe(form('STORE', oneOf('l2', 'd'))),
  ),
  // Without ALPHA: that leaves members of equal weight in the order of a hash table.
  form(oneOf('SORT', 'SORT_RO'), 'z1', maybe(form('BY', pattern)), limit, maybe(sortGet), maybe(oneOf('ASC', 'DESC'))),
  form('SORT', oneOf('s1', 's2'), 'ALPHA', maybe(form('STORE', 'l2'))),
  form('LRANGE', oneOf('l2', 'd'), '0', '-1'),
];
