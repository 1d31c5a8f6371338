/** Random commands on streams and their groups, for the programs of `redis-program`. */
import { form, type Make, maybe, oneOf, some } from './redis-form.js';

const stream: Make = (r) => [r.int(15) === 0 ? 'l1' : r.pick(['t1', 't1', 't2'])];
const group = oneOf('g1', 'g1', 'g2');
const consumer = oneOf('c1', 'c2', 'c3');
const id = oneOf('1-1', '1-2', '1-5', '2-0', '2-3', '3-1', '10-1', '0-0', '5', 'x');
const from = oneOf('-', '0', '1', '1-2', '(1-1', '2', 'x', '(5');
const to = oneOf('+', '+', '3', '1-5', '(2-3', '10', 'x');
const small = oneOf('0', '1', '2', '3', '-1', 'x');
const count = maybe(form('COUNT', small));
const fields = some(form(oneOf('f', 'g', 'a', '7'), oneOf('v', '12', '', '-300', 'x'.repeat(70))), 1, 3);
const trimming = form(
  oneOf('MAXLEN', 'MINID', 'FOO'),
  maybe(oneOf('~', '=')),
  oneOf('0', '1', '2', '2-0', '-1', 'x'),
  maybe(form('LIMIT', oneOf('0', '1', '10', '-1', 'x')), 0.2),
);
// Later identifiers come in the order of the program, so that most of them are taken.
const nextId = oneOf('1-1', '1-*', '2-*', '3-*', '4-*', '10-1', '20-5', '1-5', '0-0', 'x');

export const STREAMS: Make[] = [
  form('XADD', stream, maybe(oneOf('NOMKSTREAM'), 0.1), maybe(trimming, 0.2), nextId, fields),
  form('XADD', oneOf('t1', 't2'), oneOf('1-*', '2-*', '3-*', '5-*'), fields),
  form('XADD', oneOf('t1', 't2'), oneOf('1-*', '2-*', '3-*', '5-*'), 'f', 'v'),
  form('XLEN', stream),
  form('XRANGE', stream, from, to, count),
  form('XREVRANGE', stream, to, from, count),
  form('XREAD', count, 'STREAMS', stream, oneOf('0', '1-1', '$', '2', 'x')),
  form('XREAD', count, 'STREAMS', 't1', 't2', oneOf('0', '1-2'), oneOf('0', '2-0', '$')),
  form('XDEL', stream, some(id, 1, 3)),
  form('XTRIM', stream, trimming),
  form(
    'XSETID',
    stream,
    oneOf('5-0', '1-1', '100-1', 'x'),
    maybe(form('ENTRIESADDED', small, 'MAXDELETEDID', id), 0.3),
  ),
  form('XGROUP', 'CREATE', stream, group, oneOf('0', '$', '1-2', 'x'), maybe(oneOf('MKSTREAM', 'FOO'))),
  form('XGROUP', 'CREATE', 't1', 'g1', '0', 'MKSTREAM', maybe(form('ENTRIESREAD', small), 0.2)),
  form('XGROUP', 'SETID', stream, group, oneOf('0', '$', '2'), maybe(form('ENTRIESREAD', small), 0.3)),
  form('XGROUP', oneOf('CREATECONSUMER', 'DELCONSUMER'), stream, group, consumer),
  form('XGROUP', oneOf('DESTROY'), stream, group),
  form('XGROUP', oneOf('FOO', 'CREATE', 'DESTROY'), maybe(stream)),
  form(
    'XREADGROUP',
    'GROUP',
    group,
    consumer,
    count,
    maybe(oneOf('NOACK'), 0.2),
    'STREAMS',
    stream,
    oneOf('>', '>', '0', '1-2'),
  ),
  form('XREADGROUP', 'GROUP', 'g1', consumer, 'COUNT', oneOf('1', '2'), 'STREAMS', 't1', '>'),
  form('XACK', stream, group, some(id, 1, 3)),
  form('XPENDING', stream, group),
  form(
    'XPENDING',
    stream,
    group,
    maybe(form('IDLE', oneOf('0', '100000', 'x')), 0.2),
    from,
    to,
    small,
    maybe(consumer),
  ),
  form(
    'XCLAIM',
    stream,
    group,
    consumer,
    oneOf('0', '100000', 'x'),
    some(id, 1, 3),
    maybe(oneOf('FORCE', 'JUSTID', 'FOO')),
    maybe(form(oneOf('RETRYCOUNT', 'IDLE', 'LASTID'), oneOf('3', '0', 'x')), 0.2),
  ),
  form(
    'XAUTOCLAIM',
    stream,
    group,
    consumer,
    oneOf('0', '100000'),
    oneOf('0', '1-2', '(1-1', '-'),
    count,
    maybe(oneOf('JUSTID'), 0.2),
  ),
  form('XINFO', oneOf('STREAM', 'GROUPS', 'FOO'), stream),
  form('XINFO', 'CONSUMERS', stream, group),
  form(oneOf('DUMP', 'TYPE'), stream),
];
