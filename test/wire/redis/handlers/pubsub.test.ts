/** Properties of channels, against a plain model: lists and scans. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { globMatch } from '../../../../src/models/redis/index.js';
import { type RedisClient, RedisServer, settled } from '../../../helpers/redis-server.js';
import { type Reply, readReplies } from '../../../helpers/resp.js';

const CHANNELS = ['x', 'y', 'xy', 'x.y', '', '__proto__'];
const PATTERNS = ['x*', '*', '?', '[xy]', 'x.?', ''];

interface Member {
  readonly client: RedisClient;
  readonly channels: Set<string>;
  readonly patterns: Set<string>;
  readonly shards: Set<string>;
}

type Action =
  | { readonly kind: 'join' | 'leave'; readonly who: number; readonly space: Space; readonly names: readonly string[] }
  | { readonly kind: 'publish'; readonly who: number; readonly channel: string; readonly shard: boolean }
  | { readonly kind: 'close' | 'quit' | 'kill' | 'reset'; readonly who: number };

type Space = 'channels' | 'patterns' | 'shards';
const PREFIX = { channels: '', patterns: 'p', shards: 's' } as const;

const who = fc.nat(2);
const space = fc.constantFrom<Space>('channels', 'patterns', 'shards');
const change = (kind: 'join' | 'leave', atLeast: number) =>
  space.chain((chosen) => {
    const names = fc.array(fc.constantFrom(...(chosen === 'patterns' ? PATTERNS : CHANNELS)), {
      minLength: atLeast,
      maxLength: 3,
    });
    return fc.record({ kind: fc.constant(kind), who, space: fc.constant(chosen), names });
  });
const publish = fc.record({
  kind: fc.constant('publish' as const),
  who,
  channel: fc.constantFrom(...CHANNELS),
  shard: fc.boolean(),
});
const ending = fc.record({ kind: fc.constantFrom('close', 'quit', 'kill', 'reset'), who });
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: change('join', 1) },
  { weight: 3, arbitrary: change('leave', 0) },
  { weight: 5, arbitrary: publish },
  { weight: 1, arbitrary: ending },
);

class Bus {
  readonly server = new RedisServer();
  readonly publisher = this.server.connect();
  readonly members: Member[];
  readonly #protocol: string;

  constructor(protocol: string) {
    this.#protocol = protocol;
    this.members = [0, 1, 2].map(() => this.#member());
  }

  #member(): Member {
    const client = this.server.connect();
    client.ask('HELLO', this.#protocol);
    return { client, channels: new Set(), patterns: new Set(), shards: new Set() };
  }

  async run(step: Action, serial: number): Promise<void> {
    const member = this.members[step.who] as Member;
    switch (step.kind) {
      case 'join':
        return this.#confirmed(member, step.space, `${PREFIX[step.space]}subscribe`, step.names);
      case 'leave':
        return this.#confirmed(member, step.space, `${PREFIX[step.space]}unsubscribe`, step.names);
      case 'publish':
        return this.#published(step.channel, step.shard, `m${serial}`);
      case 'close':
        member.client.close();
        return this.#replace(step.who);
      case 'quit':
        expect(member.client.ask('QUIT')).toBe('+OK\r\n');
        return this.#replace(step.who);
      case 'kill':
        expect(this.publisher.ask('CLIENT', 'KILL', 'ID', String(member.client.session.id))).toBe(':1\r\n');
        return this.#replace(step.who);
      case 'reset':
        expect(member.client.ask('RESET')).toBe('+RESET\r\n');
        member.client.ask('HELLO', this.#protocol);
        for (const names of [member.channels, member.patterns, member.shards]) names.clear();
        return;
      default:
        step satisfies never;
    }
  }

  /** Somebody else takes the place of one that has gone. */
  async #replace(at: number): Promise<void> {
    await settled();
    expect((this.members[at] as Member).client.closed).toBe(true);
    this.members[at] = this.#member();
  }

  /** One frame for every name, with the right count behind it. */
  #confirmed(member: Member, where: Space, kind: string, names: readonly string[]): void {
    const set = member[where];
    const leaving = kind.endsWith('unsubscribe');
    const named: Array<string | null> = names.length > 0 ? [...names] : [...set];
    if (named.length === 0) named.push(null);
    const frames = readReplies(member.client.ask(kind, ...names)) as Reply[];
    const expected = named.map((name) => {
      if (name !== null && leaving) set.delete(name);
      else if (name !== null) set.add(name);
      const count = where === 'shards' ? set.size : member.channels.size + member.patterns.size;
      return [kind, name, String(count)];
    });
    expect(frames.map((frame) => frame.kind)).toEqual(named.map(() => (this.#protocol === '3' ? '>' : '*')));
    expect(frames.map(({ items }) => items?.map((item) => (item.kind === '_' ? null : item.text)))).toEqual(expected);
  }

  /** The reply is the number of frames; every member gets exactly its own, its channel before its patterns. */
  #published(channel: string, shard: boolean, body: string): void {
    const reply = this.publisher.ask(shard ? 'SPUBLISH' : 'PUBLISH', channel, body);
    let deliveries = 0;
    for (const member of this.members) {
      const expected: string[][] = [];
      if (shard && member.shards.has(channel)) expected.push(['smessage', channel, body]);
      if (!shard && member.channels.has(channel)) expected.push(['message', channel, body]);
      const patterns = shard ? [] : [...member.patterns].filter((pattern) => globMatch(pattern, channel));
      expected.push(...patterns.map((pattern) => ['pmessage', pattern, channel, body]).sort());
      const frames = readReplies(member.client.take()) as Reply[];
      const got = frames.map(({ items }) => items?.map((item) => item.text as string) as string[]);
      if (!shard && member.channels.has(channel)) expect(got[0]?.[0]).toBe('message');
      expect(got.sort()).toEqual(expected.sort());
      deliveries += expected.length;
    }
    expect(reply).toBe(`:${deliveries}\r\n`);
  }

  /** PUBSUB tells what the plain sets hold. */
  audit(): void {
    const texts = (reply: string) => (readReplies(reply)?.[0]?.items ?? []).map((item) => item.text);
    const all = (where: Space) => [...new Set(this.members.flatMap((member) => [...member[where]]))].sort();
    expect(texts(this.publisher.ask('PUBSUB', 'CHANNELS')).sort()).toEqual(all('channels'));
    expect(texts(this.publisher.ask('PUBSUB', 'SHARDCHANNELS')).sort()).toEqual(all('shards'));
    expect(this.publisher.ask('PUBSUB', 'NUMPAT')).toBe(`:${all('patterns').length}\r\n`);
    const counts = CHANNELS.flatMap((name) => [name, String(this.members.filter((m) => m.channels.has(name)).length)]);
    expect(texts(this.publisher.ask('PUBSUB', 'NUMSUB', ...CHANNELS))).toEqual(counts);
    expect(this.server.errors).toEqual([]);
  }
}

