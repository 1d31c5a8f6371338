/**
 * MULTI, EXEC, DISCARD, WATCH, UNWATCH.
 *
 * @see https://redis.io/docs/latest/develop/interact/transactions/
 */
import { RedisError } from '../../../models/redis/index.js';
import { execute } from '../dispatch.js';
import { type Command, command } from '../handler.js';
import { aclChanged, aclProblem } from '../permission.js';
import { error, nullArray, OK } from '../reply.js';
import type { Session } from '../session.js';

function multi(client: Session): string {
  if (client.transaction.open) throw new RedisError('ERR MULTI calls can not be nested');
  client.transaction.start();
  return OK;
}

function discard(client: Session): string {
  if (!client.transaction.open) throw new RedisError('ERR DISCARD without MULTI');
  client.transaction.reset();
  return OK;
}

/** Nothing interleaves: the whole queue runs, then blocked readers of other connections are served. */
function exec(client: Session): string {
  const { transaction } = client;
  if (!transaction.open) throw new RedisError('ERR EXEC without MULTI');
  if (transaction.spoilt) {
    transaction.reset();
    throw new RedisError('EXECABORT Transaction discarded because of previous errors.');
  }
  const stale = transaction.touched || [...transaction.watched.values()].some((one) => one.expired());
  if (stale) {
    transaction.reset();
    return nullArray(client.protocol);
  }
  transaction.unwatch();
  client.reply(`*${transaction.queued.length}\r\n`);
  transaction.running = true;
  try {
    for (const { command: queuedCommand, args } of transaction.queued.slice()) {
      const problem = aclProblem(client.user, queuedCommand, args);
      if (problem) {
        client.door.aclLog.denied(client, problem);
        client.reply(error(aclChanged(problem)));
      } else execute(client, queuedCommand, args);
    }
  } finally {
    transaction.running = false;
    transaction.reset();
  }
  client.door.afterCommand();
  return '';
}

function watch(client: Session, args: readonly string[]): string {
  const { transaction } = client;
  if (transaction.open) throw new RedisError('ERR WATCH inside MULTI is not allowed');
  for (const key of args.slice(1)) {
    const id = `${client.db}:${key}`;
    if (transaction.watched.has(id)) continue;
    const changed = () => {
      transaction.touched = true;
    };
    transaction.watched.set(id, client.door.broker.keyspace.watch(client.db, key, changed));
  }
  return OK;
}

function unwatch(client: Session): string {
  client.transaction.unwatch();
  return OK;
}

const categories = ['transaction'];

export const transactionCommands: readonly Command[] = [
  command('multi 1 BFlst', { categories, run: multi }),
  command('exec 1 Slst', { categories, run: exec }),
  command('discard 1 BFlst', { categories, run: discard }),
  command('watch -2 BFlst', { categories, run: watch }),
  command('unwatch 1 BFlst', { categories, run: unwatch }),
];
