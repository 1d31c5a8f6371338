import { expect, it } from 'vitest';
import { amqpScene, refusal } from '../../../helpers/amqp-scene.js';

it('declare, bind, unbind and delete are answered unless nowait', () => {
  const { peer, take } = amqpScene();
  const calls: [string, Record<string, unknown>][] = [
    ['exchange.declare', { exchange: 'e', type: 'topic' }],
    ['exchange.bind', { destination: 'e', source: 'amq.topic', routingKey: 'a' }],
    ['exchange.unbind', { destination: 'e', source: 'amq.topic', routingKey: 'a' }],
    ['exchange.delete', { exchange: 'e' }],
  ];
  for (const [name, args] of calls) expect(peer.call(1, name, args).name).toBe(`${name}-ok`);
  for (const [name, args] of calls) peer.send(1, name, { ...args, nowait: true });
  expect(take()).toEqual([]);
});

it('a message follows a binding between exchanges until it is removed', () => {
  const { peer, take } = amqpScene();
  peer.call(1, 'exchange.declare', { exchange: 'e', type: 'fanout' });
  peer.call(1, 'queue.bind', { queue: 'q', exchange: 'e' });
  const ends = { destination: 'e', source: 'amq.direct', routingKey: 'k' };
  peer.call(1, 'exchange.bind', ends);
  peer.publish(1, { exchange: 'amq.direct', routingKey: 'k' }, {}, 'x');
  peer.call(1, 'exchange.unbind', ends);
  peer.publish(1, { exchange: 'amq.direct', routingKey: 'k' }, {}, 'y');
  expect(take()).toEqual([]);
  expect(peer.call(1, 'basic.get', { queue: 'q', noAck: true }).body).toBe('x');
  expect(peer.call(1, 'basic.get', { queue: 'q', noAck: true }).name).toBe('basic.get-empty');
});

it.each<[string, Record<string, unknown>, string]>([
  ['exchange.declare', { exchange: 'e', type: 'odd' }, "503 COMMAND_INVALID - unknown exchange type 'odd'"],
  ['exchange.declare', { exchange: 'e', type: 'none' }, "503 COMMAND_INVALID - invalid exchange type 'none'"],
  ['exchange.declare', { exchange: 'none', passive: true }, "404 NOT_FOUND - no exchange 'none' in vhost '/'"],
  ['exchange.bind', { destination: 'none', source: 'amq.topic' }, "404 NOT_FOUND - no exchange 'none' in vhost '/'"],
])('%s %j: %s', (name, args, text) => {
  expect(refusal(amqpScene().world, name, args)).toBe(text);
});

it('an exchange of the server may not be declared otherwise nor deleted', () => {
  const { world } = amqpScene();
  expect(refusal(world, 'exchange.delete', { exchange: 'amq.topic' })).toMatch(/^403 ACCESS_REFUSED/);
  expect(refusal(world, 'exchange.declare', { exchange: 'amq.new', type: 'topic' })).toMatch(/^403 ACCESS_REFUSED/);
});
