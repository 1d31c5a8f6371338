import { describe, expect, it } from 'vitest';
import { AmqpBroker, type ChannelSink } from '../../../src/models/amqp/index.js';
import { modelContext } from '../../helpers/amqp-recording.js';

function setUp() {
  const context = modelContext();
  const amqp = new AmqpBroker(context, { consumerTimeoutMs: 5_000 });
  const sink = { closed: () => {}, blocked: () => {}, unblocked: () => {} };
  const connection = amqp.openConnection({ user: 'guest', vhost: '/', name: 'c', nodeId: 1, sink });
  const closed: string[] = [];
  const quiet = () => {};
  const channelSink: ChannelSink = {
    deliver: quiet,
    returned: quiet,
    confirm: quiet,
    cancelled: quiet,
    committed: quiet,
    closed: (error) => void closed.push(error.replyText),
  };
  const channel = connection.openChannel(1, channelSink);
  channel.queueDeclare({ queue: 'q' });
  channel.consume({ queue: 'q', consumerTag: 'c' });
  const advance = (ms: number) => context.clock.advanceTo(context.clock.now + ms, { liveness: true });
  const publish = () => channel.publish('', 'q', {}, new Uint8Array());
  return { amqp, channel, closed, advance, publish };
}

describe('the delivery acknowledgement timeout', () => {
  it('closes the channel with RabbitMQ’s text and requeues', () => {
    const { amqp, closed, advance, publish } = setUp();
    publish();
    advance(4_999);
    expect(closed).toEqual([]);
    advance(1);
    expect(closed).toEqual([
      'PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out. Timeout value used: 5000 ms. This ' +
        'timeout value can be configured, see consumers doc guide to learn more',
    ]);
    expect(amqp.queue('q').length).toBe(1);
  });

  it('counts from the oldest delivery that is not settled', () => {
    const { channel, closed, advance, publish } = setUp();
    publish();
    advance(3_000);
    publish();
    channel.ack(1);
    advance(4_999);
    expect(closed).toEqual([]);
    advance(1);
    expect(closed).toHaveLength(1);
  });
});
