import { expect, test } from 'vitest';
import { CONFIG_OPERATIONS, RESOURCE_TYPES } from '../../../src/models/kafka/config-admin.js';
import { consumerGroupHeartbeatApi } from '../../../src/wire/kafka/handlers/consumer-group-heartbeat.js';
import { joinModern } from '../../helpers/kafka-request.js';
import { KafkaWorld } from '../../helpers/kafka-wire.js';

const SESSION = 'consumer.session.timeout.ms';
const HEARTBEAT = 'consumer.heartbeat.interval.ms';

function start(config: Record<string, number> = {}) {
  const { broker } = new KafkaWorld({ config });
  const { settings } = broker.groups;
  const edit = (values: Record<string, string | null>, name = 'g') => {
    const changes = Object.entries(values).map(([setting, value]) => {
      const operation = value === null ? CONFIG_OPERATIONS.delete : CONFIG_OPERATIONS.set;
      return { name: setting, value, operation };
    });
    broker.configAdmin.edit({ type: RESOURCE_TYPES.group, name }, changes, false, 1);
  };
  return { broker, settings, edit };
}

test('a group has what was set for it, and else what the cluster has', () => {
  const { broker, settings, edit } = start({ 'group.consumer.session.timeout.ms': 46_000 });
  edit({ [SESSION]: '50000' });
  expect([settings.number('g', SESSION), settings.number('g', HEARTBEAT)]).toEqual([50_000, 5_000]);
  expect(settings.number('h', SESSION)).toBe(46_000);
  const [, described] = broker.configAdmin.describe({ type: RESOURCE_TYPES.group, name: 'g' }, null, 1);
  expect(described).toMatchObject({ name: SESSION, value: '50000', source: 8, readOnly: false });
  expect(described?.synonyms.slice(1)).toMatchObject([
    { name: 'group.consumer.session.timeout.ms', value: '46000', source: 4 },
    { name: 'group.consumer.session.timeout.ms', value: '45000', source: 5 },
  ]);
  edit({ [SESSION]: null });
  expect(settings.number('g', SESSION)).toBe(46_000);
});

test('values are within what brokers allow, and a session outlasts a heartbeat', () => {
  const { broker, edit } = start({ 'group.consumer.min.session.timeout.ms': 5_000 });
  for (const [values, problem] of [
    [{ [SESSION]: '4999' }, `${SESSION} must be greater than or equal to group.consumer.min.session.timeout.ms`],
    [{ [SESSION]: '60001' }, `${SESSION} must be less than or equal to group.consumer.max.session.timeout.ms`],
    [{ [HEARTBEAT]: '15001' }, `${HEARTBEAT} must be less than or equal to group.consumer.max.heartbeat.interval.ms`],
    [{ [SESSION]: '5000' }, `${SESSION} must be greater than ${HEARTBEAT}`],
    [{ nonsense: '1' }, 'Unknown group config name: nonsense'],
  ] as const) {
    expect(() => edit(values)).toThrow(expect.objectContaining({ code: 'INVALID_CONFIG', message: problem }));
  }
  expect(() => edit({ [SESSION]: '50000' }, '')).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }));
  expect(broker.groups.settings.snapshot()).toEqual(new Map());
});

test('members are told the interval of their group, and given up after its session', () => {
  const world = new KafkaWorld();
  world.broker.createTopic('t');
  const group = { type: RESOURCE_TYPES.group, name: 'g' };
  const set = (name: string, value: string) => ({ name, value, operation: CONFIG_OPERATIONS.set });
  world.broker.configAdmin.edit(group, [set(HEARTBEAT, '7000'), set(SESSION, '60000')], false, 1);
  const answer = world.connect().ask(consumerGroupHeartbeatApi, 1, joinModern());
  expect(answer.heartbeatIntervalMs).toBe(7_000);
  const memberCount = () => world.broker.groups.modern('g')?.members.size;
  world.clock.advanceTo(world.clock.now + 59_999, { liveness: true });
  expect(memberCount()).toBe(1);
  world.clock.advanceTo(world.clock.now + 1, { liveness: true });
  expect(memberCount()).toBe(0);
});

test('what was set survives a snapshot', () => {
  const { settings, edit } = start();
  edit({ [SESSION]: '50000' });
  const saved = settings.snapshot();
  edit({ [SESSION]: '55000' });
  settings.restore(saved);
  expect(settings.number('g', SESSION)).toBe(50_000);
  settings.reset();
  expect(settings.number('g', SESSION)).toBe(45_000);
});
