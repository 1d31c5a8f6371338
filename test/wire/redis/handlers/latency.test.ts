import { expect, test } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

test('nothing is slow by itself', () => {
  const client = new RedisServer().connect();
  expect(client.ask('LATENCY', 'LATEST') + client.ask('LATENCY', 'HISTORY', 'x')).toBe('*0\r\n*0\r\n');
  expect(client.ask('LATENCY', 'GRAPH', 'x')).toBe("-ERR No samples available for event 'x'\r\n");
  expect(client.ask('LATENCY', 'DOCTOR')).toContain('Latency monitoring is disabled');
  client.ask('CONFIG', 'SET', 'latency-monitor-threshold', '100');
  expect(client.ask('LATENCY', 'DOCTOR')).toContain('no latency spike was observed');
});

test('HISTOGRAM counts calls, for a container those of its subcommands', () => {
  const client = new RedisServer().connect();
  client.send('HELLO', '3').send('PING').send('PING').send('CLIENT', 'ID').take();
  const calls = (name: string, count: number) =>
    `$${name.length}\r\n${name}\r\n%2\r\n$5\r\ncalls\r\n:${count}\r\n$14\r\nhistogram_usec\r\n%1\r\n:1\r\n:${count}\r\n`;
  expect(client.ask('LATENCY', 'HISTOGRAM', 'ping')).toBe(`%1\r\n${calls('ping', 2)}`);
  expect(client.ask('LATENCY', 'HISTOGRAM', 'CLIENT', 'nosuch')).toBe(`%1\r\n${calls('client|id', 1)}`);
  expect(client.ask('LATENCY', 'HISTOGRAM', 'nosuch')).toBe('%0\r\n');
});

test('a command that sleeps is an event until it is reset', async () => {
  const server = new RedisServer({ debug: true });
  const client = server.connect();
  client.send('CONFIG', 'SET', 'latency-monitor-threshold', '1').send('DEBUG', 'SLEEP', '0.005').take();
  await server.advance(10);
  const at = `:${Math.floor(server.clock.now / 1000)}\r\n`;
  expect(client.ask('LATENCY', 'LATEST')).toBe(`*1\r\n*4\r\n$7\r\ncommand\r\n${at}:5\r\n:5\r\n`);
  expect(client.ask('LATENCY', 'HISTORY', 'command')).toBe(`*1\r\n*2\r\n${at}:5\r\n`);
  expect(client.ask('LATENCY', 'RESET', 'foo') + client.ask('LATENCY', 'RESET')).toBe(':0\r\n:1\r\n');
  expect(client.ask('LATENCY', 'LATEST')).toBe('*0\r\n');
});
