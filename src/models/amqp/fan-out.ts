import type { AmqpChannel } from './channel.js';
import { Delivery, type Envelope } from './envelope.js';
import type { MessageCounts } from './message-counts.js';
import type { Queue } from './queue.js';
import type { VirtualHost } from './virtual-host.js';

/**
 * Queues in a row that keep nothing of what comes, since the only consumer of each, all of one channel, gets it at once
 * and for good. What a message needs of them lies side by side: to look at each queue and its consumer instead costs
 * ten times as much where there are thousands.
 */
class Passage {
  readonly channel: AmqpChannel;
  readonly queues: Queue[] = [];
  readonly counts: MessageCounts[] = [];
  readonly consumerTags: string[] = [];

  constructor(channel: AmqpChannel) {
    this.channel = channel;
  }
}

const SEEN_COUNT = 8;

/** How a message gets into some queues, as long as the virtual host's `passageVersion` stays as it is. */
interface Plan {
  readonly version: number;
  readonly steps: ReadonlyArray<Passage | Queue>;
}

/** A message on its way through a passage. It is posted once, and what each consumer gets is made as it leaves. */
interface Passing {
  readonly passage: Passage;
  readonly envelope: Envelope;
  /** Tag of the first delivery; the others follow it without a gap. */
  readonly firstTag: number;
}

/** Messages that reach many queues at once. */
export class FanOut {
  readonly #vhost: VirtualHost;
  /** Of queues that came together before. */
  readonly #plans = new WeakMap<readonly Queue[], Plan>();
  /** Those that came together last: most never do again, and to keep a plan costs more than to make one. */
  readonly #seen: Array<readonly Queue[]> = [];
  #seenCount = 0;

  constructor(vhost: VirtualHost) {
    this.#vhost = vhost;
  }

  /** Puts a message that a channel published into all of these queues. @returns false when one of them refused it */
  put(queues: readonly Queue[], envelope: Envelope, publisher: object): boolean {
    let accepted = true;
    for (const step of this.#planFor(queues).steps) {
      if (step instanceof Passage) this.#pass(step, envelope);
      // It is read again as it leaves the passages, so no queue may have it for its own.
      else if (!this.#vhost.offer(step, envelope, true, publisher)) accepted = false;
    }
    return accepted;
  }

  #pass(passage: Passage, envelope: Envelope): void {
    const { channel, queues, counts } = passage;
    const { context } = this.#vhost;
    for (let i = 0; i < counts.length; i++) (counts[i] as MessageCounts).passed();
    if (context.journal.on) {
      for (const queue of queues) this.#vhost.journal('delivered', envelope, queue, channel.connection.name);
    }
    const firstTag = channel.deliveries.pass(counts.length);
    const passing: Passing = { passage, envelope, firstTag };
    context.outbox.post(leave, passing);
  }

  #planFor(queues: readonly Queue[]): Plan {
    const known = this.#plans.get(queues);
    const version = this.#vhost.passageVersion;
    if (known?.version === version) return known;
    const plan = { version, steps: stepsOf(queues) };
    if (known !== undefined || this.#isSeenAgain(queues)) this.#plans.set(queues, plan);
    return plan;
  }

  #isSeenAgain(queues: readonly Queue[]): boolean {
    if (this.#seen.includes(queues)) return true;
    this.#seen[this.#seenCount++ % SEEN_COUNT] = queues;
    return false;
  }
}

function stepsOf(queues: readonly Queue[]): Array<Passage | Queue> {
  const steps: Array<Passage | Queue> = [];
  let open: Passage | undefined;
  for (const queue of queues) {
    const consumer = queue.passesTo;
    if (consumer === undefined) {
      steps.push(queue);
      open = undefined;
      continue;
    }
    if (open?.channel !== consumer.channel) {
      open = new Passage(consumer.channel);
      steps.push(open);
    }
    open.queues.push(queue);
    open.counts.push(queue.counts);
    open.consumerTags.push(consumer.tag);
  }
  return steps;
}

function leave({ passage, envelope, firstTag }: Passing): void {
  const { channel, consumerTags } = passage;
  for (let i = 0; i < consumerTags.length; i++) {
    try {
      channel.sink.deliver(new Delivery(consumerTags[i] as string, firstTag + i, envelope));
    } catch (error) {
      channel.connection.vhost.context.reportError(error);
    }
  }
}
