import { AmqpChannel } from './channel.js';
import type { ChannelSink } from './channel-sink.js';
import { type AmqpError, AmqpError as AmqpErrorClass } from './errors.js';
import { EMPTY_TABLE, type FieldTable } from './field-table.js';
import type { Queue } from './queue.js';
import type { User } from './user.js';
import type { VirtualHost } from './virtual-host.js';

/** What a connection tells its door. Calls come through the outbox, never inside a command. */
export interface ConnectionSink {
  /** The connection ended from this side: an operator, a stopped node. The model has cleaned up already. */
  closed(error: AmqpError): void;
  /** An alarm was raised: the door stops reading from connections that publish. */
  blocked(reason: string): void;
  /** The last alarm has gone. */
  unblocked(): void;
}

export interface ConnectionOptions {
  readonly user: User;
  readonly vhost: VirtualHost;
  /** Shown in the management API, e.g. `127.0.0.1:51412 -> 127.0.0.1:5672`. */
  readonly name: string;
  readonly nodeId: number;
  readonly clientProperties?: FieldTable;
  /** Most channels at a time; 0 is no limit. */
  readonly channelMax?: number;
  readonly sink: ConnectionSink;
  /** Used by the native API: counts in no limit and is in no list. */
  readonly internal?: boolean;
}

/** A client's connection: its channels and the queues that only it may use. */
export class AmqpConnection {
  readonly user: User;
  readonly vhost: VirtualHost;
  readonly name: string;
  readonly nodeId: number;
  readonly clientProperties: FieldTable;
  readonly channelMax: number;
  readonly connectedAtMs: number;
  readonly internal: boolean;
  readonly sink: ConnectionSink;
  /** By number. */
  readonly channels = new Map<number, AmqpChannel>();
  readonly exclusiveQueues = new Set<Queue>();
  /** Whether the client wants to be told when a consumer dies with its queue. */
  readonly notifiesCancel: boolean;
  #open = true;

  constructor(options: ConnectionOptions) {
    this.user = options.user;
    this.vhost = options.vhost;
    this.name = options.name;
    this.nodeId = options.nodeId;
    this.clientProperties = options.clientProperties ?? EMPTY_TABLE;
    this.channelMax = options.channelMax ?? 0;
    this.internal = options.internal ?? false;
    this.sink = options.sink;
    this.connectedAtMs = options.vhost.context.clock.now;
    const capabilities = this.clientProperties.get('capabilities');
    this.notifiesCancel =
      this.internal || (capabilities instanceof Map && capabilities.get('consumer_cancel_notify') === true);
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /**
   * Opens a channel.
   *
   * @param sink receives what the channel has to say
   * @throws AmqpError CHANNEL_ERROR when it is open; NOT_ALLOWED when there are too many
   */
  openChannel(number: number, sink: ChannelSink): AmqpChannel {
    if (this.channels.has(number)) throw new AmqpErrorClass('CHANNEL_ERROR', "second 'channel.open' seen");
    const limit = this.channelMax === 0 ? this.vhost.context.limits.amqpChannelCount : this.channelMax;
    if (this.channels.size >= limit && !this.internal) {
      throw new AmqpErrorClass(
        'NOT_ALLOWED',
        `number of channels opened (${this.channels.size}) has reached the negotiated channel_max (${limit})`,
      );
    }
    if (!this.internal) this.vhost.broker.checkUserChannels(this.user);
    const channel = new AmqpChannel(number, this, sink);
    this.channels.set(number, channel);
    return channel;
  }

  /** Pauses deliveries to all its channels, as when the peer does not read what was written. */
  setPaused(paused: boolean): void {
    for (const channel of this.channels.values()) channel.setPaused(paused);
  }

  /** Ends it: channels end, what they have not settled is requeued, exclusive queues are deleted. Idempotent. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.vhost.command(() => {
      const channels = [...this.channels.values()];
      // What one channel returns must not go to another that is about to end.
      for (const { consumers } of channels) for (const consumer of consumers.values()) consumer.end();
      for (const channel of channels) channel.close();
      for (const queue of [...this.exclusiveQueues]) this.vhost.removeQueue(queue);
    });
    this.vhost.broker.forgetConnection(this);
  }

  /** Closes it from this side and tells the client why. */
  forceClose(error: AmqpError): void {
    if (!this.#open) return;
    this.close();
    this.vhost.context.outbox.post(this.#tellClosed, error);
  }

  readonly #tellClosed = (error: AmqpError): void => this.sink.closed(error);
}
