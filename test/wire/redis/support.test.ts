import { expect, test } from 'vitest';
import { supportedCommands } from '../../../src/wire/redis/support.js';
import { RedisServer } from '../../helpers/redis-server.js';

test('lists every command once, and each is known to the door', () => {
  const all = supportedCommands().flatMap(([, commands]) => commands);
  const names = all.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(expect.arrayContaining(['SUBSCRIBE', 'PUBSUB NUMSUB', 'CLIENT SETINFO', 'GET']));
  const server = new RedisServer();
  for (const name of names) {
    const answer = server.connect().ask(...name.split(' '));
    expect(answer).not.toMatch(/^-ERR unknown (?:sub)?command/);
  }
});
