import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RedisServer, settled } from '../../helpers/redis-server.js';
import { encodeRequest } from '../../helpers/resp.js';

describe('a connection', () => {
  test('takes an empty request for the one that CLIENT REPLY SKIP silences', () => {
    const client = new RedisServer().connect();
    client.send('CLIENT', 'REPLY', 'SKIP').sendRaw('\r\n');
    expect(client.ask('PING')).toBe('+PONG\r\n');
    client.send('CLIENT', 'REPLY', 'SKIP').sendRaw('*0\r\n').send('CLIENT', 'REPLY', 'SKIP').send('PING');
    expect(client.ask('PING')).toBe('+PONG\r\n');
  });

  test('answers what came before a mistake, then the mistake, then closes', async () => {
    const client = new RedisServer().connect();
    client.sendRaw('PING\r\n*1\r\n:1\r\nPING\r\n');
    expect(client.take()).toBe("+PONG\r\n-ERR Protocol error: expected '$', got ':'\r\n");
    await settled();
    expect(client.closed).toBe(true);
  });

  test('whose last reply is silenced stays open, deaf, until there is something to write', async () => {
    for (const last of ['QUIT\r\n', '*1\r\n:1\r\n']) {
      const server = new RedisServer();
      const [client, other] = [server.connect(), server.connect()];
      client.send('SUBSCRIBE', 'x').take();
      client.session.replyMode = 'off';
      client.sendRaw(`${last}PING\r\n`);
      await settled();
      expect([client.closed, client.take()]).toEqual([false, '']);
      expect(other.ask('PUBLISH', 'x', 'm')).toBe(':1\r\n');
      await settled();
      expect([client.closed, client.take()]).toEqual([true, '']);
    }
  });

  test('that stays open, deaf, is closed by its peer', async () => {
    const client = new RedisServer().connect();
    client.send('CLIENT', 'REPLY', 'OFF').send('QUIT');
    expect(client.closed).toBe(false);
    client.session.peerEnded();
    await settled();
    expect(client.closed).toBe(true);
  });

  test('is closed without a word by what an HTTP client would send', async () => {
    for (const bytes of ['POST / HTTP/1.1\r\n', 'Host: x\r\n', 'host: x\r\n']) {
      const client = new RedisServer().connect();
      client.sendRaw(`${bytes}PING\r\n`);
      await settled();
      expect([client.take(), client.closed]).toEqual(['', true]);
    }
  });

  test('keeps to limits that were set since its last request', async () => {
    const client = new RedisServer().connect();
    client.sendRaw('PING\r\nCONFIG SET proto-max-bulk-len 1mb\r\n*1\r\n$1048577\r\n');
    expect(client.take()).toBe('+PONG\r\n+OK\r\n-ERR Protocol error: invalid bulk length\r\n');
    await settled();
    expect(client.closed).toBe(true);
  });

  test('answers everything after the peer has finished sending', async () => {
    const client = new RedisServer().connect();
    client.sendRaw('PING\r\nECHO a\r\n').halfClose();
    await settled();
    expect([client.take(), client.closed]).toEqual(['+PONG\r\n$1\r\na\r\n', true]);
  });

  test('beyond maxclients is told so and closed', async () => {
    const server = new RedisServer({ config: { maxclients: '1' } });
    server.connect();
    const second = server.connect();
    await settled();
    expect([second.take(), second.closed]).toEqual(['-ERR max number of clients reached\r\n', true]);
    expect(server.door.stats.rejectedConnections).toBe(1);
  });

  test('says goodbye on shutdown by closing, and leaves nothing behind', async () => {
    const server = new RedisServer();
    const client = server.connect();
    client.ask('SUBSCRIBE', 'x');
    client.shutdown();
    await settled();
    expect(client.closed).toBe(true);
    expect([server.door.sessions.size, server.model.channels.channelCount]).toEqual([0, 0]);
  });

  test('serves native callbacks after its command, and the writer before them', () => {
    const server = new RedisServer();
    const client = server.connect();
    const seen: string[] = [];
    server.model.subscribe('x', (message) => {
      seen.push(message.text());
      server.model.publish('y', 'from the callback');
    });
    client.ask('HELLO', '3');
    client.ask('SUBSCRIBE', 'y');
    const answer = client.ask('PUBLISH', 'x', 'hi');
    expect(answer).toBe(':1\r\n>3\r\n$7\r\nmessage\r\n$1\r\ny\r\n$17\r\nfrom the callback\r\n');
    expect(seen).toEqual(['hi']);
  });
});

