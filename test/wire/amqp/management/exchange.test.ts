import { expect, test } from 'vitest';
import { AmqpWorld } from '../../../helpers/amqp-wire.js';

test('an exchange is declared once, shown and deleted', async () => {
  const world = new AmqpWorld();
  const exchange = '/api/exchanges/%2F/x';
  expect((await world.http('PUT', exchange, { type: 'topic', durable: true })).status).toBe(201);
  expect((await world.http('PUT', exchange, { type: 'topic', durable: true })).status).toBe(204);
  expect((await world.http('PUT', exchange, { type: 'fanout', durable: true })).body.reason).toContain(
    "inequivalent arg 'type'",
  );
  expect((await world.http('GET', exchange)).body).toMatchObject({ name: 'x', type: 'topic', durable: true });
  await world.http('POST', '/api/bindings/%2F/e/x/e/amq.fanout', {});
  expect((await world.http('DELETE', `${exchange}?if-unused=true`)).body.reason).toContain('in use');
  expect((await world.http('GET', `${exchange}/bindings/source`)).body).toMatchObject([{ destination: 'amq.fanout' }]);
  expect((await world.http('GET', '/api/exchanges/%2F/amq.fanout/bindings/destination')).body).toMatchObject([
    { source: 'x', destination_type: 'exchange' },
  ]);
  expect((await world.http('DELETE', exchange)).status).toBe(204);
  expect((await world.http('GET', exchange)).status).toBe(404);
});

test('publishing says whether a queue was reached, and carries properties and bytes', async () => {
  const world = new AmqpWorld();
  await world.http('PUT', '/api/queues/%2F/q', {});
  const publish = (more: object, exchange = 'amq.default') =>
    world.http('POST', `/api/exchanges/%2F/${exchange}/publish`, {
      routing_key: 'q',
      properties: { content_type: 'a/b', delivery_mode: 2 },
      payload: Buffer.from([0, 255]).toString('base64'),
      payload_encoding: 'base64',
      ...more,
    });
  expect((await publish({})).body).toEqual({ routed: true });
  expect((await publish({ routing_key: 'nope' })).body).toEqual({ routed: false });
  const message = world.broker.get('q');
  expect([...(message?.body ?? [])]).toEqual([0, 255]);
  expect(message?.properties).toMatchObject({ contentType: 'a/b', deliveryMode: 2 });
  expect((await publish({ payload_encoding: 'hex' })).body.reason).toEqual(['unsupported_encoding', 'hex']);
  expect((await publish({}, 'nope')).body.reason).toBe("404 NOT_FOUND - no exchange 'nope' in vhost '/'");
});
