import { describe, expect, test } from 'vitest';
import { createBroker } from '../../../src/broker.js';

const virtual = () => createBroker({ clock: 'virtual' });

describe('a channel handle', () => {
  test('counts subscribers and is none itself', async () => {
    using broker = virtual();
    const channel = broker.redis.channel('news');
    const waiting = channel.next();
    expect(channel.subscribers()).toBe(0);
    expect(channel.publish('hi')).toBe(0);
    expect((await waiting).text()).toBe('hi');
    const end = broker.redis.subscribe('news', () => {});
    expect(channel.subscribers()).toBe(1);
    expect(channel.explain()).toEqual({ subscribers: 1, patterns: [] });
    end();
    expect(channel.subscribers()).toBe(0);
  });

  test('tells what was delivered, and what nobody listened to', () => {
    using broker = virtual();
    broker.redis.publish('jobs', 'lost');
    broker.redis.subscribe('jobs', () => {});
    broker.redis.publish('jobs', 'seen');
    broker.redis.publish('other', 'else');
    expect(broker.redis.channel('jobs').deliveries()).toEqual([{ to: 1, text: 'seen' }]);
    expect(broker.redis.channel('jobs').lost()).toEqual([{ to: 0, text: 'lost' }]);
  });

  test('reads bodies as JSON, MessagePack and bytes', () => {
    using broker = virtual();
    broker.redis.subscribe('x', () => {});
    broker.redis.publish('x', { id: 7 });
    broker.redis.publish('x', { id: 8 }, { encoding: 'msgpack' });
    broker.redis.publish('x', new Uint8Array([0, 255]));
    const [json, packed, bytes] = broker.redis.channel('x').deliveries();
    expect(json?.json()).toEqual({ id: 7 });
    expect(packed?.unpack()).toEqual({ id: 8 });
    expect(Array.from(bytes?.body ?? [])).toEqual([0, 255]);
    expect(() => bytes?.json()).toThrow(expect.objectContaining({ code: 'INVALID_BODY' }));
  });

  test('waits for the message that a predicate takes', async () => {
    using broker = virtual();
    const waiting = broker.redis.channel('x').next((message) => message.json().id === 2);
    for (const id of [1, 2, 3]) broker.redis.publish('x', { id });
    expect((await waiting).json()).toEqual({ id: 2 });
  });

  test('says what came instead when the wait is over', async () => {
    using broker = virtual();
    const waiting = broker.redis.channel('x').next(() => false, { timeout: 500 });
    broker.redis.publish('x', 'one');
    const caught = waiting.catch((error: Error) => error.message);
    await broker.clock.advance(500);
    expect(await caught).toBe("no message that was waited for came on channel 'x' (1 others came: one) within 500 ms");
  });

  test('takes names as bytes', () => {
    using broker = virtual();
    broker.redis.subscribe(new Uint8Array([0xff, 0]), () => {});
    expect(broker.redis.channel(new Uint8Array([0xff, 0])).subscribers()).toBe(1);
  });
});
