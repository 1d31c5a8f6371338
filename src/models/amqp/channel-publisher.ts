import type { ChannelSink } from './channel-sink.js';
import type { AmqpConnection } from './connection.js';
import type { Confirmation, ReturnedMessage } from './envelope.js';
import type { MessageCounts } from './message-counts.js';
import type { Publication } from './publication.js';
import type { Queue } from './queue.js';
import { StreamQueue } from './stream-queue.js';
import type { RoutedPublication } from './transaction.js';

const NO_QUEUES: readonly Queue[] = [];

/** The publishing half of a channel: routes, returns and confirms. */
export class ChannelPublisher {
  readonly #connection: AmqpConnection;
  readonly #counts: MessageCounts;
  readonly #sink: ChannelSink;
  /** Publishes since confirm.select; undefined when confirms are off. */
  #published: number | undefined;
  /** Publishes that wait for a majority, oldest first: no confirm may cover them. */
  readonly #waiting = new Set<number>();
  /** Publishes that queues took or refused and the client has not been told of, oldest first. */
  #taken: number[] = [];
  #refused: number[] = [];
  /** False once the channel is closed. */
  isOpen = true;

  constructor(connection: AmqpConnection, counts: MessageCounts, sink: ChannelSink) {
    this.#connection = connection;
    this.#counts = counts;
    this.#sink = sink;
  }

  get confirming(): boolean {
    return this.#published !== undefined;
  }

  /** Turns confirms on. */
  confirmSelect(): void {
    this.#published ??= 0;
  }

  /** Routes the next publish. @returns the queues that it reached */
  put(publication: Publication): readonly Queue[] {
    const { vhost } = this.#connection;
    const confirmTag = this.#published === undefined ? undefined : ++this.#published;
    const delayed = vhost.delay(publication);
    const queues = delayed ? NO_QUEUES : vhost.destinations(publication);
    if (vhost.streamCount > 0) checkStreams(queues, publication);
    if (publication.mandatory && !delayed) this.returnUnless(queues, publication);
    this.#count(publication, delayed || queues.length > 0);
    const accepted = delayed || vhost.put(publication, queues);
    if (confirmTag === undefined) return queues;
    if (queues.length === 0) this.#confirmAtOnce(confirmTag);
    else if (queues.every((queue) => queue.available)) this.#confirm(confirmTag, accepted);
    else this.#confirmLater(confirmTag, accepted);
    return queues;
  }

  /** Publishes of a transaction, and where they go now. Those that have to go somewhere and do not are returned. */
  commit(publications: readonly RoutedPublication[]): Array<{ publication: Publication; queues: readonly Queue[] }> {
    const ready = publications
      .filter(({ publication }) => !this.#connection.vhost.delay(publication))
      .map((routed) => ({ publication: routed.publication, queues: this.#queuesAtCommit(routed) }));
    for (const { publication, queues } of ready) checkStreams(queues, publication);
    for (const { publication, queues } of ready) {
      this.#count(publication, queues.length > 0);
      if (publication.mandatory) this.returnUnless(queues, publication);
    }
    return ready;
  }

  /** The default exchange knows no bindings: it routes to names, whether there is a queue or not. */
  #queuesAtCommit({ publication, queueNames }: RoutedPublication): readonly Queue[] {
    const { vhost } = this.#connection;
    if (publication.exchange.name === '') return vhost.destinations(publication);
    return queueNames.map((name) => vhost.queues.get(name)).filter((queue) => queue !== undefined);
  }

  /** Returns a mandatory publication that reaches no queue. */
  returnUnless(queues: readonly Queue[], publication: Publication): void {
    if (queues.length > 0) return;
    const { vhost } = this.#connection;
    // RabbitMQ 3 delivers a direct reply and returns it as well.
    if (vhost.version !== '3' && vhost.replyTarget(publication)) return;
    const { exchange, routingKey, properties, body } = publication.envelope;
    this.#post(this.#tellReturned, {
      replyCode: 312,
      replyText: 'NO_ROUTE',
      exchange,
      routingKey,
      properties,
      body,
    });
  }

  /** Confirms once a queue that lost most of its nodes has them back. */
  #confirmLater(deliveryTag: number, ack: boolean): void {
    this.#waiting.add(deliveryTag);
    this.#connection.vhost.cluster.whenMajority(() => {
      this.#waiting.delete(deliveryTag);
      this.#confirm(deliveryTag, ack);
    });
  }

  #count(publication: Publication, isRoutable: boolean): void {
    const { counts } = this.#connection.vhost;
    publication.exchange.publishedCount++;
    this.#counts.publish++;
    counts.publish++;
    if (isRoutable) return;
    this.#counts.unroutable(publication.mandatory);
    counts.unroutable(publication.mandatory);
  }

  #countConfirm(): void {
    this.#counts.confirm++;
    this.#connection.vhost.counts.confirm++;
  }

  /** No queue has to be asked. */
  #confirmAtOnce(deliveryTag: number): void {
    this.#countConfirm();
    this.#post(this.#tellConfirm, { ack: true, deliveryTag, multiple: false });
  }

  /** What queues say of publishes that came together is told together, behind what they deliver meanwhile. */
  #confirm(deliveryTag: number, ack: boolean): void {
    if (ack) this.#countConfirm();
    const isFirst = this.#taken.length === 0 && this.#refused.length === 0;
    (ack ? this.#taken : this.#refused).push(deliveryTag);
    if (isFirst) this.#connection.vhost.context.outbox.postLate(this.#tellConfirms);
  }

  #post<T>(receive: (item: T) => void, item: T): void {
    this.#connection.vhost.context.outbox.post(receive, item);
  }

  readonly #tellReturned = (message: ReturnedMessage): void => this.#sink.returned(message);
  readonly #tellConfirm = (confirmation: Confirmation): void => this.#sink.confirm(confirmation);
  readonly #tellConfirms = (): void => {
    const taken = this.#taken;
    const refused = this.#refused;
    this.#taken = [];
    this.#refused = [];
    if (!this.isOpen) return;
    this.#tellTogether(true, taken, refused);
    this.#tellTogether(false, refused, taken);
  };

  /** One confirm up to the first that has another answer or none yet, and one for each behind it, as RabbitMQ sends them. */
  #tellTogether(ack: boolean, tags: readonly number[], others: readonly number[]): void {
    const [waiting = Infinity] = this.#waiting;
    const open = Math.min(waiting, others[0] ?? Infinity);
    // A single ack is for itself alone, a single nack is not.
    const together = ack && tags.length === 1 ? [] : tags.filter((tag) => tag < open);
    const last = together.at(-1);
    if (last !== undefined) this.#sink.confirm({ ack, deliveryTag: last, multiple: true });
    for (const deliveryTag of tags.slice(together.length)) this.#sink.confirm({ ack, deliveryTag, multiple: false });
  }
}

/** @throws AmqpError INTERNAL_ERROR before any queue has what a stream cannot keep */
function checkStreams(queues: readonly Queue[], { envelope }: Publication): void {
  for (const queue of queues) if (queue instanceof StreamQueue) queue.checkHeaders(envelope);
}
