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

it('what a queue refuses is nacked, one by one where something else is told with it', () => {
  const full = { 'x-max-length': 1, 'x-overflow': 'reject-publish' };
  expect(confirmsOf(full, 3)).toEqual(['basic.ack 1 false', 'basic.nack 2 false', 'basic.nack 3 false']);
  expect(confirmsOf({ ...full, 'x-max-length': 0 }, 1)).toEqual(['basic.nack 1 true']);
});

it('publishes that came together are confirmed behind what they deliver, those without a queue at once', () => {
  const { peer } = amqpScene({});
  peer.call(2, 'confirm.select');
  peer.call(2, 'basic.consume', { queue: 'q' });
  peer.takeAll();
  const bytes = peer.collect(() => {
    for (const routingKey of ['q', 'nowhere', 'q']) peer.publish(2, { routingKey }, {}, routingKey);
  });
  peer.sendBytes(bytes);
  const told = peer.takeAll().map((item) => item.kind === 'method' && `${item.name} ${item.args.deliveryTag}`);
  expect(told).toEqual(['basic.deliver 1', 'basic.ack 2', 'basic.deliver 2', 'basic.ack 3']);
});

it('what waits for an answer finds the publishes before it confirmed', () => {
  const { peer } = amqpScene({});
  peer.call(2, 'confirm.select');
  peer.takeAll();
  const bytes = peer.collect(() => {
    peer.publish(2, { routingKey: 'q' }, {}, 'it');
    peer.send(2, 'basic.consume', { queue: 'q' });
  });
  peer.sendBytes(bytes);
  const told = peer.takeAll().map((item) => item.kind === 'method' && item.name);
  expect(told).toEqual(['basic.ack', 'basic.consume-ok', 'basic.deliver']);
});

it('a mandatory message without a queue is returned before its confirm', () => {
  const { peer, take } = amqpScene();
  peer.call(2, 'confirm.select');
  peer.publish(2, { routingKey: 'nowhere', mandatory: true }, {}, 'lost');
  expect(take()).toEqual(['basic.return', 'basic.ack']);
});
