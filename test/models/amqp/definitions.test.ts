import { describe, expect, it } from 'vitest';
import { AmqpBroker } from '../../../src/models/amqp/index.js';
import { modelContext } from '../../helpers/amqp-recording.js';

describe('definitions', () => {
  it('come back as they were exported', () => {
    const amqp = new AmqpBroker(modelContext());
    amqp.addVhost('other');
    amqp.setUser('ann', { password: 'secret', tags: 'monitoring' });
    amqp.setPermissions('ann', 'other', { configure: '^a', write: '.*', read: '' });
    amqp.vhosts.get('other')?.setLimit('max-queues', 7);
    amqp.assertExchange('x', 'topic', { alternateExchange: 'y' });
    amqp.assertQueue('q', { maxLength: 5 });
    amqp.bind('q', 'x', 'a.#', { k: 'v' });
    const exported = amqp.exportDefinitions();
    expect(exported.queues).toEqual([
      { vhost: '/', name: 'q', durable: true, auto_delete: false, arguments: { 'x-max-length': 5 } },
    ]);
    const other = new AmqpBroker(modelContext());
    other.importDefinitions(JSON.parse(JSON.stringify(exported)));
    expect(other.exportDefinitions()).toEqual(exported);
    expect(other.authenticate('ann', 'secret')).toBe(true);
    expect(other.publish('x', 'a.b', '').routed).toEqual(['q']);
  });

  it('leave what exists alone and skip bindings of what is missing', () => {
    const amqp = new AmqpBroker(modelContext());
    amqp.assertQueue('q', { maxLength: 5 });
    amqp.importDefinitions({
      queues: [{ name: 'q', vhost: '/', arguments: {} }],
      bindings: [{ source: 'amq.direct', vhost: '/', destination: 'nope', destination_type: 'queue', routing_key: '' }],
    });
    expect(amqp.exportDefinitions('/').queues[0].arguments).toEqual({ 'x-max-length': 5 });
    expect(amqp.exchange('amq.direct').bindings).toEqual([]);
  });

  it('name what is wrong', () => {
    const amqp = new AmqpBroker(modelContext());
    expect(() => amqp.importDefinitions({ queues: [{ name: 'q', vhost: 'zzz' }] })).toThrow("no vhost 'zzz'");
    expect(() => amqp.importDefinitions([])).toThrow('failed_to_parse_json');
  });

  it('accept RabbitMQ’s password hashes', () => {
    const amqp = new AmqpBroker(modelContext());
    // Salt 908d c60a, password "test12": the example of RabbitMQ's documentation.
    const password_hash = 'kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR';
    amqp.importDefinitions({ users: [{ name: 'bob', password_hash, tags: '' }] });
    expect(amqp.authenticate('bob', 'test12')).toBe(true);
    expect(amqp.authenticate('bob', 'test13')).toBe(false);
  });
});
