import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CONFIG_OPERATIONS, type ConfigChange, RESOURCE_TYPES } from '../../../src/models/kafka/config-admin.js';
import type { KafkaBroker, KafkaOptions } from '../../../src/models/kafka/index.js';
import { kafkaModel } from '../../helpers/kafka-model.js';

const TOPIC = { type: RESOURCE_TYPES.topic, name: 't' };
const ALL_NODES = { type: RESOURCE_TYPES.broker, name: '' };
const NODE_1 = { type: RESOURCE_TYPES.broker, name: '1' };

function start(options: KafkaOptions = {}): { broker: KafkaBroker; admin: KafkaBroker['configAdmin'] } {
  const { broker } = kafkaModel({ nodes: 2, ...options });
  broker.createTopic('t');
  return { broker, admin: broker.configAdmin };
}

const set = (name: string, value: string | null): ConfigChange => ({ name, value, operation: CONFIG_OPERATIONS.set });
const failure = (code: string, message = '') =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });

describe('what is described', () => {
  test('comes from the most specific place, and all the others are its synonyms', () => {
    const { admin } = start({ config: { 'message.max.bytes': 70 } });
    const [described] = admin.describe(TOPIC, ['max.message.bytes'], 1);
    expect(described?.synonyms.length).toBeGreaterThan(0);
    admin.edit(TOPIC, [set('max.message.bytes', '90')], false, 1);
    const [changed] = admin.describe(TOPIC, ['max.message.bytes'], 1);
    expect(changed).toMatchObject({ value: '90', source: 1 });
    expect(changed?.synonyms[0]).toMatchObject({ name: 'max.message.bytes', value: '90', source: 1 });
    expect(changed?.synonyms.slice(1)).toEqual(described?.synonyms);
  });

  test('of a node may be what was set on it alone, on all nodes, or by default', () => {
    const { admin } = start();
    const value = (resource: typeof NODE_1, nodeId = 1) =>
      admin.describe(resource, ['log.retention.ms'], nodeId)[0]?.value;
    admin.edit(ALL_NODES, [set('log.retention.ms', '5')], false, 1);
    expect([value(NODE_1), value({ ...NODE_1, name: '2' }, 2), value(ALL_NODES)]).toEqual(['5', '5', '5']);
    admin.edit(NODE_1, [set('log.retention.ms', '7')], false, 1);
    expect([value(NODE_1), value({ ...NODE_1, name: '2' }, 2), value(ALL_NODES)]).toEqual(['7', '5', '5']);
  });

  test('is written as it was understood', () => {
    const { admin } = start();
    const given = {
      'cleanup.policy': ' delete , compact ',
      'compression.type': ' gzip ',
      'min.cleanable.dirty.ratio': '1e-1',
      'retention.ms': ' +7 ',
      'unclean.leader.election.enable': ' TRUE',
    };
    const changes = Object.entries(given).map(([name, value]) => set(name, value));
    admin.edit(TOPIC, changes, false, 1);
    const names = [...Object.keys(given), 'flush.messages'].sort();
    const described = admin.describe(TOPIC, names, 1);
    expect(described.map(({ value }) => value)).toEqual([
      'delete,compact',
      'gzip',
      '9223372036854775807',
      '0.1',
      '7',
      'true',
    ]);
    expect(described[0]?.synonyms[0]?.value).toBe('delete,compact');
  });

  test('of a node tells which one it is and where it stands', () => {
    const { admin } = start({ racks: ['a'] });
    const values = (nodeId: number) =>
      admin
        .describe({ ...NODE_1, name: String(nodeId) }, ['node.id', 'broker.id', 'broker.rack'], nodeId)
        .map(({ value, source, readOnly }) => [value, source, readOnly]);
    expect(values(1)).toEqual([
      ['1', 4, true],
      ['a', 4, true],
      ['1', 4, true],
    ]);
    expect(values(2)).toEqual([
      ['2', 4, true],
      [null, 5, true],
      ['2', 4, true],
    ]);
    const [rack] = admin.describe({ ...NODE_1, name: '2' }, ['broker.rack'], 2);
    expect(rack?.synonyms).toEqual([]);
  });

  test('leaves out what nobody knows', () => {
    expect(start().admin.describe(TOPIC, ['nonsense', '__proto__'], 1)).toEqual([]);
    expect(start().admin.describe(NODE_1, ['nonsense', '__proto__'], 1)).toEqual([]);
  });

  test('of nodes is also what somebody set without anybody knowing it', () => {
    const { admin } = start();
    admin.edit(NODE_1, [set('my.plugin', 'x'), set('', 'y')], false, 1);
    admin.edit(ALL_NODES, [set('my.plugin', 'y')], false, 1);
    const sources = (resource: typeof NODE_1) =>
      admin.describe(resource, ['my.plugin', ''], 1).map(({ name, source }) => [name, source]);
    expect(sources(NODE_1)).toEqual([
      ['', 2],
      ['my.plugin', 2],
    ]);
    expect(admin.describe(ALL_NODES, null, 1)).toMatchObject([{ name: 'my.plugin', source: 3 }]);
    admin.replace(NODE_1, [], false, 1);
    expect(sources(NODE_1)).toEqual([['my.plugin', 3]]);
  });
});

