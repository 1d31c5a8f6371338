import { expect, test } from 'vitest';
import { exists } from '../../../../src/wire/redis/dispatch.js';
import { RedisServer } from '../../../helpers/redis-server.js';

test('every container has a HELP of the same frame', () => {
  const client = new RedisServer().connect();
  for (const container of ['CLIENT', 'CONFIG', 'COMMAND', 'OBJECT', 'ACL', 'PUBSUB', 'MEMORY']) {
    const help = client.ask(container, 'HELP');
    expect(help).toContain(`+${container} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:\r\n`);
    expect(help.endsWith('+HELP\r\n+    Prints this help.\r\n')).toBe(true);
    expect(client.ask(container, 'HELP', 'x')).toContain(`'${container.toLowerCase()}|help'`);
  }
});

test('HELP tells of every subcommand that the release knows, and of none that it does not', async () => {
  for (const version of ['7.0', '7.2'] as const) {
    const server = new RedisServer({ version });
    await server.door.scripting.load();
    const client = server.connect();
    for (const { name, subcommands } of server.door.commands.values()) {
      if (!subcommands || name === 'cluster') continue;
      const told = client.ask(name, 'HELP').match(/(?<=\r\n\+)[A-Z-]+/g);
      for (const [word, sub] of subcommands) {
        expect(told?.includes(word.toUpperCase()), sub.name).toBe(exists(sub, version));
      }
    }
  }
});

test('HELP explains in indented lines', () => {
  expect(new RedisServer().connect().ask('XINFO', 'HELP')).toBe(
    [
      '*9\r\n+XINFO <subcommand> [<arg> [value] [opt] ...]. Subcommands are:',
      '+CONSUMERS <key> <groupname>',
      '+    Show consumers of <groupname>.',
      '+GROUPS <key>',
      '+    Show the stream consumer groups.',
      '+STREAM <key> [FULL [COUNT <count>]',
      '+    Show information about the stream.',
      '+HELP',
      '+    Prints this help.\r\n',
    ].join('\r\n'),
  );
});

test.each([
  'CLIENT PAUSE 1 ALL x',
  'client UNBLOCK 1 TIMEOUT x',
  'PUBSUB CHANNELS a b',
  'ACL CAT a b',
  'SLOWLOG get 1 2',
])('%s has an argument too many', (line) => {
  const words = line.split(' ') as [string, string];
  expect(new RedisServer().connect().ask(...words)).toBe(
    `-ERR unknown subcommand or wrong number of arguments for '${words[1]}'. Try ${words[0].toUpperCase()} HELP.\r\n`,
  );
});
