import amqplib, { type Channel, type ChannelModel, type ConsumeMessage } from 'amqplib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Broker, startBroker } from '../../../src/index.js';

let broker: Broker;
let connection: ChannelModel;
let channel: Channel;

beforeEach(async () => {
  broker = await startBroker();
  connection = await connect();
  channel = await connection.createChannel();
});

afterEach(async () => {
  await connection.close().catch(() => {});
  await broker.close();
});

function connect(): Promise<ChannelModel> {
  return amqplib.connect(broker.urls.amqp, { noDelay: true });
}

/** Consumes until `count` messages are there. */
function take(on: Channel, queue: string, count: number, options = { noAck: true }): Promise<ConsumeMessage[]> {
  return new Promise((resolve, reject) => {
    const messages: ConsumeMessage[] = [];
    const got = (message: ConsumeMessage | null) => {
      if (!message) return;
      messages.push(message);
      if (messages.length === count) resolve(messages);
    };
    on.consume(queue, got, options).catch(reject);
  });
}

describe('amqplib', () => {
  test.each([
    ['direct', { mail: ['user.created'], log: ['other'] }, { mail: 1, log: 0 }],
    ['topic', { mail: ['user.*'], log: ['#'] }, { mail: 1, log: 1 }],
    ['fanout', { mail: [''], log: ['x'] }, { mail: 1, log: 1 }],
  ])('a %s exchange routes by its bindings', async (type, bindings, counts) => {
    await channel.assertExchange('events', type);
    for (const [queue, keys] of Object.entries(bindings)) {
      await channel.assertQueue(queue);
      for (const key of keys) await channel.bindQueue(queue, 'events', key);
    }
    channel.publish('events', 'user.created', Buffer.from('hello'));
    for (const [queue, count] of Object.entries(counts)) {
      expect((await channel.checkQueue(queue)).messageCount).toBe(count);
    }
  });

  test('a headers exchange routes by x-match', async () => {
    await channel.assertExchange('events', 'headers');
    await channel.assertQueue('all');
    await channel.bindQueue('all', 'events', '', { 'x-match': 'all', kind: 'user', eu: true });
    await channel.assertQueue('any');
    await channel.bindQueue('any', 'events', '', { 'x-match': 'any', kind: 'user', eu: true });
    channel.publish('events', '', Buffer.from('1'), { headers: { kind: 'user', eu: true } });
    channel.publish('events', '', Buffer.from('2'), { headers: { kind: 'user', eu: false } });
    expect((await channel.checkQueue('all')).messageCount).toBe(1);
    expect((await channel.checkQueue('any')).messageCount).toBe(2);
  });

  test('a channel with prefetch 10 that closes without acking gives its messages back, redelivered', async () => {
    await channel.assertQueue('work');
    for (let i = 0; i < 30; i++) channel.sendToQueue('work', Buffer.from(String(i)));
    const first = await connection.createChannel();
    await first.prefetch(10);
    const taken = await take(first, 'work', 10, { noAck: false });
    expect(taken.map((m) => m.content.toString())).toEqual([...'0123456789']);
    expect((await channel.checkQueue('work')).messageCount).toBe(20);
    await first.close();
    expect((await channel.checkQueue('work')).messageCount).toBe(30);
    const again = await take(await connection.createChannel(), 'work', 30);
    expect(again.map((m) => m.content.toString())).toEqual(Array.from({ length: 30 }, (_, i) => String(i)));
    expect(again.map((m) => m.fields.redelivered)).toEqual(again.map((_, i) => i < 10));
  });

  test('a body of 300 kB arrives whole', async () => {
    const body = Buffer.alloc(300_000, 'abcdefg');
    await channel.assertQueue('large');
    channel.sendToQueue('large', body);
    const [message] = await take(channel, 'large', 1);
    expect(message?.content.equals(body)).toBe(true);
  });

  test('properties and headers come back as they were sent', async () => {
    await channel.assertQueue('mail');
    const options = {
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      headers: { text: 'ü', whole: 5, large: 2 ** 40, fraction: 1.5, yes: true, list: [1, 'a'], inner: { k: 1 } },
      deliveryMode: 2,
      priority: 3,
      correlationId: 'c',
      replyTo: 'r',
      expiration: '60000',
      messageId: 'm',
      timestamp: 1_700_000_000,
      type: 't',
      userId: 'guest',
      appId: 'a',
    };
    channel.sendToQueue('mail', Buffer.from('x'), options);
    const message = (await channel.get('mail')) || undefined;
    expect(message?.properties).toMatchObject(options);
  });

  test('a confirm channel confirms, and returns what no queue took before it does', async () => {
    const confirming = await connection.createConfirmChannel();
    const seen: string[] = [];
    confirming.on('return', ({ fields }) =>
      seen.push(`returned ${(fields as unknown as { replyText: string }).replyText}`),
    );
    await new Promise<void>((resolve) => {
      confirming.publish('', 'nobody', Buffer.from('x'), { mandatory: true }, () => {
        seen.push('confirmed');
        resolve();
      });
    });
    expect(seen).toEqual(['returned NO_ROUTE', 'confirmed']);
  });

  test('an error closes its channel with the text of RabbitMQ and leaves the others alone', async () => {
    const failing = await connection.createChannel();
    failing.on('error', () => {});
    await expect(failing.checkQueue('nope')).rejects.toThrow("NOT_FOUND - no queue 'nope' in vhost '/'");
    await expect(channel.assertQueue('fine')).resolves.toMatchObject({ queue: 'fine' });
  });

  test('a deleted queue cancels its consumer', async () => {
    await channel.assertQueue('gone');
    const cancelled = new Promise<null>((resolve) => {
      channel.consume('gone', (message) => message === null && resolve(message));
    });
    const other = await connection.createChannel();
    await other.assertQueue('gone');
    await other.deleteQueue('gone');
    await expect(cancelled).resolves.toBeNull();
  });

  test('an exclusive queue dies with its connection', async () => {
    const other = await connect();
    const { queue } = await (await other.createChannel()).assertQueue('', { exclusive: true });
    expect(queue).toMatch(/^amq\.gen-/);
    await other.close();
    channel.on('error', () => {});
    await expect(channel.checkQueue(queue)).rejects.toThrow('NOT_FOUND');
  });

  test('a broker that closes says 320', async () => {
    const closed = new Promise<string>((resolve) => {
      connection.on('error', () => {});
      connection.on('close', (error: Error) => resolve(error?.message ?? ''));
    });
    await broker.close();
    expect(await closed).toContain("CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'");
  });

  test('a wrong password is refused', async () => {
    const url = broker.urls.amqp.replace('amqp://', 'amqp://guest:wrong@');
    await expect(amqplib.connect(url, { noDelay: true })).rejects.toThrow('ACCESS_REFUSED');
  });

  test('an unknown vhost is refused', async () => {
    await expect(amqplib.connect(`${broker.urls.amqp}/nope`, { noDelay: true })).rejects.toThrow(
      'Expected ConnectionOpenOk',
    );
  });
});
