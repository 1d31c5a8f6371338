import { expect, test } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

const SWITCH = 'before disabling tracking for this client, and then re-enabling it with a different mode.';

test('options that do not go together are refused, and nothing changes', () => {
  const refusals: ReadonlyArray<readonly [before: string, options: string, line: string]> = [
    ['', 'PREFIX x', 'ERR PREFIX option requires BCAST mode to be enabled'],
    ['', 'BCAST OPTIN', 'ERR OPTIN and OPTOUT are not compatible with BCAST'],
    ['', 'OPTIN OPTOUT', "ERR You can't specify both OPTIN mode and OPTOUT mode"],
    ['', 'REDIRECT 99', 'ERR The client ID you want redirect to does not exist'],
    ['', 'REDIRECT x', 'ERR value is not an integer or out of range'],
    ['', 'REDIRECT 1 REDIRECT 1', 'ERR A client can only redirect to a single other client'],
    ['', 'FOO', 'ERR syntax error'],
    ['ON', 'BCAST', `ERR You can't switch BCAST mode on/off ${SWITCH}`],
    ['ON OPTIN', 'OPTOUT', `ERR You can't switch OPTIN/OPTOUT mode ${SWITCH}`],
    [
      'ON BCAST PREFIX ab',
      'BCAST PREFIX a',
      "ERR Prefix 'a' overlaps with an existing prefix 'ab'. Prefixes for a single client must not overlap.",
    ],
    [
      '',
      'BCAST PREFIX a PREFIX ab',
      "ERR Prefix 'a' overlaps with another provided prefix 'ab'. Prefixes for a single client must not overlap.",
    ],
  ];
  for (const [before, options, line] of refusals) {
    const client = new RedisServer().connect();
    if (before !== '') client.ask('CLIENT', 'TRACKING', ...before.split(' '));
    const info = client.ask('CLIENT', 'TRACKINGINFO');
    expect(client.ask('CLIENT', 'TRACKING', 'ON', ...options.split(' '))).toBe(`-${line}\r\n`);
    expect(client.ask('CLIENT', 'TRACKINGINFO')).toBe(info);
  }
  expect(new RedisServer().connect().ask('CLIENT', 'TRACKING', 'MAYBE')).toBe('-ERR syntax error\r\n');
});

test('CACHING is for its mode only', () => {
  const client = new RedisServer().connect();
  expect(client.ask('CLIENT', 'CACHING', 'YES')).toContain('can be called only when the client is in tracking mode');
  client.ask('CLIENT', 'TRACKING', 'ON', 'OPTIN');
  expect(client.ask('CLIENT', 'CACHING', 'NO')).toBe(
    '-ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.\r\n',
  );
  expect(client.ask('CLIENT', 'CACHING', 'FOO')).toBe('-ERR syntax error\r\n');
  expect(client.ask('CLIENT', 'CACHING', 'YES')).toBe('+OK\r\n');
});

test('TRACKINGINFO, GETREDIR, CLIENT LIST and INFO tell what is on', () => {
  const client = new RedisServer().connect();
  expect(client.ask('CLIENT', 'GETREDIR')).toBe(':-1\r\n');
  client.ask('CLIENT', 'TRACKING', 'ON', 'BCAST', 'PREFIX', 'b', 'PREFIX', 'a', 'NOLOOP');
  expect(client.ask('CLIENT', 'TRACKINGINFO')).toBe(
    '*6\r\n$5\r\nflags\r\n*3\r\n$2\r\non\r\n$5\r\nbcast\r\n$6\r\nnoloop\r\n$8\r\nredirect\r\n:0\r\n' +
      '$8\r\nprefixes\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n',
  );
  expect(client.ask('CLIENT', 'INFO')).toMatch(/ flags=tB .* redir=0 /);
  const info = client.ask('INFO');
  expect(info).toMatch(/tracking_clients:1\r\n[\s\S]*tracking_total_prefixes:2\r\n/);
});
