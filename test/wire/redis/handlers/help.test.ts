import { expect, test } from 'vitest';
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
