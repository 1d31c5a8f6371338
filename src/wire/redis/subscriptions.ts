import type { RedisBroker, Subscriber } from '../../models/redis/index.js';

/** What one connection is subscribed to. */
export class Subscriptions {
  readonly channels = new Set<string>();
  readonly patterns = new Set<string>();
  readonly shardChannels = new Set<string>();

  /** Channels and patterns, as confirmations count them. */
  get count(): number {
    return this.channels.size + this.patterns.size;
  }

  /** Whether there is a subscription of any kind. */
  get any(): boolean {
    return this.channels.size + this.patterns.size + this.shardChannels.size > 0;
  }

  /** Leaves everything without confirmations. */
  drop({ channels, shardChannels }: RedisBroker, subscriber: Subscriber): void {
    for (const channel of this.channels) channels.unsubscribe(channel, subscriber);
    for (const pattern of this.patterns) channels.punsubscribe(pattern, subscriber);
    for (const channel of this.shardChannels) shardChannels.unsubscribe(channel, subscriber);
    this.channels.clear();
    this.patterns.clear();
    this.shardChannels.clear();
  }
}
