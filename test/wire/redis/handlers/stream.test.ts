import { describe, expect, it } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

describe('streams', () => {
  it('take their time from the clock of the broker, and never go back', () => {
    const server = new RedisServer();
    const client = server.connect();
    const now = server.clock.now;
    expect(client.ask('XADD', 's', '*', 'f', 'v')).toContain(`${now}-0`);
    expect(client.ask('XADD', 's', '*', 'f', 'v')).toContain(`${now}-1`);
    expect(client.ask('XADD', 's', '99999999999999-5', 'f', 'v') + client.ask('XADD', 's', '*', 'f', 'v')).toContain(
      '99999999999999-6',
    );
  });

  it.each([
    [['XADD', 's', '0-0', 'f', 'v'], 'The ID specified in XADD must be greater than 0-0'],
    [['XADD', 's', 'LIMIT', '1', '*', 'f', 'v'], 'LIMIT cannot be used without specifying a trimming strategy'],
    [['XTRIM', 's', 'LIMIT', '1'], 'LIMIT cannot be used without specifying a trimming strategy'],
    [['XTRIM', 's', 'MAXLEN', '=', '1', 'LIMIT', '0'], 'LIMIT cannot be used without the special ~ option'],
    [['XSETID', 's', '1-1', 'ENTRIESADDED', '-1'], 'entries_added must be positive'],
    [['XSETID', 's', '1-1', 'MAXDELETEDID', '2-2'], 'smaller than the provided max_deleted_entry_id'],
    [['XADD', 's', '*', 'f'], "wrong number of arguments for 'xadd' command"],
  ])('refuse %j', (request, text) => {
    expect(new RedisServer().connect().ask(...request)).toContain(text);
  });

  it('exhaust their identifiers', () => {
    const client = new RedisServer().connect();
    client.send('XADD', 's', '18446744073709551615-18446744073709551615', 'f', 'v').take();
    expect(client.ask('XADD', 's', '*', 'f', 'v')).toContain('exhausted the last possible ID');
  });

  it('drop only whole nodes when trimming is approximate', () => {
    const client = new RedisServer({ config: { 'stream-node-max-entries': '10' } }).connect();
    for (let i = 1; i <= 25; i++) client.send('XADD', 's', `${i}-1`, 'f', 'v');
    client.take();
    expect(client.ask('XTRIM', 's', 'MAXLEN', '~', '12')).toBe(':10\r\n');
    expect(client.ask('XTRIM', 's', 'MINID', '~', '21', 'LIMIT', '5')).toBe(':0\r\n');
    expect(client.ask('XTRIM', 's', 'MINID', '~', '21')).toBe(':10\r\n');
  });
});
