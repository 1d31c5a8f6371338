/**
 * The checks that stand before every command, in the order in which Redis makes them: the first that hits answers.
 */
import { keySlot, OUT_OF_MEMORY, RedisError, type RedisVersion } from '../../models/redis/index.js';
import { arityFits, type Command, type Flag, keysOf, PENDING } from './handler.js';
import { locateKeys } from './key-spec.js';
import { checkAcl } from './permission.js';
import { cString, error, OK, QUEUED } from './reply.js';
import type { Session } from './session.js';

const MULTI_EXEMPT = new Set(['exec', 'discard', 'multi', 'watch', 'quit', 'reset']);
const ENDS_QUEUE = new Set(['exec', 'discard', 'quit', 'reset']);
const SUBSCRIBED_ALLOWED = new Set([
  'subscribe',
  'unsubscribe',
  'psubscribe',
  'punsubscribe',
  'ssubscribe',
  'sunsubscribe',
  'ping',
  'quit',
  'reset',
]);
export const CLUSTER_DOWN = 'CLUSTERDOWN The cluster is down';
const CHANGES_MODULES = /^module\|(?:load|loadex|unload)$/;
const TEXT_LIMIT = 128;

/** Runs one request of a connection: finds the command, checks, queues or executes, and writes the reply. */
export function dispatch(client: Session, args: readonly string[]): void {
  const name = (args[0] as string).toLowerCase();
  // Cross-protocol guard: an HTTP request must not smuggle commands.
  if (name === 'post' || name === 'host:') return client.cut();
  if (name === 'quit') {
    client.reply(OK);
    return client.closeAfterReply();
  }
  let command: Command | undefined;
  client.lastCommand = client.door.commands.has(name) ? name : 'NULL';
  try {
    command = resolve(client, args);
    client.lastCommand = command.name;
    checkAllowed(client, command, args);
  } catch (failure) {
    if (!(failure instanceof RedisError)) throw failure;
    if (command) client.door.stats.count(command.name, 'rejected');
    return refuse(client, name, failure.line);
  }
  if (client.transaction.open && !MULTI_EXEMPT.has(name)) {
    client.transaction.queue(command, args);
    client.reply(QUEUED);
  } else {
    execute(client, command, args);
  }
  client.requestEnded();
}

/** Runs a command that has passed the checks and writes its reply. */
export function execute(client: Session, command: Command, args: readonly string[]): void {
  const { door } = client;
  door.stats.count(command.name, 'calls');
  door.tracking.before(client, command, args);
  let reply: string | typeof PENDING;
  try {
    reply = (command.run as NonNullable<Command['run']>)(client, args);
  } catch (failure) {
    if (!(failure instanceof RedisError)) throw failure;
    door.stats.countError(failure.line);
    door.stats.count(command.name, 'failed');
    reply = error(failure.line);
  }
  door.tracking.after(client, command);
  if (reply !== PENDING) {
    door.slowlog.note(client, command, args);
    client.reply(reply);
  }
  door.monitor(client, args, command);
  if (client.transaction.running === false) door.afterCommand();
}

/** A check failed: the error, and an open transaction is spoilt. */
function refuse(client: Session, name: string, line: string): void {
  client.door.stats.countError(line);
  const inTransaction = client.transaction.open;
  if (inTransaction) client.transaction.spoil();
  if (name === 'exec') {
    const elsewhere = line.startsWith('CROSSSLOT ') || line.startsWith('CLUSTERDOWN ');
    const reason = line.startsWith('ERR ') ? line.slice(4) : line;
    client.transaction.reset();
    client.reply(error(elsewhere ? line : `EXECABORT Transaction discarded because of: ${reason}`));
  } else client.reply(error(line));
  client.requestEnded();
}

/** Finds command and subcommand and checks the number of arguments. */
export function resolve(client: Session, args: readonly string[]): Command {
  const name = (args[0] as string).toLowerCase();
  const { version } = client.door.broker;
  const command = client.door.commands.get(name);
  if (!command || !exists(command, version)) throw new RedisError(unknownCommand(args));
  if (command.subcommands && args.length > 1) {
    const sub = command.subcommands.get((args[1] as string).toLowerCase());
    if (!sub || !exists(sub, version)) {
      const shown = cString(args[1] as string).slice(0, TEXT_LIMIT);
      throw new RedisError(`ERR unknown subcommand '${shown}'. Try ${name.toUpperCase()} HELP.`);
    }
    if (!arityFits(sub, args.length, version)) throw wrongArity(sub);
    return sub;
  }
  if (!arityFits(command, args.length, version)) throw wrongArity(command);
  return command;
}

/** Whether a release knows a command. */
export function exists(command: Command, version: RedisVersion): boolean {
  return command.since === undefined || command.since <= version;
}

function wrongArity(command: Command): RedisError {
  return new RedisError(`ERR wrong number of arguments for '${command.name}' command`);
}

