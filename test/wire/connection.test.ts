import { once } from 'node:events';
import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../src/core/clock.js';
import { Journal } from '../../src/core/journal.js';
import { TEST_LIMITS } from '../../src/core/limits.js';
import { Connection, type ConnectionContext } from '../../src/wire/connection.js';
import type { Session, Transport } from '../../src/wire/door.js';
import { PipeEnd } from '../../src/wire/pipe.js';

let clock: VirtualClock;
let opened: string[];
let errors: unknown[];
let context: ConnectionContext;

/** Sends back what it gets. */
function echo(transport: Transport): Session {
  return {
    receive: (chunk) => {
      if (chunk.includes(0x21)) throw new Error('a defect');
      transport.write(chunk);
    },
    shutdown: () => transport.end(),
    closed: () => opened.push('closed'),
  };
}

function connect(fallback?: 'kafka' | 'amqp'): { client: PipeEnd; connection: Connection } {
  const [client, server] = PipeEnd.pair();
  const end = { address: 'memory', port: 1 };
  const info = { id: 'c1', nodeId: 1, local: end, remote: end };
  const events = { moved: () => {}, gone: () => {}, isHttp: () => opened.push('http') };
  return { client, connection: new Connection(server, info, fallback, context, events) };
}

beforeEach(() => {
  clock = new VirtualClock();
  opened = [];
  errors = [];
  const door = (model: 'kafka' | 'amqp' | 'redis') => ({
    model,
    open: (transport: Transport) => {
      opened.push(model);
      return echo(transport);
    },
  });
  context = {
    clock,
    limits: TEST_LIMITS,
    journal: new Journal(clock, 10, true),
    reportError: (error) => errors.push(error),
    doors: { kafka: door('kafka'), amqp: door('amqp'), redis: door('redis') },
    acceptHttp: (_stream, bytes) => opened.push(Buffer.from(bytes).toString()),
  };
});

describe('a connection', () => {
  it.each([
    ['redis', '*1\r\n$4\r\nPING\r\n', undefined],
    ['redis', 'PING\r\n', undefined],
    ['amqp', 'AMQP\0\0\x09\x01', undefined],
    ['kafka', '\0\0\0\x08abcdefgh', undefined],
    ['kafka', 'what is it\r\n', 'kafka'],
    ['redis', '*1\r\n$4\r\nPING\r\n', 'amqp'],
  ] as const)('opens a session of %s for %j (fallback: %s), and gives it every byte', async (model, text, fallback) => {
    const { client, connection } = connect(fallback);
    client.write(text, 'latin1');
    const [answer] = await once(client, 'data');
    expect(opened).toEqual([model]);
    expect((answer as Buffer).toString('latin1')).toBe(text);
    client.destroy();
    await connection.gone;
  });

  it('hands HTTP over', async () => {
    const { client } = connect();
    client.write('GET / HTTP/1.1\r\n\r\n');
    await new Promise(setImmediate);
    expect(opened).toEqual(['http', 'GET / HTTP/1.1\r\n\r\n']);
    client.destroy();
  });

  it('ends when it says nothing within the time of a handshake', async () => {
    const { client, connection } = connect();
    client.resume();
    clock.advanceTo(clock.now + TEST_LIMITS.handshakeMs, { liveness: true });
    await connection.gone;
    expect(opened).toEqual([]);
  });

  it('dies of a defect alone, which is reported', async () => {
    const { client, connection } = connect();
    client.resume().write('PING!\r\n');
    await connection.gone;
    expect(errors).toEqual([new Error('a defect')]);
    expect(opened).toEqual(['redis', 'closed']);
  });

  it('says goodbye through its session', async () => {
    const { client, connection } = connect();
    client.write('PING\r\n');
    await once(client, 'data');
    connection.shutdown();
    await once(client, 'end');
    await connection.gone;
    expect(opened).toEqual(['redis', 'closed']);
  });
});
