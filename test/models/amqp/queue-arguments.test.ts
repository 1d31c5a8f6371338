import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type FieldInput, TypedField, toFieldTable } from '../../../src/models/amqp/field-table.js';
import {
  checkConsumerArguments,
  checkQueueArguments,
  checkSameArguments,
  checkSameProperty,
  maxAgeMs,
  queueTypeOf,
} from '../../../src/models/amqp/queue-arguments.js';

const WHERE = "queue 'q' in vhost '/'";
const check = (args: Record<string, FieldInput>) => checkQueueArguments(toFieldTable(args), WHERE);

it.each<[Record<string, FieldInput>, string]>([
  [{ 'x-message-ttl': -1 }, "invalid arg 'x-message-ttl' for queue 'q' in vhost '/': {value_negative,-1}"],
  [{ 'x-message-ttl': '60' }, `invalid arg 'x-message-ttl' for ${WHERE}: "expected integer, got longstr"`],
  [{ 'x-message-ttl': 315_360_000_001 }, '{value_too_large,315360000001}'],
  [{ 'x-expires': 0 }, '{value_zero,0}'],
  [{ 'x-max-length': -1 }, '{value_negative,-1}'],
  [{ 'x-max-priority': 256 }, '{max_value_exceeded,256}'],
  [{ 'x-overflow': 'drop-tail' }, 'invalid_overflow'],
  [{ 'x-queue-mode': 'busy' }, `"unsupported queue mode 'busy'"`],
  [{ 'x-queue-type': 'tape' }, `"unsupported queue type 'tape'"`],
  [{ 'x-dead-letter-exchange': 5 }, '{unacceptable_type,signedint}'],
  [{ 'x-dead-letter-routing-key': 'k' }, 'routing_key_but_no_dlx_defined'],
  [{ 'x-single-active-consumer': 'yes' }, '{unacceptable_type,longstr}'],
  [{ 'x-queue-type': 'stream', 'x-max-age': '1w' }, 'invalid_max_age'],
  [
    { 'x-queue-type': 'quorum', 'x-max-priority': 5 },
    "invalid arg 'x-max-priority' for queue 'q' in vhost '/' of queue type rabbit_quorum_queue",
  ],
  [{ 'x-queue-type': 'stream', 'x-message-ttl': 5 }, 'of queue type rabbit_stream_queue'],
  [{ 'x-max-age': '1h' }, 'of queue type rabbit_classic_queue'],
  [{ 'x-max-age': '1x' }, 'of queue type rabbit_classic_queue'],
  [{ 'x-queue-type': 'stream', 'x-max-length': 'two' }, 'of queue type rabbit_stream_queue'],
  [{ 'x-max-age': '1x', 'x-overflow': 'x' }, 'invalid_overflow'],
])('%j is refused: %s', (args, text) => {
  expect(() => check(args)).toThrow(text);
});

it('an age without a number is more than RabbitMQ expects', () => {
  const crash = expect.objectContaining({ code: 'INTERNAL_ERROR' });
  expect(() => check({ 'x-queue-type': 'stream', 'x-max-age': 'h' })).toThrow(crash);
});

it('takes what each type knows, of any integer width, and what nobody knows', () => {
  check({
    'x-message-ttl': 0,
    'x-expires': 1,
    'x-max-length': 0,
    'x-max-priority': 255,
    'x-overflow': 'reject-publish-dlx',
  });
  check({ 'x-max-length': new TypedField('s', 5), 'x-custom': [1], constructor: 'x', ['__proto__']: 1 });
  check({ 'x-queue-type': 'quorum', 'x-delivery-limit': 3, 'x-dead-letter-strategy': 'at-most-once' });
  check({ 'x-queue-type': 'stream', 'x-max-age': '7D', 'x-max-length-bytes': 1_000 });
  expect(
    [undefined, 'quorum', 'stream'].map((type) => queueTypeOf(toFieldTable(type ? { 'x-queue-type': type } : {}))),
  ).toEqual(['classic', 'quorum', 'stream']);
});

