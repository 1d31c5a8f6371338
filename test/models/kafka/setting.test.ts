import { expect, it } from 'vitest';
import { BROKER_SETTINGS, DEFAULT_IN_HOURS, isDynamic, TOPIC_SETTINGS } from '../../../src/models/kafka/setting.js';

it('every setting of a topic has a broker setting to inherit from where it names one', () => {
  const missing = [...TOPIC_SETTINGS.values()]
    .filter(({ synonym }) => synonym !== undefined && !BROKER_SETTINGS.has(synonym))
    .map(({ name }) => name);
  expect(missing).toEqual([]);
});

it('a default passes the check of its own setting', () => {
  const numeric = ['int', 'short', 'long', 'double'];
  for (const { name, type, defaultValue, problem } of [...TOPIC_SETTINGS.values(), ...BROKER_SETTINGS.values()]) {
    if (!problem || defaultValue === '') continue;
    const list = type === 'list' ? defaultValue.split(',') : defaultValue;
    expect(problem((numeric.includes(type) ? Number(defaultValue) : list) as never), name).toBeUndefined();
  }
});

it('some settings of brokers change while they run, and others never', () => {
  expect([isDynamic('log.retention.bytes'), isDynamic('log.cleaner.threads'), isDynamic('broker.id')]).toEqual([
    true,
    true,
    false,
  ]);
  expect(isDynamic('sasl.kerberos.min.time.before.relogin')).toBe(true);
  const threads = ['background.threads', 'log.cleaner.threads', 'num.io.threads', 'num.network.threads'];
  for (const name of [...threads, 'num.recovery.threads.per.data.dir', 'num.replica.fetchers']) {
    expect([isDynamic(name), BROKER_SETTINGS.has(name)]).toEqual([true, true]);
  }
  expect(isDynamic('log.message.format.version')).toBe(false);
  expect(DEFAULT_IN_HOURS.get('log.retention.ms')).toEqual({ name: 'log.retention.hours', value: '168' });
});