test('prop: P1 P2 P3 P6 P9 counts, order, confirmations and introspection are those of a plain model', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 40 }), fc.constantFrom('2', '3'), async (program, protocol) => {
      const bus = new Bus(protocol);
      for (const [serial, step] of program.entries()) await bus.run(step, serial);
      bus.audit();
    }),
    { numRuns: 400 },
  );
});

/** A step of a pipelined program: one of three clients, a command, and one of two channels. */
const pipelined = fc.tuple(
  who,
  fc.constantFrom('SUBSCRIBE', 'UNSUBSCRIBE', 'PUBLISH', 'PUBLISH'),
  fc.constantFrom('x', 'y'),
);

test('prop: P2 pipelined messages come in the one order of the server, between the two confirmations', () => {
  fc.assert(
    fc.property(fc.array(pipelined, { maxLength: 60 }), (program) => {
      const server = new RedisServer();
      const clients = [0, 1, 2].map(() => server.connect().send('HELLO', '3'));
      for (const client of clients) client.take();
      const expected = clients.map(() => [] as string[]);
      const subscribed = clients.map(() => new Set<string>());
      const chunks: Array<{ who: number; bytes: string }> = [];
      for (const [serial, [at, command, channel]] of program.entries()) {
        // What a client says in a row is one chunk.
        if (chunks.at(-1)?.who !== at) chunks.push({ who: at, bytes: '' });
        (chunks.at(-1) as { bytes: string }).bytes +=
          `${command} ${channel} ${command === 'PUBLISH' ? serial : ''}\r\n`;
        if (command === 'SUBSCRIBE') subscribed[at]?.add(channel);
        if (command === 'UNSUBSCRIBE') subscribed[at]?.delete(channel);
        if (command === 'PUBLISH') {
          for (const [i, channels] of subscribed.entries())
            if (channels.has(channel)) expected[i]?.push(String(serial));
        } else expected[at]?.push(`${command.toLowerCase()} ${channel}`);
      }
      for (const chunk of chunks) (clients[chunk.who] as RedisClient).sendRaw(chunk.bytes);
      for (const [i, client] of clients.entries()) {
        const frames = (readReplies(client.take()) as Reply[]).filter((frame) => frame.kind === '>');
        const told = frames.map(({ items = [] }) =>
          items[0]?.text === 'message' ? items[2]?.text : `${items[0]?.text} ${items[1]?.text}`,
        );
        expect(told).toEqual(expected[i]);
      }
    }),
    { numRuns: 200 },
  );
});