describe('what is refused', () => {
  const list = CONFIG_OPERATIONS.append;
  test.each([
    ['an unknown name', TOPIC, [set('nonsense', '1')], 'INVALID_CONFIG', 'Unknown topic config name: nonsense'],
    ['a value that cannot be', TOPIC, [set('retention.ms', 'soon')], 'INVALID_CONFIG', 'retention.ms'],
    ['null', TOPIC, [set('retention.ms', null)], 'INVALID_REQUEST', 'Null value not supported for : retention.ms'],
    [
      'a name twice',
      TOPIC,
      [set('retention.ms', '1'), set('retention.ms', '2')],
      'INVALID_REQUEST',
      'duplicate config keys',
    ],
    [
      'to append to a number',
      TOPIC,
      [{ name: 'retention.ms', value: '1', operation: list }],
      'INVALID_CONFIG',
      "Can't APPEND to key retention.ms because its type is not LIST.",
    ],
    [
      'an unknown operation',
      TOPIC,
      [{ name: 'cleanup.policy', value: 'delete', operation: 9 }],
      'INVALID_REQUEST',
      '9',
    ],
    [
      'what is fixed while a node runs',
      NODE_1,
      [set('num.partitions', '3')],
      'INVALID_REQUEST',
      'Cannot update these configs dynamically',
    ],
    ['a rate that is none', NODE_1, [set('leader.replication.throttled.rate', '-1')], 'INVALID_REQUEST', 'at least 0'],
    [
      'a node that is not there',
      { ...NODE_1, name: '3' },
      [set('log.retention.ms', '3')],
      'INVALID_REQUEST',
      'Unexpected broker id, expected 1, but received 3',
    ],
    [
      'a topic that is not there',
      { ...TOPIC, name: 'x' },
      [set('retention.ms', '3')],
      'UNKNOWN_TOPIC_OR_PARTITION',
      "'x'",
    ],
    ['another node', { ...NODE_1, name: '2' }, [set('log.retention.ms', '3')], 'INVALID_REQUEST', 'received 2'],
    ['no number of a node', { ...NODE_1, name: 'x' }, [], 'INVALID_REQUEST', 'Node id must be an integer'],
    ['a value of a node', NODE_1, [set('log.retention.ms', 'x')], 'INVALID_REQUEST', 'Not a number of type LONG'],
    [
      'to append to a number of a node',
      NODE_1,
      [{ name: 'log.retention.ms', value: '1', operation: list }],
      'INVALID_CONFIG',
      'Config value append is not allowed for config key: log.retention.ms',
    ],
    ['all topics', { ...TOPIC, name: '' }, [], 'INVALID_REQUEST', 'Default topic resources are not allowed.'],
    ['a name that no topic can have', { ...TOPIC, name: 'a b' }, [], 'INVALID_TOPIC_EXCEPTION', "'a b' contains"],
    [
      'a value, whether there is such a topic or not',
      { ...TOPIC, name: 'x' },
      [set('retention.ms', '-2')],
      'INVALID_CONFIG',
      'Invalid value -2 for configuration retention.ms: Value must be at least -1',
    ],
    [
      'a name twice, whatever is done to it',
      TOPIC,
      [
        { name: 'retention.ms', value: '1', operation: list },
        { name: 'retention.ms', value: null, operation: list },
      ],
      'INVALID_REQUEST',
      'Error due to duplicate config keys',
    ],
    [
      'an item of a list',
      TOPIC,
      [{ name: 'cleanup.policy', value: 'compact,shred', operation: list }],
      'INVALID_CONFIG',
      'Invalid value shred for configuration cleanup.policy: String must be one of: compact, delete',
    ],
    ['another type', { type: 77, name: 'x' }, [set('retention.ms', '3')], 'INVALID_REQUEST', '77'],
  ] as const)('%s', (_, resource, changes, code, message) => {
    const { admin } = start();
    const before = admin.describe(TOPIC, null, 1);
    expect(() => admin.edit(resource, changes, false, 1)).toThrow(failure(code, message));
    expect(admin.describe(TOPIC, null, 1)).toEqual(before);
  });

  test('takes what came with it along: all or none', () => {
    const { admin, broker } = start();
    expect(() => admin.edit(TOPIC, [set('retention.ms', '1'), set('nonsense', '1')], false, 1)).toThrow();
    expect(broker.cluster.topic('t')?.config.overrides.size).toBe(0);
  });
});

