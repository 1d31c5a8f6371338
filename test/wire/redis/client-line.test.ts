import { expect, test } from 'vitest';
import { addressOf, clientLine } from '../../../src/wire/redis/client-line.js';
import { RedisServer } from '../../helpers/redis-server.js';

test('addresses of IPv6 stand in brackets', () => {
  expect([addressOf({ address: '::1', port: 1 }), addressOf({ address: '127.0.0.1', port: 2 })]).toEqual([
    '[::1]:1',
    '127.0.0.1:2',
  ]);
});

test('the command is the last that was sent, also when it was refused, queued, or ran others', () => {
  const client = new RedisServer({ version: '7.0' }).connect();
  const commandAfter = (...args: string[]) => {
    client.ask(...args);
    return / cmd=(\S+)/.exec(clientLine(client.session))?.[1];
  };
  expect(commandAfter('GET')).toBe('get');
  expect(commandAfter('NOSUCH')).toBe('NULL');
  expect(commandAfter('MULTI')).toBe('multi');
  expect(commandAfter('CLIENT', 'ID')).toBe('client|id');
  expect(commandAfter('EXEC')).toBe('exec');
});
