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
  | { readonly kind: 'kill' | 'reset'; readonly who: number };

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
const ending = fc.record({ kind: fc.constantFrom('kill' as const, 'reset' as const), who });
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: change('join', 1) },
  { weight: 3, arbitrary: change('leave', 0) },
  { weight: 5, arbitrary: publish },
  { weight: 1, arbitrary: ending },
);

class Bus {
  readonly server = new RedisServer();
  readonly publisher = this.server.connect();
  readonly members: Member[] = [0, 1, 2].map(() => this.#member());

  #member(): Member {
    const client = this.server.connect();
    client.ask('HELLO', '3');
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
      case 'kill':
        member.client.close();
        await settled();
        this.members[step.who] = this.#member();
        return;
      case 'reset':
        expect(member.client.ask('RESET')).toBe('+RESET\r\n');
        member.client.ask('HELLO', '3');
        for (const names of [member.channels, member.patterns, member.shards]) names.clear();
        return;
      default:
        step satisfies never;
    }
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
    expect(frames.map((frame) => frame.kind)).toEqual(named.map(() => '>'));
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
    fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (program) => {
      const bus = new Bus();
      for (const [serial, step] of program.entries()) await bus.run(step, serial);
      bus.audit();
    }),
    { numRuns: 400 },
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

  test('RESP2 allows what it allows, with the text of Redis for the rest', () => {
    for (const command of [...ALLOWED, 'GET', 'PUBLISH', 'ECHO', 'MULTI', 'HELLO']) {
      const client = new RedisServer().connect();
      client.ask('SSUBSCRIBE', 's');
      const args = ['PING', 'RESET', 'MULTI', 'HELLO'].includes(command)
        ? []
        : command === 'PUBLISH'
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
