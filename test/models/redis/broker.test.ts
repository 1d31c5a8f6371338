import { describe, expect, test } from 'vitest';
import { createBroker } from '../../../src/broker.js';

const NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', 'x'.repeat(255), '\ud800', '\0', 'é'];

describe('publish and subscribe without a wire', () => {
  test('counts deliveries: a callback that matches twice is called twice', () => {
    using broker = createBroker();
    const seen: string[] = [];
    broker.redis.subscribe('news.it', (m) => seen.push(`${m.kind} ${m.text()}`));
    broker.redis.psubscribe('news.*', (m) => seen.push(`${m.kind} ${m.pattern} ${m.channel}`));
    expect(broker.redis.publish('news.it', 'hi')).toBe(2);
    expect(seen).toEqual(['message hi', 'pmessage news.* news.it']);
  });

  test('explains who would get a message', () => {
    using broker = createBroker();
    broker.redis.subscribe('a', () => {});
    for (const pattern of ['*', 'a', 'b*', '*']) broker.redis.psubscribe(pattern, () => {});
    expect(broker.redis.explain('a')).toEqual({
      subscribers: 1,
      patterns: [
        { pattern: '*', subscribers: 2 },
        { pattern: 'a', subscribers: 1 },
      ],
    });
  });

  test('a callback may publish, subscribe and unsubscribe', () => {
    using broker = createBroker();
    const seen: string[] = [];
    const end = broker.redis.subscribe('x', (m) => {
      seen.push(m.text());
      end();
      broker.redis.subscribe('x', (again) => seen.push(`second ${again.text()}`));
      expect(broker.redis.publish('x', 'inner')).toBe(1);
    });
    broker.redis.publish('x', 'outer');
    expect(seen).toEqual(['outer', 'second inner']);
  });

  test('a million chained publishes do not overflow the stack', () => {
    using broker = createBroker({ journal: false });
    let left = 1_000_000;
    broker.redis.subscribe('x', () => {
      if (--left > 0) broker.redis.publish('x', 'again');
    });
    broker.redis.publish('x', 'first');
    expect(left).toBe(0);
  });

  test('bytes handed in are copied', () => {
    using broker = createBroker();
    const body = new Uint8Array([1]);
    let seen: Uint8Array | undefined;
    broker.redis.subscribe('x', (m) => {
      seen = m.body;
    });
    broker.redis.publish('x', body);
    body[0] = 9;
    expect(Array.from(seen ?? [])).toEqual([1]);
  });

  test('a name is data', () => {
    const known = Object.getOwnPropertyNames(Object.prototype).length;
    using broker = createBroker();
    for (const name of NAMES) {
      const seen: string[] = [];
      const end = broker.redis.subscribe(name, (m) => seen.push(m.channel));
      expect(broker.redis.publish(name, name)).toBe(1);
      expect(seen).toEqual([name === '\ud800' ? '\ufffd' : name]);
      end();
      expect(broker.redis.publish(name, name)).toBe(0);
    }
    expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(known);
  });

  test('a body that is none is refused with a typed error', () => {
    using broker = createBroker();
    expect(() => broker.redis.publish('x', undefined as never)).toThrow(
      expect.objectContaining({ code: 'INVALID_BODY' }),
    );
  });

  test('every event is in the journal, with what was lost', () => {
    using broker = createBroker();
    const dropped: unknown[] = [];
    broker.on('dropped', (event) => dropped.push(event));
    broker.redis.publish('x', 'hi');
    expect(dropped).toHaveLength(1);
  });
});

describe('the life of the broker', () => {
  test('a restart loses keys and subscriptions', async () => {
    using broker = createBroker();
    const { redis } = broker;
    const runId = redis.runId;
    redis.subscribe('x', () => {});
    redis.keyspace.set(0, 'k', 'v');
    await broker.restart();
    expect(redis.publish('x', 'hi')).toBe(0);
    expect(redis.keyspace.lookup(0, 'k')).toBeUndefined();
    expect(redis.runId).not.toBe(runId);
  });

  test('a snapshot shares nothing that changes', async () => {
    using broker = createBroker();
    const { keyspace } = broker.redis;
    keyspace.set(0, 'k', 'old');
    const before = broker.snapshot();
    keyspace.set(0, 'k', 'new');
    keyspace.set(1, 'l', 'v');
    await broker.restore(before);
    expect(keyspace.readString(0, 'k')).toBe('old');
    expect(keyspace.lookup(1, 'l')).toBeUndefined();
    expect(broker.redis.keyspaceInfo()).toEqual([['db0', 'keys=1,expires=0,avg_ttl=0']]);
  });

  test('an option that is no parameter is named', () => {
    expect(() => createBroker({ redis: { config: { nosuch: '1' } } })).toThrow(/redis.config: .*nosuch/);
  });

  test('says which release it is like', () => {
    expect(createBroker({ redis: { version: '7.0' } }).redis.releaseName).toBe('7.0.15');
    expect(createBroker().redis.releaseName).toBe('7.2.6');
  });
});
