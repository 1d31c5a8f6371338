/**
 * What replication looks like to clients. A server can be told to follow another one, and then refuses what a
 * read-only or a stale replica refuses; it never connects anywhere.
 *
 * Not done: replicas of this server (WAIT never counts one), PSYNC, which is refused.
 *
 * @see https://redis.io/docs/latest/operate/oss_and_stack/management/replication/
 */
import { NOT_AN_INTEGER, RedisError, SYNTAX_ERROR } from '../../../models/redis/index.js';
import { block } from '../blocking.js';
import { type Command, command, type Reply } from '../handler.js';
import { array, bulk, cString, EMPTY_ARRAY, error, integer, OK, simple } from '../reply.js';
import { strictInteger } from '../request-parser.js';
import type { Session } from '../session.js';
import { int } from './number.js';
import { parseTimeoutMs } from './timeout.js';

/** Options, with the number of their arguments. */
const FAILOVER_OPTIONS: ReadonlyMap<string, number> = new Map([
  ['to', 2],
  ['timeout', 1],
  ['force', 0],
]);

function replicaOf(client: Session, args: readonly string[]): string {
  const { broker } = client.door;
  if (broker.clusterEnabled) throw new RedisError('ERR REPLICAOF not allowed in cluster mode.');
  const [, host, portText] = args as [string, string, string];
  if (host.toLowerCase() === 'no' && portText.toLowerCase() === 'one') {
    broker.primary = undefined;
    return OK;
  }
  const port = strictInteger(portText);
  if (port === undefined || port < 0 || port > 65_535) throw new RedisError('ERR Invalid master port');
  if (broker.primary?.host === host && broker.primary.port === port) {
    return simple('OK Already connected to specified master');
  }
  broker.primary = { host, port };
  for (const session of [...client.door.sessions.values()]) if (session.blocked) dismiss(session);
  return OK;
}

/** What a blocked client waits for will not come to a replica. */
function dismiss(session: Session): void {
  session.unblock(
    error('UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)'),
  );
  session.closeAfterReply();
}

function role(client: Session): string {
  const { primary } = client.door.broker;
  if (!primary) return array([bulk('master'), integer(0), EMPTY_ARRAY]);
  return array([bulk('slave'), bulk(primary.host), integer(primary.port), bulk('connect'), integer(-1)]);
}

/** No replica will ever acknowledge: a client that wants one waits for its whole time. */
function wait(client: Session, args: readonly string[]): Reply {
  if (client.door.broker.primary) {
    throw new RedisError(
      'ERR WAIT cannot be used with replica instances. Please also note that since Redis 4.0 if a replica is ' +
        'configured to be writable (which is not the default) writes to replicas are just local and are not propagated.',
    );
  }
  const count = strictInteger(args[1] as string);
  if (count === undefined) throw new RedisError(NOT_AN_INTEGER);
  const timeoutMs = parseTimeoutMs(args[2] as string, 'milliseconds');
  if (count <= 0) return integer(0);
  return block(client, { keys: [], timeoutMs, onTimeout: () => integer(0) });
}

/** There is never a replica that could take over. */
function failover(client: Session, args: readonly string[]): never {
  const { broker } = client.door;
  if (broker.clusterEnabled) {
    throw new RedisError('ERR FAILOVER not allowed in cluster mode. Use CLUSTER FAILOVER command instead.');
  }
  if (args.length === 2 && args[1]?.toLowerCase() === 'abort') throw new RedisError('ERR No failover in progress.');
  const seen = new Set<string>();
  for (let i = 1; i < args.length; i++) {
    const word = (args[i] as string).toLowerCase();
    const more = FAILOVER_OPTIONS.get(word);
    if (more === undefined || seen.has(word) || i + more >= args.length) throw new RedisError(SYNTAX_ERROR);
    seen.add(word);
    i += more;
    // The last argument of TO is a port, that of TIMEOUT a time.
    const number = more > 0 ? int(args[i] as string) : undefined;
    if (word === 'timeout' && (number as number) <= 0) {
      throw new RedisError('ERR FAILOVER timeout must be greater than 0');
    }
  }
  throw new RedisError(
    broker.primary
      ? 'ERR FAILOVER is not valid when server is a replica.'
      : 'ERR FAILOVER requires connected replicas.',
  );
}

/** What a replica tells of itself before it follows. */
const REPLICA_OPTIONS = new Set(['listening-port', 'ip-address', 'capa', 'rdb-only', 'rdb-filter-only', 'version']);

function replicaConfig(_client: Session, args: readonly string[]): string {
  if (args.length % 2 === 0) throw new RedisError(SYNTAX_ERROR);
  for (let i = 1; i < args.length; i += 2) {
    const option = (args[i] as string).toLowerCase();
    // Acknowledgements are not answered.
    if (option === 'ack' || option === 'getack') return '';
    if (!REPLICA_OPTIONS.has(option)) {
      throw new RedisError(`ERR Unrecognized REPLCONF option: ${cString(args[i] as string)}`);
    }
  }
  return OK;
}

/** Nothing is sent to replicas: whoever wants to follow is told so. */
function sync(): never {
  throw new RedisError('ERR this broker sends nothing to replicas');
}

export const replicationCommands: readonly Command[] = [
  command('replicaof 3 Aast', replicaOf),
  command('slaveof 3 Aast', replicaOf),
  command('role 1 Flst', { categories: ['admin', 'dangerous'], run: role }),
  command('wait 3 s', { categories: ['connection'], run: wait }),
  command('replconf -1 asltB', replicaConfig),
  command('psync -3 asAX', sync),
  command('sync 1 asAX', sync),
  command('failover -1 ast', failover),
];