describe('P5 subscribed mode', () => {
  const ALLOWED = [
    'SUBSCRIBE',
    'UNSUBSCRIBE',
    'PSUBSCRIBE',
    'PUNSUBSCRIBE',
    'SSUBSCRIBE',
    'SUNSUBSCRIBE',
    'PING',
    'RESET',
  ];

  test.for([
    ['SUBSCRIBE', 's'],
    ['PSUBSCRIBE', 's*'],
    ['SSUBSCRIBE', 's'],
  ])('RESP2 allows behind %s what it allows, with the text of Redis for the rest', (way) => {
    for (const command of [...ALLOWED, 'GET', 'PUBLISH', 'SPUBLISH', 'ECHO', 'MULTI', 'HELLO']) {
      const client = new RedisServer().connect();
      client.ask(...(way as [string, string]));
      const args = ['PING', 'RESET', 'MULTI', 'HELLO'].includes(command)
        ? []
        : command.endsWith('PUBLISH')
          ? ['x', 'm']
          : ['x'];
      const answer = client.ask(command, ...args);
      if (ALLOWED.includes(command)) expect(answer[0]).not.toBe('-');
      else {
        const name = command.toLowerCase();
        const allowed = '(P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET';
        expect(answer).toBe(`-ERR Can't execute '${name}': only ${allowed} are allowed in this context\r\n`);
      }
    }
  });

  test('RESP3 allows everything and pushes', () => {
    const client = new RedisServer().connect();
    client.ask('HELLO', '3');
    client.ask('SUBSCRIBE', 'x');
    expect(client.ask('PUBLISH', 'x', 'm')).toBe(':1\r\n>3\r\n$7\r\nmessage\r\n$1\r\nx\r\n$1\r\nm\r\n');
    expect(client.ask('PING')).toBe('+PONG\r\n');
  });

  test('7.0 shows a publisher its own push before its reply', () => {
    const client = new RedisServer({ version: '7.0' }).connect();
    client.ask('HELLO', '3');
    client.ask('SUBSCRIBE', 'x');
    expect(client.ask('PUBLISH', 'x', 'm')).toBe('>3\r\n$7\r\nmessage\r\n$1\r\nx\r\n$1\r\nm\r\n:1\r\n');
  });
});

test('patterns of one client are limited in number and length, by name', () => {
  const limits = { redisPatternCount: 2, redisPatternBytes: 5 };
  const client = new RedisServer({}, { limits }).connect();
  client.ask('PSUBSCRIBE', 'a', 'b');
  expect(client.ask('PSUBSCRIBE', 'c')).toContain('limits.redisPatternCount is 2');
  expect(new RedisServer({}, { limits }).connect().ask('PSUBSCRIBE', 'abcdef')).toContain(
    'limits.redisPatternBytes is 5',
  );
});
