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

test('HELP tells of the subcommands that the release knows, all of them and no other', async () => {
  for (const version of ['7.0', '7.2'] as const) {
    const server = new RedisServer({ version, cluster: true });
    await server.door.scripting.load();
    const client = server.connect();
    for (const { name, subcommands } of server.door.commands.values()) {
      if (!subcommands) continue;
      const words = client.ask(name, 'HELP').match(/(?<=\r\n\+)[A-Z-]+/g);
      const known = [...subcommands].filter(([, sub]) => exists(sub, version)).map(([word]) => word.toUpperCase());
      // SLAVES is the old name of REPLICAS.
      const told = new Set(words?.filter((word) => word !== name.toUpperCase()));
      expect([...told].sort()).toEqual(known.filter((word) => word !== 'SLAVES').sort());
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