test('only the node itself tells its settings; a name that no topic can have is no topic', () => {
  const { admin } = start();
  const ask = (type: number, name: string) => () => admin.describe({ type, name }, null, 1);
  expect(ask(4, '2')).toThrow(failure('INVALID_REQUEST', 'expected 1 or empty string, but received 2'));
  expect(ask(4, 'x')).toThrow(failure('INVALID_REQUEST', 'Broker id must be an integer, but it is: x'));
  expect(ask(2, '')).toThrow(failure('INVALID_TOPIC_EXCEPTION', 'the empty string is not allowed'));
});

test('a list may become empty, and begins with what Kafka has by default', () => {
  const { admin, broker } = start({ config: { 'log.cleanup.policy': 'compact' } });
  const change = (operation: number, value: string) => [{ name: 'cleanup.policy', operation, value }];
  admin.edit(TOPIC, change(CONFIG_OPERATIONS.append, 'compact'), false, 1);
  expect(broker.cluster.topic('t')?.config.list('cleanup.policy')).toEqual(['delete', 'compact']);
  admin.edit(TOPIC, change(CONFIG_OPERATIONS.subtract, 'compact,delete'), false, 1);
  expect(broker.cluster.topic('t')?.settings).toMatchObject({ compacted: false, deletes: false });
});

test('replacing forgets what was set before; validating alone changes nothing', () => {
  const { admin, broker } = start();
  const overrides = () => Object.fromEntries(broker.cluster.topic('t')?.config.overrides ?? []);
  admin.replace(TOPIC, [{ name: 'retention.ms', value: '5' }], false, 1);
  admin.replace(TOPIC, [{ name: 'segment.bytes', value: '500' }], true, 1);
  expect(overrides()).toEqual({ 'retention.ms': '5' });
  admin.replace(TOPIC, [{ name: 'segment.bytes', value: '500' }], false, 1);
  expect(overrides()).toEqual({ 'segment.bytes': '500' });
});

test('prop: appending and subtracting treat a list as a set that keeps its order', () => {
  const items = fc.subarray(['compact', 'delete'], { minLength: 1 });
  const steps = fc.array(fc.record({ append: fc.boolean(), items }), { maxLength: 6 });
  fc.assert(
    fc.property(steps, (all) => {
      const { admin, broker } = start();
      let model = ['delete'];
      for (const { append, items: given } of all) {
        const next = append ? [...new Set([...model, ...given])] : model.filter((item) => !given.includes(item));
        if (next.length === 0) continue;
        model = next;
        const operation = append ? CONFIG_OPERATIONS.append : CONFIG_OPERATIONS.subtract;
        admin.edit(TOPIC, [{ name: 'cleanup.policy', value: given.join(','), operation }], false, 1);
      }
      expect(broker.cluster.topic('t')?.config.list('cleanup.policy')).toEqual(model);
    }),
    { numRuns: 200 },
  );
});

test('what was set on a node is in a snapshot, and a reset forgets it', () => {
  const { admin } = start();
  admin.edit(NODE_1, [set('log.retention.ms', '7')], false, 1);
  const state = admin.snapshot();
  admin.edit(NODE_1, [{ ...set('log.retention.ms', null), operation: CONFIG_OPERATIONS.delete }], false, 1);
  admin.restore(state);
  expect(admin.describe(NODE_1, ['log.retention.ms'], 1)[0]?.value).toBe('7');
  admin.reset();
  expect(admin.snapshot()).toEqual(new Map());
});
