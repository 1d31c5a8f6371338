import { expect, it } from 'vitest';
import { erlangHash, type Term, termOfField, termOfTable, termOfText } from '../../../src/models/amqp/erlang-hash.js';
import { tableFromJson } from '../../helpers/amqp-json.js';

const atom = (name: string): Term => ({ atom: name });
const int = (value: number | bigint): Term => ({ integer: BigInt(value) });
const list = (...items: Term[]): Term => ({ list: items });
const tuple = (...items: Term[]): Term => ({ tuple: items });

/** What Erlang/OTP 25 answers to `erlang:phash2(Term, 1 bsl 32)`. */
it('hashes terms as Erlang does', () => {
  const hashes: Array<[Term, number]> = [
    [list(), 3468870702],
    [list(int(1)), 2768963718],
    [list(int(1), int(2), int(3), int(4), int(5)), 3824152778],
    [list(list()), 499070068],
    [list(int(300)), 3723642275],
    [list(atom('a'), int(1)), 1351506309],
    [tuple(), 221703996],
    [tuple(atom('a')), 2853905094],
    [termOfText(''), 147926629],
    [termOfText('a'), 1589197455],
    [termOfText('hello world, 12'), 863467214],
    [int(1), 539485162],
    [int(-1), 1117813597],
    [int(0), 3175731469],
    [int(134217727), 4273352567],
    [int(134217728), 2562491755],
    [int(-134217728), 874979335],
    [int(-134217729), 1418916782],
    [int(1099511627776), 282329375],
    [int(-(2n ** 63n)), 1736826119],
    [int(2n ** 64n), 2519041713],
    [{ float: 1.5 }, 2023646235],
    [{ float: -0.1 }, 3918913677],
    [{ float: 0 }, 423528920],
    [atom('true'), 506293],
    [atom('undefined'), 180132084],
    [atom('signedint'), 239851428],
    [list(termOfText('key')), 1793689432],
    [termOfField('abc'), 4262466071],
  ];
  expect(hashes.map(([term]) => erlangHash(term))).toEqual(hashes.map(([, hash]) => hash));
});

it.each([
  [{ 'x-own': 1 }, 2576051272],
  [{ h: null }, 3475631217],
  [{ 'x-own': 1, h: 'a' }, 1074969131],
  [{ t: { a: true } }, 3747890968],
  [{ l: [1, 'x'] }, 1511731940],
])('hashes the table %j in the order of its keys', (table, hash) => {
  expect(erlangHash(termOfTable(tableFromJson(table)))).toBe(hash);
});
