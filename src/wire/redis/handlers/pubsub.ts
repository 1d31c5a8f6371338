/**
 * SUBSCRIBE and its family, PUBLISH, SPUBLISH, PUBSUB.
 *
 * Every argument of a (un)subscription is confirmed by a frame of its own, which CLIENT REPLY does not silence.
 *
 * @see https://redis.io/docs/latest/commands/?group=pubsub
 */
import { globMatch, RedisError } from '../../../models/redis/index.js';
import { type Command, command } from '../handler.js';
import { array, bulk, bulks, EMPTY_ARRAY, integer, nullBulk } from '../reply.js';
import type { Session } from '../session.js';
import { withHelp, wrongForm } from './help.js';

const channelSpan = [1, -1, 1] as const;

function confirm(client: Session, kind: string, name: string | undefined, count: number): void {
  client.push([bulk(kind), name === undefined ? nullBulk(client.protocol) : bulk(name), integer(count)]);
}

function subscribe(client: Session, args: readonly string[]): string {
  for (const channel of args.slice(1)) {
    client.subscriptions.channels.add(channel);
    client.door.broker.channels.subscribe(channel, client);
    confirm(client, 'subscribe', channel, client.subscriptions.count);
  }
  return '';
}

function psubscribe(client: Session, args: readonly string[]): string {
  const { limits } = client.door.context;
  for (const pattern of args.slice(1)) {
    if (pattern.length > limits.redisPatternBytes || client.subscriptions.patterns.size >= limits.redisPatternCount) {
      throw new RedisError(
        `ERR too many or too long patterns: limits.redisPatternCount is ${limits.redisPatternCount}, ` +
          `limits.redisPatternBytes is ${limits.redisPatternBytes}`,
      );
    }
    client.subscriptions.patterns.add(pattern);
    client.door.broker.channels.psubscribe(pattern, client);
    confirm(client, 'psubscribe', pattern, client.subscriptions.count);
  }
  return '';
}

function ssubscribe(client: Session, args: readonly string[]): string {
  if (client.transaction.running) throw new RedisError("ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client");
  for (const channel of args.slice(1)) {
    client.subscriptions.shardChannels.add(channel);
    client.door.broker.shardChannels.subscribe(channel, client);
    confirm(client, 'ssubscribe', channel, client.subscriptions.shardChannels.size);
  }
  return '';
}

/** One kind of unsubscription: where its names are, how to leave, what to count. */
interface Leaving {
  readonly kind: string;
  readonly names: (client: Session) => Set<string>;
  readonly leave: (client: Session, name: string) => void;
  readonly count: (client: Session) => number;
}

const LEAVE_CHANNELS: Leaving = {
  kind: 'unsubscribe',
  names: (client) => client.subscriptions.channels,
  leave: (client, name) => client.door.broker.channels.unsubscribe(name, client),
  count: (client) => client.subscriptions.count,
};

const LEAVE_PATTERNS: Leaving = {
  kind: 'punsubscribe',
  names: (client) => client.subscriptions.patterns,
  leave: (client, name) => client.door.broker.channels.punsubscribe(name, client),
  count: (client) => client.subscriptions.count,
};

const LEAVE_SHARDS: Leaving = {
  kind: 'sunsubscribe',
  names: (client) => client.subscriptions.shardChannels,
  leave: (client, name) => client.door.broker.shardChannels.unsubscribe(name, client),
  count: (client) => client.subscriptions.shardChannels.size,
};

const unsubscribe =
  ({ kind, names, leave, count }: Leaving) =>
  (client: Session, args: readonly string[]): string => {
    const subscribed = names(client);
    const leaving = args.length > 1 ? args.slice(1) : [...subscribed];
    for (const name of leaving) {
      if (subscribed.delete(name)) leave(client, name);
      confirm(client, kind, name, count(client));
    }
    if (leaving.length === 0) confirm(client, kind, undefined, count(client));
    return '';
  };

const publish = (client: Session, args: readonly string[]): string =>
  integer(client.door.broker.publishBytes(args[1] as string, args[2] as string));

const spublish = (client: Session, args: readonly string[]): string =>
  integer(client.door.broker.spublishBytes(args[1] as string, args[2] as string));

type Space = 'channels' | 'shardChannels';

const listChannels =
  (space: Space) =>
  (client: Session, args: readonly string[]): string => {
    if (args.length > 3) throw wrongForm(args);
    const pattern = args[2];
    const all = [...client.door.broker[space].channels];
    return bulks(pattern === undefined ? all : all.filter((channel) => globMatch(pattern, channel)));
  };

const countSubscribers =
  (space: Space) =>
  (client: Session, args: readonly string[]): string => {
    const names = args.slice(2);
    if (names.length === 0) return EMPTY_ARRAY;
    const index = client.door.broker[space];
    return array(names.flatMap((name) => [bulk(name), integer(index.members(name)?.size ?? 0)]));
  };

export const pubsubCommands: readonly Command[] = [
  command('subscribe -2 lpst', { channels: { span: channelSpan, pattern: false }, run: subscribe }),
  command('unsubscribe -1 lpst', unsubscribe(LEAVE_CHANNELS)),
  command('psubscribe -2 lpst', { channels: { span: channelSpan, pattern: true }, run: psubscribe }),
  command('punsubscribe -1 lpst', unsubscribe(LEAVE_PATTERNS)),
  command('ssubscribe -2 lpst', {
    channels: { span: channelSpan, pattern: false },
    run: ssubscribe,
  }),
  command('sunsubscribe -1 lpst', { run: unsubscribe(LEAVE_SHARDS) }),
  command('publish 3 Flpt', { channels: { span: [1, 1, 1], pattern: false }, run: publish }),
  command('spublish 3 Flpt', { channels: { span: [1, 1, 1], pattern: false }, run: spublish }),
  command('pubsub -2', {
    subcommands: withHelp([
      command('pubsub|channels -2 lpt', listChannels('channels')),
      command('pubsub|numsub -2 lpt', countSubscribers('channels')),
      command('pubsub|numpat 2 lpt', (client) => integer(client.door.broker.channels.patternCount)),
      command('pubsub|shardchannels -2 lpt', listChannels('shardChannels')),
      command('pubsub|shardnumsub -2 lpt', countSubscribers('shardChannels')),
    ]),
  }),
];
