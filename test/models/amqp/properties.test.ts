import { describe, expect, it } from 'vitest';
import { createBroker } from '../../../src/index.js';
import { type FieldValue, TypedField } from '../../../src/models/amqp/index.js';
import { toProperties, withHeaders, withProperties } from '../../../src/models/amqp/properties.js';

describe('properties', () => {
  it('R19 names of headers are only data', () => {
    const { amqp } = createBroker();
    amqp.assertQueue('q');
    const headers = new Map<string, FieldValue>([
      ['__proto__', new TypedField('I', 1)],
      ['constructor', 'x'],
    ]);
    amqp.publish('', 'q', '', { headers });
    const read = amqp.queue('q').peek()?.headers as Record<string, unknown>;
    expect(Object.keys(read)).toEqual(['__proto__', 'constructor']);
    expect(read.polluted).toBeUndefined();
  });

  it('are copied with changes, and what is undefined goes', () => {
    const before = { messageId: 'm', priority: 3 };
    expect(withProperties(before, { priority: undefined, appId: 'a' })).toEqual({ messageId: 'm', appId: 'a' });
    expect(withHeaders(before, new Map([['a', true]])).headers).toEqual(new Map([['a', true]]));
    expect(before).toEqual({ messageId: 'm', priority: 3 });
  });

  it("of a user take the wire's form", () => {
    const at = new Date('2020-01-01T00:00:00.900Z');
    expect(toProperties({ expiration: 5, timestamp: at, persistent: true, headers: { a: true } })).toEqual({
      expiration: '5',
      timestamp: 1_577_836_800,
      deliveryMode: 2,
      headers: new Map([['a', true]]),
    });
  });
});
