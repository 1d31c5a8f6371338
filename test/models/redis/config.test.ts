import { expect, test } from 'vitest';
import { RedisConfig } from '../../../src/models/redis/config.js';

test('event classes read back in canonical form; an n that A hides is in force', () => {
  const config = new RedisConfig({});
  for (const [given, shown] of [
    ['KEA', 'AKE'],
    ['KEAmn', 'AKEm'],
    ['Ex$gm', 'g$xEm'],
    ['Kn', 'nK'],
  ] as const) {
    config.set(['notify-keyspace-events', given]);
    expect(config.text('notify-keyspace-events')).toBe(shown);
  }
  config.set(['notify-keyspace-events', 'KEAn']);
  expect(config.events.flags.has('n')).toBe(true);
  expect(() => config.set(['notify-keyspace-events', 'q'])).toThrow('Invalid event class character');
});

test('output limits are set by class and keep the others', () => {
  const config = new RedisConfig({});
  config.set(['client-output-buffer-limit', 'pubsub 1mb 2 3 normal 1 0 0']);
  expect(config.outputLimit('pubsub')).toEqual({ hardBytes: 1_048_576, softBytes: 2, softSeconds: 3 });
  expect(config.outputLimit('slave').hardBytes).toBe(268_435_456);
  expect(() => config.set(['client-output-buffer-limit', 'pubsub 1'])).toThrow('Wrong number of arguments');
  expect(() => config.set(['client-output-buffer-limit', 'toString 1 1 1'])).toThrow('Invalid client class');
});

test('names come back as typed, globs without regard to case', () => {
  const config = new RedisConfig({});
  expect(config.get(['MAXMEMORY', 'maxmemory-P*', 'nosuch'])).toEqual([
    ['MAXMEMORY', '0'],
    ['maxmemory-policy', 'noeviction'],
  ]);
});

test('parameters answer to the names of earlier releases', () => {
  const config = new RedisConfig({});
  config.set(['hash-max-ziplist-entries', '7']);
  expect(config.get(['hash-max-listpack-entries', 'hash-max-ziplist-entries'])).toEqual([
    ['hash-max-listpack-entries', '7'],
    ['hash-max-ziplist-entries', '7'],
  ]);
});

test('loses the class n of An when a change of the classes is refused, as Redis does', () => {
  const config = new RedisConfig({ config: { 'notify-keyspace-events': 'KEAn' } });
  expect(config.events.flags.has('n')).toBe(true);
  expect(() => config.set(['notify-keyspace-events', 'q'])).toThrow(/Invalid event class character/);
  expect([config.events.flags.has('n'), config.events.flags.has('g')]).toEqual([false, true]);
});

test('knows parameters by their older names', () => {
  const config = new RedisConfig({});
  config.set(['slave-priority', '7', 'repl-ping-slave-period', '3']);
  expect(config.get(['replica-priority', 'repl-ping-replica-period']).map(([, value]) => value)).toEqual(['7', '3']);
});

test('shows older names beside the present ones, and takes both in one go', () => {
  const config = new RedisConfig({});
  config.set(['slave-priority', '5', 'replica-priority', '6']);
  expect(new Map(config.get(['*-priority']))).toEqual(
    new Map([
      ['replica-priority', '6'],
      ['slave-priority', '6'],
    ]),
  );
  expect(() => config.set(['timeout', '1', 'TIMEOUT', '2'])).toThrow('duplicate parameter');
  expect(config.text('timeout')).toBe('0');
});