describe('faults', () => {
  const faulty = (
    verdict: Parameters<RedisServer['interceptors']['add']>[0] extends (r: never) => infer V ? V : never,
  ) => {
    const server = new RedisServer();
    server.interceptors.add(({ operation }) => (operation === 'GET' ? verdict : undefined));
    return { server, client: server.connect() };
  };

  test('reply', () => {
    const { client } = faulty({ kind: 'reply', error: '-LOADING Redis is loading the dataset in memory' });
    expect(client.ask('GET', 'k')).toBe('-LOADING Redis is loading the dataset in memory\r\n');
    expect(client.ask('PING')).toBe('+PONG\r\n');
  });

  test('drop', () => {
    const { client } = faulty({ kind: 'drop' });
    client.send('GET', 'k');
    expect(client.ask('PING')).toBe('+PONG\r\n');
  });

  test('delay holds back what comes behind it', async () => {
    const { server, client } = faulty({ kind: 'delay', delayMs: 100 });
    client.send('GET', 'k').send('PING');
    await server.advance(99);
    expect(client.take()).toBe('');
    await server.advance(1);
    expect(client.take()).toBe('$-1\r\n+PONG\r\n');
  });

  test('cut and close', async () => {
    const cut = faulty({ kind: 'cut', bytes: 2 });
    cut.client.send('GET', 'k');
    await settled();
    expect([cut.client.take(), cut.client.closed]).toEqual(['$-', true]);
    const close = faulty({ kind: 'close' });
    close.client.send('GET', 'k');
    await settled();
    expect([close.client.take(), close.client.closed]).toEqual(['', true]);
  });
});

describe('whatever arrives', () => {
  const conversation = [
    ['HELLO', '3'],
    ['SUBSCRIBE', 'x', 'y'],
    ['PUBLISH', 'x', 'a\r\nb'],
    ['MULTI'],
    ['SET', 'k', 'v'],
    ['GET', 'k'],
    ['EXEC'],
    ['UNSUBSCRIBE'],
    ['NOSUCH', 'a'],
    ['RESET'],
    ['PING'],
  ].map(encodeRequest);

  test('every cut of a conversation gives the same answers', () => {
    const bytes = conversation.join('');
    const whole = new RedisServer().connect().sendRaw(bytes).take();
    for (let cut = 1; cut < bytes.length; cut++) {
      const client = new RedisServer().connect();
      expect(client.sendRaw(bytes.slice(0, cut)).sendRaw(bytes.slice(cut)).take()).toBe(whole);
    }
    const slow = new RedisServer().connect();
    for (const byte of bytes) slow.sendRaw(byte);
    expect(slow.take()).toBe(whole);
  });

  test('prop: no bytes disturb the server or another connection', async () => {
    const words = [
      '*1\r\n',
      '*3\r\n',
      '$3\r\n',
      '$-1\r\n',
      'SET',
      'PUBLISH',
      '\r\n',
      '\n',
      '"',
      '\\',
      '\0',
      'x',
      ' ',
      '\xff',
    ];
    const commands = ['SUBSCRIBE x', 'MULTI', 'EXEC', 'HELLO 3', 'CLIENT REPLY OFF', 'ACL LIST', 'MONITOR', 'INFO'];
    const piece = fc.constantFrom(...words, ...conversation, ...commands.map((line) => `${line}\r\n`));
    const known = Object.getOwnPropertyNames(Object.prototype).length;
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 20 }), async (pieces) => {
        const server = new RedisServer();
        const other = server.connect();
        const client = server.connect();
        for (const bytes of pieces) client.sendRaw(bytes);
        expect(other.ask('PING')).toBe('+PONG\r\n');
        client.close();
        await settled();
        expect(server.errors).toEqual([]);
        expect(server.door.sessions.size).toBe(1);
        expect(server.model.channels.channelCount + server.model.channels.patternCount).toBe(0);
      }),
      { numRuns: 2_000 },
    );
    expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(known);
  });
});
