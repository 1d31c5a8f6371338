import { expect, it } from 'vitest';
import { amqpScene } from '../../helpers/amqp-scene.js';

function confirmsOf(args: Record<string, unknown>, count: number): string[] {
  const { peer } = amqpScene(args);
  peer.call(2, 'confirm.select');
  peer.takeAll();
  const bytes = peer.collect(() => {
    for (let i = 0; i < count; i++) peer.publish(2, { routingKey: 'q' }, {}, 'it');
  });
  peer.sendBytes(bytes);
  return peer.takeAll().map((item) => {
    return item.kind === 'method' ? `${item.name} ${item.args.deliveryTag} ${item.args.multiple}` : item.kind;
  });
}

it('confirms of one kind that follow each other leave as one', () => {
  expect(confirmsOf({}, 3)).toEqual(['basic.ack 3 true']);
});

it('what a queue refuses is nacked, up to there as RabbitMQ does it', () => {
  expect(confirmsOf({ 'x-max-length': 1, 'x-overflow': 'reject-publish' }, 2)).toEqual([
    'basic.ack 1 false',
    'basic.nack 2 true',
  ]);
});

it('a mandatory message without a queue is returned before its confirm', () => {
  const { peer, take } = amqpScene();
  peer.call(2, 'confirm.select');
  peer.publish(2, { routingKey: 'nowhere', mandatory: true }, {}, 'lost');
  expect(take()).toEqual(['basic.return', 'basic.ack']);
});
