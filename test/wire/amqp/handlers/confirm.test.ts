import { expect, it } from 'vitest';
import { amqpScene } from '../../../helpers/amqp-scene.js';

it('select is answered unless nowait, and what is published afterwards is confirmed from 1 up', () => {
  const { peer, take, publish } = amqpScene();
  publish('before', {}, 1);
  expect(peer.call(1, 'confirm.select').name).toBe('confirm.select-ok');
  peer.publish(1, { routingKey: 'q' }, {}, 'first');
  expect(peer.takeAll()).toMatchObject([{ name: 'basic.ack', args: { deliveryTag: 1 } }]);
  peer.send(2, 'confirm.select', { nowait: true });
  expect(take()).toEqual([]);
  expect(publish('second', {}, 2)).toEqual(['basic.ack']);
});

it('a channel with transactions has no confirms', () => {
  const { peer } = amqpScene();
  peer.call(1, 'tx.select');
  expect(peer.call(1, 'confirm.select').args.replyText).toBe(
    'PRECONDITION_FAILED - cannot switch from tx to confirm mode',
  );
});
