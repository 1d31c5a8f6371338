import { expect, it } from 'vitest';
import { amqpScene, refusal } from '../../../helpers/amqp-scene.js';

it('what is published is there after the commit, and never after a rollback', () => {
  const { peer, publish } = amqpScene();
  const count = () => peer.call(2, 'queue.declare', { queue: 'q', passive: true }).args.messageCount;
  expect(peer.call(1, 'tx.select').name).toBe('tx.select-ok');
  publish('lost', {}, 1);
  expect(peer.call(1, 'tx.rollback').name).toBe('tx.rollback-ok');
  publish('kept', {}, 1);
  expect(count()).toBe(0);
  expect(peer.call(1, 'tx.commit').name).toBe('tx.commit-ok');
  expect(count()).toBe(1);
  expect(peer.call(2, 'basic.get', { queue: 'q' }).body).toBe('kept');
});

it('commit-ok comes behind the returns and before the deliveries of the transaction', () => {
  const { peer, consume, take } = amqpScene();
  consume(1, 'c', { noAck: true });
  peer.call(1, 'tx.select');
  peer.publish(1, { routingKey: 'q' }, {}, 'x');
  peer.publish(1, { routingKey: 'nowhere', mandatory: true }, {}, 'back');
  expect(take()).toEqual([]);
  peer.send(1, 'tx.commit');
  expect(take()).toEqual(['basic.return', 'tx.commit-ok', 'c: x']);
});

it('a commit that is not done in whole is what the end of its channel names', () => {
  const { peer } = amqpScene({ 'x-max-length': 0, 'x-overflow': 'reject-publish' });
  peer.call(1, 'tx.select');
  peer.publish(1, { routingKey: 'q' }, {}, 'x');
  expect(peer.call(1, 'tx.commit').args).toMatchObject({ replyCode: 406, classId: 90, methodId: 20 });
});

it.each(['tx.commit', 'tx.rollback'])('%s needs a transaction', (name) => {
  expect(refusal(amqpScene().world, name)).toBe('406 PRECONDITION_FAILED - channel is not transactional');
});