function unknownCommand(args: readonly string[]): string {
  let list = '';
  for (let i = 1; i < args.length && list.length < TEXT_LIMIT; i++) {
    list += `'${cString(args[i] as string).slice(0, TEXT_LIMIT - list.length)}' `;
  }
  return `ERR unknown command '${cString(args[0] as string).slice(0, TEXT_LIMIT)}', with args beginning with: ${list}`;
}

function checkAllowed(client: Session, command: Command, args: readonly string[]): void {
  const base = command.name.split('|', 1)[0] as string;
  if (base === 'debug' && !client.door.broker.debugEnabled)
    throw new RedisError(notEnabled('DEBUG', 'enable-debug-command'));
  if (CHANGES_MODULES.test(command.name)) throw new RedisError(notEnabled('MODULE', 'enable-module-command'));
  if (!client.authenticated && !command.flags.has('no_auth')) throw new RedisError('NOAUTH Authentication required.');
  if (client.transaction.open && command.flags.has('no_multi')) {
    throw new RedisError('ERR Command not allowed inside a transaction');
  }
  checkAcl(client, command, args);
  if (client.door.broker.clusterEnabled) slotOf(client, command, args);
  if (client.door.broker.overMemory(!mayGrow(client, command))) throw new RedisError(OUT_OF_MEMORY);
  if (concerns(client, command, 'write')) checkWritable(client);
  if (client.subscriptions.any && client.protocol === 2 && !SUBSCRIBED_ALLOWED.has(base)) {
    const allowed = '(P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET';
    throw new RedisError(`ERR Can't execute '${command.name}': only ${allowed} are allowed in this context`);
  }
  checkFresh(client, command);
  const { busyLine } = client.door.scripting;
  if (busyLine !== undefined && !command.flags.has('allow_busy')) throw new RedisError(busyLine);
}

/** Whether memory has to be left for a command: for what grows, and for the queue of a transaction. */
function mayGrow(client: Session, command: Command): boolean {
  if (concerns(client, command, 'denyoom')) return true;
  return client.transaction.open && !ENDS_QUEUE.has(command.name);
}

/** Whether a command has a flag, or one that EXEC would run now. */
function concerns(client: Session, command: Command, flag: Flag): boolean {
  if (command.name !== 'exec') return command.flags.has(flag);
  return client.transaction.queued.some((queued) => queued.command.flags.has(flag));
}

/**
 * In cluster mode all keys of a request, and of EXEC's queue, lie in one slot, which this node serves.
 *
 * @returns that slot, if there is a key
 * @throws RedisError
 */
export function slotOf(client: Session, command: Command, args: readonly string[]): number | undefined {
  const requests = command.name === 'exec' ? client.transaction.queued : [{ command, args }];
  const slots = new Set(requests.flatMap((one) => slotNames(one.command, one.args).map(keySlot)));
  if (slots.size === 0) return undefined;
  if (slots.size > 1) throw new RedisError("CROSSSLOT Keys in request don't hash to the same slot");
  const slot = [...slots][0] as number;
  if (!client.door.broker.clusterSlots.owns(slot)) throw new RedisError('CLUSTERDOWN Hash slot not served');
  if (client.door.clusterIsDown) throw new RedisError(CLUSTER_DOWN);
  return slot;
}

/** What has a slot: keys and shard channels. */
function slotNames(command: Command, args: readonly string[]): string[] {
  if (!command.flags.has('pubsub')) return keysOf(command, args);
  return (locateKeys(command.keySpecs, args, true) ?? []).map(({ at }) => args[at] as string);
}

/** @throws RedisError when this node takes no writes */
export function checkWritable(client: Session): void {
  const { primary, config } = client.door.broker;
  if (!primary && config.number('min-replicas-to-write') > 0) {
    throw new RedisError('NOREPLICAS Not enough good replicas to write.');
  }
  if (primary && config.text('replica-read-only') === 'yes') {
    throw new RedisError("READONLY You can't write against a read only replica.");
  }
}

/** Whether what this server holds may not be read: a replica never has a link to its primary here. */
export function isStale(client: Session): boolean {
  const { primary, config } = client.door.broker;
  return primary !== undefined && config.text('replica-serve-stale-data') === 'no';
}

export const STALE = "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.";

function checkFresh(client: Session, command: Command): void {
  if (!isStale(client)) return;
  const queued = command.name === 'exec' ? client.transaction.queued.map((one) => one.command) : [];
  if ([command, ...queued].every(({ flags }) => flags.has('stale'))) return;
  throw new RedisError(STALE);
}

function notEnabled(what: string, option: string): string {
  return (
    `ERR ${what} command not allowed. If the ${option} option is set to "local", you can run it from a local ` +
    'connection, otherwise you need to set this option in the configuration file, and then restart the server.'
  );
}
