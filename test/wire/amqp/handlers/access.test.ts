import { expect, it } from 'vitest';
import { amqpScene } from '../../../helpers/amqp-scene.js';

it('a ticket is given to everyone', () => {
  const { peer } = amqpScene();
  const { name, args } = peer.call(1, 'access.request', { realm: '/data', active: true });
  expect([name, args.ticket]).toEqual(['access.request-ok', 1]);
});
