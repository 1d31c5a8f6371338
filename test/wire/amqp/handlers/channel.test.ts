import { expect, it } from 'vitest';
import { amqpScene, refusal } from '../../../helpers/amqp-scene.js';

it('flow may be switched on only', () => {
  const { world, peer } = amqpScene();
  const { name, args } = peer.call(1, 'channel.flow', { active: true });
  expect([name, args.active]).toEqual(['channel.flow-ok', true]);
  expect(refusal(world, 'channel.flow', { active: false })).toBe('540 NOT_IMPLEMENTED - active=false');
});
