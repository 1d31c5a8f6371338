import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { turnOfEventLoop, VirtualClock } from '../../src/core/clock.js';
import { Journal } from '../../src/core/journal.js';
import { resolveLimits } from '../../src/core/limits.js';
import type { ConnectionInfo, Session, Transport } from '../../src/wire/door.js';
import { HttpDoor } from '../../src/wire/http/index.js';
import { Listener } from '../../src/wire/listener.js';
import { TcpClient } from '../helpers/tcp-client.js';

/** What a toy door saw of one connection. */
class Seen implements Session {
  readonly transport: Transport;
  readonly info: ConnectionInfo;
  readonly calls: string[] = [];
  received = '';
  /** Replaces what a chunk does; by default it is sent back with the door's name. */
  static onReceive: ((session: Seen, chunk: Uint8Array) => void) | undefined;
  readonly #name: string;

  constructor(name: string, transport: Transport, info: ConnectionInfo) {
    this.#name = name;
    this.transport = transport;
    this.info = info;
  }

  receive(chunk: Uint8Array): void {
    this.received += Buffer.from(chunk).toString('latin1');
    if (Seen.onReceive) Seen.onReceive(this, chunk);
    else this.transport.write(Buffer.concat([Buffer.from(`${this.#name}:`), chunk]));
  }
  drained(): void {
    this.calls.push('drained');
  }
  shutdown(): void {
    this.calls.push('shutdown');
    this.transport.write(Buffer.from('bye'));
    this.transport.end();
  }
  closed(): void {
    this.calls.push('closed');
  }
}

let listener: Listener;
let clock: VirtualClock;
let journal: Journal;
let sessions: Seen[];
let errors: unknown[];
let clients: TcpClient[];

function listen(limits: Parameters<typeof resolveLimits>[0] = {}): Listener {
  const door = (model: 'kafka' | 'amqp' | 'redis') => ({
    model,
    open: (transport: Transport, info: ConnectionInfo) => {
      const session = new Seen(model, transport, info);
      sessions.push(session);
      return session;
    },
  });
  const http = new HttpDoor([() => ({ status: 200, body: 'page' })], (error) => errors.push(error));
  return new Listener({
    clock,
    limits: resolveLimits(limits),
    journal,
    reportError: (error) => void errors.push(error),
    doors: { kafka: door('kafka'), amqp: door('amqp'), redis: door('redis') },
    acceptHttp: (socket, bytes) => http.accept(socket, bytes),
  });
}

async function connect(port?: number): Promise<TcpClient> {
  const client = await TcpClient.connect(`127.0.0.1:${port ?? listener.ports[0]?.address.port}`);
  clients.push(client);
  return client;
}

/** A client whose first bytes have been answered. */
async function talk(bytes = '*'): Promise<TcpClient> {
  const client = await connect();
  await client.send(bytes).until((text) => text.length > 0);
  return client;
}

beforeEach(async () => {
  clock = new VirtualClock();
  journal = new Journal(clock, 100);
  sessions = [];
  errors = [];
  clients = [];
  Seen.onReceive = undefined;
  listener = listen();
  await listener.listen({ host: '127.0.0.1', port: 0, nodeId: 1 });
});

afterEach(async () => {
  for (const client of clients) await client.close();
  await listener.close();
});

