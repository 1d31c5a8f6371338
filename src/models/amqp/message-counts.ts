/** How often things happened to messages, as management tells it of a channel, a queue or a virtual host. */
export class MessageCounts {
  // First what each message counts: with thousands of queues, each line of the processor's cache is felt.
  publish = 0;
  deliver = 0;
  deliverNoAck = 0;
  ack = 0;
  confirm = 0;
  /** Publishes that reached no queue and were returned. */
  returnUnroutable = 0;
  /** Publishes that reached no queue, of which nobody was told. */
  dropUnroutable = 0;
  get = 0;
  getNoAck = 0;
  getEmpty = 0;
  redeliver = 0;

  /** Deliveries of any kind, gets included. */
  get deliverGet(): number {
    return this.deliver + this.deliverNoAck + this.get + this.getNoAck;
  }

  /** A message was delivered to a consumer. */
  delivered(noAck: boolean, again: boolean): void {
    if (noAck) this.deliverNoAck++;
    else this.deliver++;
    if (again) this.redeliver++;
  }

  /** What was published to a queue was delivered at once to a consumer that does not ack. */
  passed(): void {
    this.publish++;
    this.deliverNoAck++;
  }

  /** A get took a message. */
  got(noAck: boolean, again: boolean): void {
    if (noAck) this.getNoAck++;
    else this.get++;
    if (again) this.redeliver++;
  }

  /** A publish reached no queue. */
  unroutable(mandatory: boolean): void {
    if (mandatory) this.returnUnroutable++;
    else this.dropUnroutable++;
  }
}
