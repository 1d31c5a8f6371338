import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { type Broker, createBroker } from '../../src/index.js';

let broker: Broker;
afterEach(() => broker.close());

it.each([
  ['Kafka', Buffer.from('0000000a0012000000000001ffff', 'hex'), /^\0\0/],
  ['AMQP', Buffer.from('AMQP\0\0\x09\x01', 'latin1'), /PLAIN/],
  ['Redis', Buffer.from('PING\r\n'), /^\+PONG\r\n$/],
  ['HTTP', Buffer.from('GET /api/overview HTTP/1.1\r\nHost: x\r\n\r\n'), /^HTTP\/1\.1 401/],
])('%s is answered by its own door', async (_name, bytes, answer) => {
  broker = createBroker();
  const client = broker.connect();
  client.write(bytes);
  const [first] = await once(client, 'data');
  expect((first as Buffer).toString('latin1')).toMatch(answer);
});
