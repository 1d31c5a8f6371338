/** Answers of Redis 7.0.15 to CONFIG SET. */
import { describe, expect, test } from 'vitest';
import { type Kind, PARAMETERS } from '../../../src/models/redis/parameter.js';
import { canonicalValue, parseMemory } from '../../../src/models/redis/parameter-value.js';

const kindOf = (name: string) => PARAMETERS.get(name)?.[1] as Kind;

test('memory has units; no digits are none, and what is too much wraps around', () => {
  const read = ['1', '1b', '2k', '2kb', '1MB', '1g', '1Gb', '', 'k', '18446744073709551616'].map(parseMemory);
  expect(read).toEqual([1n, 1n, 2000n, 2048n, 1048576n, 1000000000n, 1073741824n, 0n, 0n, 2n ** 64n - 1n]);
  expect(parseMemory('99999999999gb')).toBe(15140462030378500096n);
  for (const text of ['-1', '1.5gb', 'x', '1tb', '1constructor', ' 1', '1 ', '0x10']) {
    expect(parseMemory(text)).toBeUndefined();
  }
});

describe('what is taken', () => {
  test.each([
    ['maxmemory', 'K', '0'],
    ['maxmemory', '9223372036854775808', '9223372036854775808'],
    ['maxmemory-clients', '1KB', '1024'],
    ['maxmemory-clients', '10%', '10%'],
    ['maxmemory-clients', '18446744073709551616', '1%'],
    ['slowlog-max-len', '9223372036854775807', '9223372036854775807'],
    ['repl-backlog-size', '1', '16384'],
    ['hz', '0', '1'],
    ['hz', '1000', '500'],
    ['maxmemory-policy', 'ALLKEYS-LFU', 'allkeys-lfu'],
    ['appendonly', 'YES', 'yes'],
    ['shutdown-on-sigint', 'now force', 'now force'],
    ['shutdown-on-sigint', 'default now', 'now'],
    ['shutdown-on-sigint', 'force nosave', 'nosave force'],
    ['save', '3600 1 300 100', '3600 1 300 100'],
    ['save', '60 0', '60 0'],
    ['latency-tracking-info-percentiles', '1.50 0', '1.5 0'],
    ['latency-tracking-info-percentiles', '1e1', '10'],
    ['latency-tracking-info-percentiles', '', ''],
    ['oom-score-adj-values', '-1 2 2000', '-1 2 2000'],
  ])('%s %j reads back as %j', (name, given, shown) => {
    expect(canonicalValue(kindOf(name), given)).toBe(shown);
  });
});

describe('what is refused', () => {
  const between = (min: string, max: string) => `argument must be between ${min} and ${max} inclusive`;
  const options = 'argument(s) must be one of the following: default, save, nosave, now, force';
  test.each([
    ['slowlog-max-len', '01', "argument couldn't be parsed into an integer"],
    ['slowlog-max-len', '9223372036854775808', "argument couldn't be parsed into an integer"],
    ['slowlog-max-len', '-1', between('0', '9223372036854775807')],
    ['list-max-listpack-size', '2147483648', between('-2147483648', '2147483647')],
    ['maxmemory', ' 1', 'argument must be a memory value'],
    ['hash-max-listpack-value', '9223372036854775808', between('0', '9223372036854775807')],
    ['client-query-buffer-limit', '', between('1048576', '9223372036854775807')],
    ['maxmemory-clients', '-1', 'argument must be a memory or percent value'],
    ['maxmemory-clients', '-1%', 'argument must be a memory or percent value'],
    ['maxmemory-clients', '101%', 'percentage argument must be less or equal to 100'],
    ['maxmemory-clients', '99999999999gb', 'percentage argument must be less or equal to 100'],
    ['shutdown-on-sigint', '', options],
    ['shutdown-on-sigint', 'save  now', options],
    ['shutdown-on-sigint', 'save nosave', "shutdown options SAVE and NOSAVE can't be used simultaneously"],
    ['save', '0 1', 'Invalid save parameters'],
    ['save', '60 -1', 'Invalid save parameters'],
    ['save', '1 1 ', 'Invalid save parameters'],
    ['latency-tracking-info-percentiles', '50 abc', 'Invalid latency-tracking-info-percentiles parameters'],
    [
      'latency-tracking-info-percentiles',
      '101',
      'latency-tracking-info-percentiles parameters should sit between [0.0,100.0]',
    ],
    ['oom-score-adj-values', '1 2', 'wrong number of arguments'],
    ['oom-score-adj-values', 'a b c', 'Invalid oom-score-adj-values, elements must be between -2000 and 2000.'],
    ['cluster-announce-hostname', 'a b', 'Hostnames may only contain alphanumeric characters, hyphens or dots'],
    ['proc-title-template', '{x}', 'template format is invalid or contains unknown variables'],
    ['activedefrag', 'yes', 'Active defragmentation cannot be enabled'],
    ['dir', '/tmp', "can't set protected config"],
    ['databases', '5', "can't set immutable config"],
    ['notify-keyspace-events', 'q', "Invalid event class character. Use 'Ag$lshzxeKEtmdn'."],
  ])('%s %j: %s', (name, given, reason) => {
    expect(() => canonicalValue(kindOf(name), given)).toThrow(reason);
  });
});
