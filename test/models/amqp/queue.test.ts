import { expect, it } from 'vitest';
import { AmqpBroker } from '../../../src/models/amqp/index.js';
import { modelContext } from '../../helpers/amqp-recording.js';
import { amqpScene } from '../../helpers/amqp-scene.js';

it('expires when nobody used it for that long; a get is use, a publish is none', () => {
  const context = modelContext();
  const amqp = new AmqpBroker(context);
  const queue = amqp.assertQueue('q', { expires: 1_000 });
  context.clock.advanceTo(context.clock.now + 900);
  amqp.publish('', 'q', 'x');
  amqp.get('q');
  context.clock.advanceTo(context.clock.now + 999);
  expect(queue.exists).toBe(true);
  amqp.publish('', 'q', 'y');
  context.clock.advanceTo(context.clock.now + 1);
  expect(queue.exists).toBe(false);
});

it('does not expire while it has a consumer', () => {
  const context = modelContext();
  const amqp = new AmqpBroker(context);
  const queue = amqp.assertQueue('q', { expires: 1_000 });
  const stop = amqp.consume('q', () => {});
  context.clock.advanceTo(context.clock.now + 10_000);
  expect(queue.exists).toBe(true);
  stop();
  context.clock.advanceTo(context.clock.now + 1_000);
  expect(queue.exists).toBe(false);
});

it('auto-delete waits for a first consumer and goes with the last', () => {
  const amqp = new AmqpBroker(modelContext());
  const queue = amqp.assertQueue('q', { autoDelete: true });
  const stops = [1, 2].map(() => amqp.consume('q', () => {}));
  stops[0]?.();
  expect(queue.exists).toBe(true);
  stops[1]?.();
  expect(queue.exists).toBe(false);
});

it('tells its consumers when it is deleted under them', () => {
  const { peer, consume } = amqpScene();
  consume(1, 'c');
  peer.send(2, 'queue.delete', { queue: 'q' });
  const cancel = peer.takeAll().find((item) => item.kind === 'method' && item.name === 'basic.cancel');
  expect(cancel).toMatchObject({ channel: 1, args: { consumerTag: 'c' } });
});
