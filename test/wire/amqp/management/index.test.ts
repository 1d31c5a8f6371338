import { describe, expect, test } from 'vitest';
import { ENDPOINTS } from '../../../../src/wire/amqp/management/index.js';
import { AmqpWorld } from '../../../helpers/amqp-wire.js';

describe('management API', () => {
  test('wants credentials, right ones, and a user with a tag', async () => {
    const world = new AmqpWorld();
    world.broker.setUser('plain', { password: 'x' });
    world.broker.setUser('watcher', { password: 'x', tags: 'management' });
    expect(await world.http('GET', '/api/overview', undefined, 'guest:wrong')).toMatchObject({
      status: 401,
      body: { error: 'not_authorized', reason: 'Login failed' },
    });
    expect((await world.http('GET', '/api/overview', undefined, 'plain:x')).status).toBe(401);
    expect((await world.http('GET', '/api/overview', undefined, 'watcher:x')).status).toBe(200);
    expect((await world.http('GET', '/api/users', undefined, 'watcher:x')).status).toBe(401);
  });

  test('a path that is known in another method gets 405, any other 404', async () => {
    const world = new AmqpWorld();
    expect((await world.http('POST', '/api/queues/%2F/q')).status).toBe(405);
    expect(await world.http('GET', '/api/nope')).toEqual({
      status: 404,
      body: { error: 'Object Not Found', reason: 'Not Found' },
    });
  });

  test('every list endpoint answers', async () => {
    const world = new AmqpWorld();
    for (const { method, path } of ENDPOINTS) {
      if (method !== 'GET' || path.replace('{vhost}', '').includes('{')) continue;
      const answer = await world.http('GET', path.replace('{vhost}', '%2F'));
      expect([path, answer.status]).toEqual([path, 200]);
    }
  });

  test('connections, channels and consumers are listed, and a connection can be closed', async () => {
    const world = new AmqpWorld();
    const peer = world.connect();
    peer.call(1, 'channel.open');
    peer.call(1, 'queue.declare', { queue: 'q' });
    peer.call(1, 'basic.qos', { prefetchCount: 7 });
    peer.call(1, 'basic.consume', { queue: 'q', consumerTag: 'tag' });
    const name = '127.0.0.1:40001 -> 127.0.0.1:5672';
    const { body: connections } = await world.http('GET', '/api/connections');
    expect(connections).toMatchObject([
      { name, user: 'guest', vhost: '/', state: 'running', channels: 1, frame_max: 131_072 },
    ]);
    const { body: channels } = await world.http('GET', '/api/channels');
    expect(channels).toMatchObject([{ name: `${name} (1)`, number: 1, consumer_count: 1, prefetch_count: 7 }]);
    const { body: consumers } = await world.http('GET', '/api/consumers');
    expect(consumers).toMatchObject([{ consumer_tag: 'tag', queue: { name: 'q', vhost: '/' }, activity_status: 'up' }]);
    expect((await world.http('DELETE', `/api/connections/${encodeURIComponent(name)}`)).status).toBe(204);
    expect(peer.takeAll()).toMatchObject([
      {
        name: 'connection.close',
        args: { replyCode: 320, replyText: 'CONNECTION_FORCED - Closed via management plugin' },
      },
    ]);
  });

  test('lists take columns, sort and pages', async () => {
    const world = new AmqpWorld();
    for (const name of ['b', 'a', 'c']) await world.http('PUT', `/api/queues/%2F/${name}`, {});
    expect((await world.http('GET', '/api/queues?columns=name&sort=name&sort_reverse=true')).body).toEqual([
      { name: 'c' },
      { name: 'b' },
      { name: 'a' },
    ]);
    expect((await world.http('GET', '/api/queues?page=2&page_size=2&columns=name')).body).toEqual({
      filtered_count: 3,
      item_count: 1,
      items: [{ name: 'c' }],
      page: 2,
      page_count: 2,
      page_size: 2,
      total_count: 3,
    });
  });

  test('what is missing in a body is named', async () => {
    const world = new AmqpWorld();
    await world.http('PUT', '/api/queues/%2F/q', {});
    const asked = { count: 1, encoding: 'auto' };
    expect((await world.http('POST', '/api/queues/%2F/q/get', asked)).body).toEqual({
      error: 'bad_request',
      reason: '[{key_missing,ackmode}]',
    });
    expect((await world.http('PUT', '/api/users/u', { password: 'x' })).body.reason).toBe('tags_not_present');
    expect(
      (await world.http('PUT', '/api/permissions/nope/u', { configure: '', write: '', read: '' })).body.reason,
    ).toBe('vhost_or_user_not_found');
  });

  test('definitions of one broker make another the same', async () => {
    const world = new AmqpWorld();
    await world.http('PUT', '/api/vhosts/v', { description: 'd' });
    await world.http('PUT', '/api/users/u', { password: 'secret', tags: 'monitoring' });
    await world.http('PUT', '/api/permissions/v/u', { configure: '^a', write: '.*', read: '.*' });
    await world.http('PUT', '/api/policies/v/p', {
      pattern: '^q',
      definition: { 'max-length': 3 },
      'apply-to': 'queues',
    });
    await world.http('PUT', '/api/operator-policies/v/o', {
      pattern: '^q',
      definition: { expires: 5 },
      'apply-to': 'queues',
    });
    await world.http('PUT', '/api/vhost-limits/v/max-queues', { value: 5 });
    await world.http('PUT', '/api/queues/v/q', { durable: true, arguments: { 'x-max-length': 5 } });
    await world.http('PUT', '/api/exchanges/v/x', { type: 'headers' });
    await world.http('POST', '/api/bindings/v/e/x/q/q', { routing_key: 'k', arguments: { a: 1 } });
    const { body } = await world.http('GET', '/api/definitions');
    const other = new AmqpWorld();
    expect((await other.http('POST', '/api/definitions', body)).status).toBe(204);
    expect((await other.http('GET', '/api/definitions')).body).toEqual(body);
    expect(other.broker.authenticate('u', 'secret')).toBe(true);
    expect((await other.http('POST', '/api/definitions', body)).status).toBe(204);
  });

  test('definitions for an unknown vhost are refused, a binding to nothing is left out', async () => {
    const world = new AmqpWorld();
    const queue = { name: 'q', vhost: 'zzz', durable: true, auto_delete: false, arguments: {} };
    expect(await world.http('POST', '/api/definitions', { queues: [queue] })).toEqual({
      status: 400,
      body: { error: 'bad_request', reason: ['no_such_vhost', 'zzz'] },
    });
    const binding = {
      source: 'amq.direct',
      vhost: '/',
      destination: 'nope',
      destination_type: 'queue',
      routing_key: '',
      arguments: {},
    };
    expect((await world.http('POST', '/api/definitions', { bindings: [binding] })).status).toBe(204);
  });

  test('the live values are those of the broker', async () => {
    const world = new AmqpWorld();
    const peer = world.connect();
    peer.call(1, 'channel.open');
    peer.call(1, 'queue.declare', { queue: 'q' });
    peer.publish(1, { routingKey: 'q' }, {}, 'hello');
    peer.publish(1, { routingKey: 'q' }, {}, 'x');
    peer.call(1, 'basic.get', { queue: 'q' });
    expect((await world.http('GET', '/api/queues/%2F/q')).body).toMatchObject({
      messages: 2,
      messages_ready: 1,
      messages_unacknowledged: 1,
      message_bytes_ready: 1,
      consumers: 0,
    });
    expect((await world.http('GET', '/api/overview')).body.queue_totals.messages).toBe(2);
  });
});
