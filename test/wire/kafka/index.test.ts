import { expect, it } from 'vitest';
import { listGroupsApi } from '../../../src/wire/kafka/handlers/list-groups.js';
import { KafkaWorld } from '../../helpers/kafka-wire.js';

it('every connection has a session of its own: one that is closed leaves the others', () => {
  const world = new KafkaWorld();
  const [first, second] = [world.connect(), world.connect()];
  first.session.receive(Buffer.from('ffffffff', 'hex'));
  expect([first.transport.closed, second.transport.closed]).toEqual([true, false]);
  expect(second.ask(listGroupsApi, 3, { statesFilter: [], typesFilter: [] }).errorCode).toBe('NONE');
});