it('names the first argument of another type as they were sent, and differences in the order of each type', () => {
  const order = (...names: string[]) => toFieldTable(Object.fromEntries([...names.map((name) => [name, 5]), TYPE]));
  const TYPE = ['x-queue-type', 'stream'] as const;
  for (const names of [
    ['x-overflow', 'x-max-priority'],
    ['x-max-priority', 'x-overflow'],
  ]) {
    expect(() => checkQueueArguments(order(...names), WHERE)).toThrow(`invalid arg '${names[0]}'`);
  }
  const redeclare = (type: string, args: Record<string, FieldInput>) => () =>
    checkSameArguments(toFieldTable({ 'x-queue-type': type }), toFieldTable(args), WHERE);
  expect(redeclare('quorum', { 'x-message-ttl': 5 })).toThrow("inequivalent arg 'x-queue-type'");
  expect(redeclare('quorum', { 'x-expires': 5 })).toThrow("inequivalent arg 'x-expires'");
  expect(redeclare('classic', { 'x-queue-type': 'quorum', 'x-message-ttl': 5 })).toThrow("arg 'x-message-ttl'");
  expect(redeclare('quorum', { 'x-queue-type': 'quorum', 'x-delivery-limit': 5 })).toThrow("arg 'x-delivery-limit'");
});

it('a redeclaration may differ in what belongs to other types of queues', () => {
  const foreign = { 'x-max-age': '1h', 'x-dead-letter-strategy': 'at-least-once', 'x-quorum-initial-group-size': 3 };
  const same = (type: string) => () =>
    checkSameArguments(
      toFieldTable({ 'x-queue-type': type }),
      toFieldTable({ 'x-queue-type': type, ...foreign }),
      WHERE,
    );
  same('classic')();
  expect(same('quorum')).toThrow("inequivalent arg 'x-dead-letter-strategy'");
  expect(same('stream')).toThrow("inequivalent arg 'x-max-age'");
});

it('a redeclaration may differ in width and in what nobody knows, not in value', () => {
  const same = (was: Record<string, FieldInput>, is: Record<string, FieldInput>) => () =>
    checkSameArguments(toFieldTable(was), toFieldTable(is), WHERE);
  same({ 'x-max-length': 5, 'x-custom': 1 }, { 'x-max-length': new TypedField('l', 5), 'x-custom': 2 })();
  expect(same({ 'x-max-length': 5 }, { 'x-max-length': 6 })).toThrow(
    `inequivalent arg 'x-max-length' for ${WHERE}: received '6' but current is '5'`,
  );
  expect(same({ 'x-max-length': 5 }, { 'x-max-length': null })).toThrow("received none but current is '5'");
  expect(same({ 'x-max-length': 5 }, {})).toThrow("received none but current is the value '5' of type 'signedint'");
  expect(() => checkSameProperty('durable', true, false, WHERE)).toThrow(
    `inequivalent arg 'durable' for ${WHERE}: received 'false' but current is 'true'`,
  );
});

it('a redeclaration may name the classic type or not, and no type that there is not', () => {
  const same = (was: FieldInput, is: FieldInput) => () => {
    const table = (type: FieldInput) => toFieldTable(type === undefined ? {} : { 'x-queue-type': type });
    checkSameArguments(table(was), table(is), WHERE);
  };
  same('classic', undefined)();
  same(undefined, 'classic')();
  expect(same('classic', 'none')).toThrow("received 'none' but current is 'classic'");
  expect(same('classic', null)).toThrow("received none but current is 'classic'");
  expect(same(undefined, 1)).toThrow("received the value '1' of type 'signedint' but current is none");
  expect(same('quorum', undefined)).toThrow("received none but current is the value 'quorum' of type 'longstr'");
});

it('a consumer’s arguments belong to the type of the queue', () => {
  const consumer = (args: Record<string, FieldInput>, type: 'classic' | 'stream') => () =>
    checkConsumerArguments(toFieldTable(args), type, WHERE);
  consumer({ 'x-priority': 5, 'x-custom': 1 }, 'classic')();
  consumer({ 'x-stream-offset': 'first' }, 'stream')();
  expect(consumer({ 'x-priority': 'high' }, 'classic')).toThrow('"expected integer, got longstr"');
  expect(consumer({ 'x-stream-offset': 'first' }, 'classic')).toThrow("invalid arg 'x-stream-offset'");
});

it('prop: an age is a number with a unit', () => {
  const units = { Y: 31_536_000_000, M: 2_592_000_000, D: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 };
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2 ** 40 }),
      fc.constantFrom(...Object.entries(units)),
      (count, [unit, ms]) => {
        expect(maxAgeMs(`${count}${unit}`)).toBe(count * ms);
      },
    ),
  );
  expect(['', '5', 'h', '5w', '-5h', '5h ', '0s'].map(maxAgeMs)).toEqual(Array(7).fill(undefined));
  expect(maxAgeMs('1h\n2')).toBe(3_600_000);
});
