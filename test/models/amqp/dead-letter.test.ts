import { expect, it } from 'vitest';
import { TEST_LIMITS } from '../../../src/core/limits.js';
import { deadProperties, isCycle, routingKeysOf } from '../../../src/models/amqp/dead-letter.js';
import { Envelope } from '../../../src/models/amqp/envelope.js';
import { type FieldTable, type FieldValue, integerOf, longField } from '../../../src/models/amqp/field-table.js';
import { AmqpBroker } from '../../../src/models/amqp/index.js';
import type { BasicProperties } from '../../../src/models/amqp/properties.js';
import type { DeathReason } from '../../../src/models/amqp/queue.js';
import { modelContext } from '../../helpers/amqp-recording.js';

const message = (headers?: FieldTable) =>
  new Envelope('shop', 'order', headers ? { headers } : {}, new Uint8Array([1]));

const died = (envelope: Envelope, queue: string, reason: DeathReason, packed = false) =>
  new Envelope(
    'dlx',
    'dead',
    deadProperties(envelope, { queue, reason, atMs: 5_999, packed }, true, '3'),
    envelope.body,
  );

const xDeath = (properties: BasicProperties) => properties.headers?.get('x-death') as FieldTable[];

const deaths = ({ properties }: Envelope) =>
  xDeath(properties).map((entry) => {
    const { value: count } = entry.get('count') as unknown as { value: number | bigint };
    return `${entry.get('queue')} ${entry.get('reason')} ${count}`;
  });

it('counts deaths by queue and reason, the latest first, and turns the older ones round', () => {
  let envelope = died(message(), 'a', 'expired');
  envelope = died(envelope, 'b', 'maxlen');
  expect(deaths(envelope)).toEqual(['b maxlen 1', 'a expired 1']);
  envelope = died(envelope, 'c', 'rejected');
  expect(deaths(envelope)).toEqual(['c rejected 1', 'a expired 1', 'b maxlen 1']);
  envelope = died(envelope, 'a', 'expired');
  expect(deaths(envelope)).toEqual(['a expired 2', 'b maxlen 1', 'c rejected 1']);
  expect(envelope.properties.headers?.get('x-first-death-queue')).toBe('a');
  expect(envelope.properties.headers?.get('x-first-death-exchange')).toBe('shop');
});

it('takes what old releases and publishers wrote by queue and reason, as a RabbitMQ 3.10.8 does', () => {
  type Row = readonly [queue: string, reason: DeathReason, count?: number];
  const after = (...rows: readonly Row[]) => {
    const written = rows.map(([queue, reason, count]) => {
      const entry: FieldTable = new Map([['queue', queue] as const, ['reason', reason] as const]);
      return count === undefined ? entry : new Map<string, FieldValue>([...entry, ['count', longField(count)]]);
    });
    return xDeath(died(message(new Map([['x-death', written]])), 'q', 'rejected').properties).map((entry) =>
      [entry.get('queue'), entry.get('reason'), integerOf(entry.get('count'))].join(' ').trim(),
    );
  };
  expect(after(['a', 'expired'], ['a', 'expired'], ['b', 'expired'], ['a', 'expired'])).toEqual([
    'q rejected 1',
    'b expired 1',
    'a expired 3',
  ]);
  expect(after(['a', 'expired'])).toEqual(['q rejected 1', 'a expired']);
  expect(after(['a', 'expired', 5], ['a', 'expired', 7])).toEqual(['q rejected 1', 'a expired 5']);
  expect(after(['a', 'expired'], ['a', 'expired', 7], ['a', 'rejected'], ['c', 'expired'], ['a', 'expired'])).toEqual([
    'q rejected 1',
    'c expired 1',
    'a rejected 1',
    'a expired 3',
  ]);
  expect(after(['q', 'rejected'], ['a', 'expired'])).toEqual(['q rejected 2', 'a expired 1']);
  expect(after(['q', 'rejected'])).toEqual(['q rejected 1']);
  expect(after(['q', 'rejected', 3], ['q', 'rejected', 9])).toEqual(['q rejected 4']);
});

it('sorts the fields of the entry that it writes, in version 3', () => {
  const [entry] = xDeath(died(message(), 'a', 'expired').properties);
  expect([...(entry?.keys() ?? [])]).toEqual(['count', 'exchange', 'queue', 'reason', 'routing-keys', 'time']);
});

it('keeps the expiration in x-death only', () => {
  const envelope = new Envelope('shop', 'order', { expiration: '60' }, new Uint8Array());
  const { properties } = died(envelope, 'a', 'expired');
  expect(properties.expiration).toBeUndefined();
  expect(xDeath(properties)[0]?.get('original-expiration')).toBe('60');
  expect(xDeath(died(envelope, 'a', 'expired', true).properties)[0]?.has('original-expiration')).toBe(false);
});

it('routes by the message’s own key, CC and the removed BCC', () => {
  const envelope = new Envelope('shop', 'order', { headers: new Map([['CC', ['copy']]]) }, new Uint8Array(), ['blind']);
  expect(routingKeysOf(envelope)).toEqual(['order', 'copy', 'blind']);
  const { headers } = deadProperties(envelope, { queue: 'a', reason: 'expired', atMs: 0, packed: false }, false, '3');
  expect(headers?.has('CC')).toBe(false);
});

it('is a cycle when the queue was passed and nobody rejected since', () => {
  const once = died(message(), 'a', 'expired');
  expect(isCycle(once.properties, 'a')).toBe(true);
  expect(isCycle(once.properties, 'b')).toBe(false);
  expect(isCycle(died(once, 'b', 'rejected').properties, 'a')).toBe(false);
  expect(isCycle(message().properties, 'a')).toBe(false);
});

it('ends a circle that a reject is part of at the limit, and the broker goes on', () => {
  const context = modelContext({ limits: { ...TEST_LIMITS, amqpDeadLetterHops: 50 } });
  context.journal.on = true;
  const amqp = new AmqpBroker(context);
  const circle = { messageTtl: 0, deadLetterExchange: '' };
  amqp.assertQueue('work', { deadLetterExchange: '', deadLetterRoutingKey: 'b' });
  amqp.assertQueue('b', { ...circle, deadLetterRoutingKey: 'c' });
  amqp.assertQueue('c', { ...circle, deadLetterRoutingKey: 'b' });
  amqp.publish('', 'work', 'x');
  amqp.get('work')?.reject();
  const events = context.journal.since();
  expect(events.filter(({ name }) => name === 'expired')).toHaveLength(50);
  const lost = events.filter(({ name }) => name === 'dropped');
  expect(lost.map(({ reason }) => reason)).toEqual(['limits.amqpDeadLetterHops exceeded']);
  amqp.assertQueue('plain');
  expect(amqp.publish('', 'plain', 'y').routed).toEqual(['plain']);
});
