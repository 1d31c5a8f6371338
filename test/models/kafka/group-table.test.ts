import { beforeEach, describe, expect, it } from 'vitest';
import { GroupTable } from '../../../src/models/kafka/group-table.js';
import { codeOf } from '../../helpers/kafka-group.js';
import { KafkaWorld } from '../../helpers/kafka-wire.js';

let world: KafkaWorld;
let table: GroupTable;

beforeEach(() => {
  world = new KafkaWorld({ nodes: 3 });
  table = new GroupTable(world.broker.context, world.broker.cluster);
});

describe('GroupTable', () => {
  it('makes, finds and drops groups, and tells whoever listens', () => {
    const told: string[] = [];
    const stop = table.onChange((groupId) => told.push(groupId));
    const entry = table.create('g');
    expect(table.existing('g')).toBe(entry);
    expect([...table].map(([groupId]) => groupId)).toEqual(['g']);
    world.broker.context.outbox.run(() => table.drop('g'));
    expect([table.get('g'), entry.group.state, told]).toEqual([undefined, 'Dead', ['g']]);
    expect(codeOf(() => table.existing('g'))).toBe('GROUP_ID_NOT_FOUND');
    stop();
    world.broker.context.outbox.run(() => table.tell('g'));
    expect(told).toEqual(['g']);
  });

  it('lets only the home of a group speak for it', () => {
    const { home } = table.create('g');
    table.checkHome('g', home);
    table.checkHome('g', undefined);
    expect(codeOf(() => table.checkHome('g', home + 1))).toBe('NOT_COORDINATOR');
    expect(codeOf(() => table.checkHome('', home))).toBe('INVALID_GROUP_ID');
  });

  it('is the same after a record; a group that only was asked for is forgotten by a restart', () => {
    const { offsets } = table.create('kept');
    const committed = { offset: 3, leaderEpoch: -1, metadata: '', committedAtMs: 1, expiresAtMs: undefined };
    offsets.commit('t', 0, committed);
    table.create('asked');
    const again = new GroupTable(world.broker.context, world.broker.cluster);
    again.load(table.snapshot());
    expect(again.snapshot()).toEqual(table.snapshot());
    again.restart();
    expect([...again].map(([groupId]) => groupId)).toEqual(['kept']);
    expect(again.get('kept')?.offsets.get('t', 0)).toEqual(committed);
    expect(again.busy()).toEqual([]);
    again.close();
  });
});
