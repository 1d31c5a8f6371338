/**
 * Where two runs of the same RabbitMQ may differ, so that tribroker may do either. Queues and channels of RabbitMQ are
 * processes of their own; between two of them messages keep their order, between three nobody promises any.
 *
 * - Deliveries of several queues to one channel: any order, and so any delivery tags. Programs compare them by content,
 *   and settle by content there.
 * - Dead letters that reach one queue over two ways, and what a queue dead-letters to itself or round a circle while it
 *   is still told of more: any order.
 * - Two consumers of one channel on one queue: what they settle together arrives as two messages, between which the
 *   queue may be told something else.
 * - What comes back to a queue under a channel-wide prefetch: the queue hears of it from the channel, and of the credit
 *   that it frees from the limiter, in either order. Which one wins is the same a hundred times where the machine is
 *   as busy as before, so that programs with such a prefetch requeue nothing but by closing.
 * - A commit under a channel-wide prefetch: while the queue takes what it publishes, the limiter hears of what it acks,
 *   and tells the queue. The more is published the later that is. Channels with transactions have no such prefetch.
 * - Channels of a connection that ends: they end in any order, and what one returns may go to another that is still
 *   there. Programs close all but one first, and where their mistakes end connections of several channels they ack
 *   nothing.
 * - What is acked by itself still counts in the prefetch of a quorum queue, until the channel has told it. Programs on
 *   quorum queues have such consumers or a prefetch.
 * - Publishes of a transaction on quorum queues are no transaction there; such programs have none.
 * - Whether anybody uses a quorum queue it looks every five seconds, so that it expires later than it could. Programs let no
 *   such queue expire.
 * - Which of several policies of the same priority is in force: the first of a hash table. Programs have no such.
 * - Queues that hear of one policy together: what they drop for it reaches the others before or behind it. Programs that
 *   dead-letter by policy have policies for single queues.
 * - A type of exchanges that there is not is 'unknown', or 'invalid' where Erlang knows the word for something else.
 * - Returns: a channel sends one at once, and what it published before may be delivered to it later or sooner. Programs
 *   compare returns and deliveries of a channel apart.
 * - Confirms: how many of them one frame confirms, and their order between publishes that other queues take.
 * - The active one of single active consumers of a classic queue is cancelled while messages wait: RabbitMQ 3.10.8 makes
 *   the next one active but serves it only when somebody consumes anew, and a publish before that ends the queue's
 *   process with its messages (seen: cancel-ok, nothing delivered; after a publish basic.cancel and an empty queue). No
 *   program asks for it; tribroker serves the next one at once.
 *
 * What a program does of this kind shows in RabbitMQ's own runs: they differ. A difference counts as a divergence
 * unless RabbitMQ, asked again, also does what tribroker did.
 */

/**
 * Times that RabbitMQ is asked again before a difference is a divergence. Which process is late depends on how much the
 * machine has to do, so one answer can come twenty times in a row.
 */
const ATTEMPTS = 100;

/** @returns whether RabbitMQ does the same in one of several runs */
export async function happensToo(
  ours: readonly string[],
  runAgain: () => Promise<readonly string[]>,
): Promise<boolean> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const theirs = await runAgain();
    if (theirs.every((line, i) => line === ours[i])) return true;
  }
  return false;
}