describe('a listener', () => {
  it.each([
    ['\x00\x00\x00\x05', 'kafka'],
    ['AMQP\x00\x00\x09\x01', 'amqp'],
    ['*1\r\n', 'redis'],
    ['GET key\r\n', 'redis'],
  ])('opens the door that the first bytes %j ask for', async (bytes, door) => {
    const client = await connect();
    for (const byte of bytes) {
      client.send(byte);
      await turnOfEventLoop();
    }
    await client.until((text) => text.length >= door.length + 1 + bytes.length);
    expect(sessions.map((session) => session.received)).toEqual([bytes]);
    expect(client.text).toContain(`${door}:`);
  });

  it('hands HTTP over with every byte of it', async () => {
    const client = await connect();
    client.send('GET / HT').send('TP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(await client.until((text) => text.includes('page'))).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*page/);
    expect(sessions).toEqual([]);
  });

  it('drops a TLS handshake with a hint in the journal', async () => {
    const client = await connect();
    client.send('\x16\x03\x01');
    await client.closed;
    expect(journal.since()).toMatchObject([{ name: 'protocol-error', reason: expect.stringContaining('TLS') }]);
  });

  it('tells sessions who is connected to which node, from where', async () => {
    const second = await listener.listen({ host: '127.0.0.1', port: 0, nodeId: 2 });
    const one = await talk();
    const two = await connect(second.port);
    await two.send('*').until((text) => text !== '');
    expect(sessions.map(({ info }) => [info.id, info.nodeId, info.local.port, info.remote])).toEqual([
      ['c1', 1, listener.ports[0]?.address.port, { address: '127.0.0.1', port: one.socket.localPort }],
      ['c2', 2, second.port, { address: '127.0.0.1', port: two.socket.localPort }],
    ]);
  });

  it('asks the fallback of a port when the bytes tell nothing', async () => {
    const { port } = await listener.listen({ host: '127.0.0.1', port: 0, nodeId: 1, fallback: 'amqp' });
    const client = await connect(port);
    expect(await client.send('garbage\n').until((text) => text !== '')).toBe('amqp:garbage\n');
  });

  it('closes a connection that says nothing in time, and not one that has spoken', async () => {
    const silent = await connect();
    const talking = await talk();
    await turnOfEventLoop();
    clock.advanceTo(clock.now + 10_000, { liveness: true });
    await silent.closed;
    await talking.send('more').until((text) => text.includes('more'));
    expect(listener.connectionCount).toBe(1);
  });

  it('takes no more connections than its limit', async () => {
    await listener.close();
    listener = listen({ connectionCount: 1 });
    await listener.listen({ host: '127.0.0.1', port: 0, nodeId: 1 });
    const first = await talk();
    const second = await connect();
    await second.closed;
    await first.close();
    await turnOfEventLoop();
    await talk();
  });

  it('treats what a peer says before it leaves as an inline command', async () => {
    const client = await connect();
    client.send('P');
    client.socket.end();
    expect(await client.until((text) => text !== '')).toBe('redis:P');
    await client.closed;
  });

  it('kills the connection of a session that throws, reports it, and no other notices', async () => {
    const witness = await talk();
    const fault = new Error('a defect');
    Seen.onReceive = () => {
      throw fault;
    };
    const victim = await connect();
    victim.send('*');
    await victim.closed;
    Seen.onReceive = undefined;
    expect(errors).toEqual([fault]);
    expect(await witness.send('still').until((text) => text.includes('still'))).toContain('redis:still');
    expect(sessions[1]?.calls).toEqual(['closed']);
  });

  it('says ADDRESS_IN_USE for a taken port, and what to do', async () => {
    const taken = listener.ports[0]?.address.port as number;
    await expect(listener.listen({ host: '127.0.0.1', port: taken, nodeId: 1 })).rejects.toMatchObject({
      code: 'ADDRESS_IN_USE',
      message: expect.stringContaining('use port 0'),
    });
  });

  it('counts what moves', async () => {
    const before = listener.activity;
    await talk();
    expect(listener.activity).toBeGreaterThan(before);
  });
});

describe('a transport', () => {
  it('sends the writes of one turn together and in order, however large', async () => {
    Seen.onReceive = ({ transport }) => {
      for (let i = 0; i < 10; i++) transport.write(Buffer.from(`${i};`));
      transport.write(Buffer.alloc(100_000, 'x'));
      transport.write(Buffer.alloc(0));
      transport.write(Buffer.from('end'));
    };
    const client = await connect();
    client.send('*');
    const text = await client.until((all) => all.endsWith('end'));
    expect(text).toBe(`0;1;2;3;4;5;6;7;8;9;${'x'.repeat(100_000)}end`);
  });

  it('sends everything written before end, and nothing after', async () => {
    Seen.onReceive = ({ transport }) => {
      transport.write(Buffer.alloc(2_000_000, 'x'));
      transport.end();
      transport.end();
      transport.write(Buffer.from('late'));
    };
    const client = await connect();
    client.send('*');
    await client.closed;
    expect(client.text).toBe('x'.repeat(2_000_000));
    expect(sessions[0]?.calls).toContain('closed');
  });

  it('loses what was written when it is destroyed', async () => {
    Seen.onReceive = ({ transport }) => {
      transport.write(Buffer.from('lost'));
      transport.destroy();
    };
    const client = await connect();
    client.send('*');
    await client.closed;
    expect([client.text, sessions[0]?.calls]).toEqual(['', ['closed']]);
  });

  it('reads nothing while it is paused', async () => {
    Seen.onReceive = ({ transport }) => transport.pause();
    const client = await connect();
    client.send('*');
    while (sessions.length === 0) await turnOfEventLoop();
    client.send('more');
    for (let i = 0; i < 5; i++) await turnOfEventLoop();
    expect(sessions[0]?.received).toBe('*');
    Seen.onReceive = undefined;
    sessions[0]?.transport.resume();
    await client.until((text) => text !== '');
    expect(sessions[0]?.received).toBe('*more');
  });

  it('counts what the peer has not taken, and says when it has', async () => {
    const client = await talk();
    const session = sessions[0] as Seen;
    client.socket.pause();
    for (let i = 0; i < 100; i++) session.transport.write(Buffer.alloc(1_000_000));
    expect(session.transport.bufferedBytes).toBe(100_000_000);
    await turnOfEventLoop();
    expect(session.transport.bufferedBytes).toBeGreaterThan(50_000_000);
    client.socket.removeAllListeners('data');
    client.socket.resume();
    while (session.transport.bufferedBytes > 0) await turnOfEventLoop();
    expect(session.calls).toContain('drained');
  });
});

describe('the end', () => {
  it('of all connections is their goodbye', async () => {
    const client = await talk();
    const unknown = await connect();
    await turnOfEventLoop();
    await listener.disconnect();
    await Promise.all([client.closed, unknown.closed]);
    expect([client.text, sessions[0]?.calls, listener.connectionCount]).toEqual([
      'redis:*bye',
      ['shutdown', 'closed'],
      0,
    ]);
  });

  it('of some connections leaves the others', async () => {
    const [one, two] = [await talk(), await talk()];
    await listener.disconnect((info) => info.id === 'c1');
    await one.closed;
    await two.send('here').until((text) => text.includes('here'));
    expect(listener.connectionCount).toBe(1);
  });

  it('comes without a goodbye on reset', async () => {
    const client = await talk();
    expect([listener.reset('c1'), listener.reset('c9')]).toEqual([true, false]);
    await client.closed;
    expect([client.text, sessions[0]?.calls]).toEqual(['redis:*', ['closed']]);
  });

  it('is not held up by a peer that does not read', async () => {
    const client = await talk();
    client.socket.pause();
    sessions[0]?.transport.write(Buffer.alloc(50_000_000));
    await listener.close();
    expect([listener.connectionCount, listener.ports]).toEqual([0, []]);
  });

  it('of a node resets its connections and refuses new ones until it starts again at the same port', async () => {
    const port = listener.ports[0]?.address.port as number;
    const client = await talk();
    await listener.stopNode(1);
    await client.closed;
    await expect(connect(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await listener.startNode(1);
    await listener.startNode(1);
    expect((await talk()).text).toBe('redis:*');
  });

  it('closes HTTP connections that were kept alive', async () => {
    const client = await connect();
    await client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n').until((text) => text.includes('page'));
    await listener.close();
    await client.closed;
  });

  it('leaves no handle', async () => {
    const before = process.getActiveResourcesInfo().sort();
    const other = listen();
    const { port } = await other.listen({ host: '127.0.0.1', port: 0, nodeId: 1 });
    const client = await connect(port);
    await client.send('*').until((text) => text !== '');
    const gone = once(client.socket, 'close');
    await other.close();
    await gone;
    expect(process.getActiveResourcesInfo().sort()).toEqual(before);
  });
});
