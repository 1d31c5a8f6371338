import type { AmqpChannel } from './channel.js';
import type { Consumer } from './consumer.js';
import { Delivery, type Envelope } from './envelope.js';

/**
 * One message on its way to several consumers of a channel, none of which acks it. It is posted once, and what each
 * consumer gets is made as it leaves: with thousands of consumers that halves the time of a fan-out.
 */
export class DeliveryRun {
  readonly channel: AmqpChannel;
  readonly envelope: Envelope;
  /** Tag of the first delivery; the others follow it without a gap. */
  readonly firstTag: number;
  readonly consumerTags: string[] = [];

  constructor(channel: AmqpChannel, envelope: Envelope, firstTag: number) {
    this.channel = channel;
    this.envelope = envelope;
    this.firstTag = firstTag;
  }
}

/**
 * Delivers a message to one more consumer that does not ack.
 *
 * @param open the run that the message is on, if nothing else was posted since
 * @returns the run that it is on now
 */
export function deliverToo(consumer: Consumer, envelope: Envelope, open: DeliveryRun | undefined): DeliveryRun {
  const { channel, queue } = consumer;
  const { vhost, name } = channel.connection;
  const tag = channel.deliveries.toConsumer(consumer, envelope);
  if (vhost.context.journal.on) vhost.journal('delivered', envelope, queue, name);
  let run = open;
  if (run?.channel !== channel) {
    run = new DeliveryRun(channel, envelope, tag);
    vhost.context.outbox.post(leave, run);
  }
  run.consumerTags.push(consumer.tag);
  return run;
}

function leave({ channel, envelope, firstTag, consumerTags }: DeliveryRun): void {
  for (let i = 0; i < consumerTags.length; i++) {
    try {
      channel.sink.deliver(new Delivery(consumerTags[i] as string, firstTag + i, envelope));
    } catch (error) {
      channel.connection.vhost.context.reportError(error);
    }
  }
}
