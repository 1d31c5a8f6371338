/**
 * CLUSTER and its neighbours. With cluster mode off every one of them is refused; with it on they describe one node
 * that owns the slots, so that cluster clients can use sharded channels.
 *
 * Not done: further nodes, MEET, REPLICATE, FAILOVER, slot migration.
 *
 * @see https://redis.io/docs/latest/commands/?group=cluster
 */
import { keySlot, RedisError, SLOT_COUNT } from '../../../models/redis/index.js';
import { type Command, command, type Run } from '../handler.js';
import { array, bulk, bulks, EMPTY_ARRAY, integer, map, OK, verbatim } from '../reply.js';
import { strictInteger } from '../request-parser.js';
import type { Session } from '../session.js';
import { withHelp } from './help.js';

/** Refuses while cluster mode is off. */
const clustered =
  (run: Run): Run =>
  (client, args) => {
    if (!client.door.broker.clusterEnabled) throw new RedisError('ERR This instance has cluster support disabled');
    return run(client, args);
  };

const slotsOf = (client: Session) => client.door.broker.clusterSlots;

/** Redis listens for its peers on the client port plus this. */
const BUS_PORT_OFFSET = 10_000;

function info(client: Session): string {
  const slots = slotsOf(client);
  const lines = [
    `cluster_state:${client.door.clusterIsDown ? 'fail' : 'ok'}`,
    `cluster_slots_assigned:${slots.ownedCount}`,
    `cluster_slots_ok:${slots.ownedCount}`,
    'cluster_slots_pfail:0',
    'cluster_slots_fail:0',
    'cluster_known_nodes:1',
    'cluster_size:1',
    'cluster_current_epoch:0',
    'cluster_my_epoch:0',
    'cluster_stats_messages_sent:0',
    'cluster_stats_messages_received:0',
    'total_cluster_links_buffer_limit_exceeded:0',
  ];
  return verbatim(lines.map((line) => `${line}\r\n`).join(''), client.protocol);
}

function slots(client: Session): string {
  const { local } = client.connection;
  const node = array([bulk(local.address), integer(local.port), bulk(client.door.broker.nodeId), EMPTY_ARRAY]);
  return array(slotsOf(client).ranges.map(([first, last]) => array([integer(first), integer(last), node])));
}

function shards(client: Session): string {
  const { local } = client.connection;
  const { protocol } = client;
  const node = map(
    [
      [bulk('id'), bulk(client.door.broker.nodeId)],
      [bulk('port'), integer(local.port)],
      [bulk('ip'), bulk(local.address)],
      [bulk('endpoint'), bulk(local.address)],
      [bulk('role'), bulk('master')],
      [bulk('replication-offset'), integer(0)],
      [bulk('health'), bulk('online')],
    ],
    protocol,
  );
  const ranges = slotsOf(client).ranges.flatMap(([first, last]) => [integer(first), integer(last)]);
  const shard = map(
    [
      [bulk('slots'), array(ranges)],
      [bulk('nodes'), array([node])],
    ],
    protocol,
  );
  return array([shard]);
}

function nodes(client: Session): string {
  const { address, port } = client.connection.local;
  const ranges = slotsOf(client).ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`));
  const words = [
    client.door.broker.nodeId,
    `${address}:${port}@${port + BUS_PORT_OFFSET}`,
    'myself,master - 0 0 0 connected',
    ...ranges,
  ];
  return verbatim(`${words.join(' ')}\n`, client.protocol);
}

/** A slot out of an argument. @throws RedisError */
function slotNumber(text: string): number {
  const slot = strictInteger(text);
  if (slot === undefined || slot < 0 || slot >= SLOT_COUNT) throw new RedisError('ERR Invalid or out of range slot');
  return slot;
}

function keysInSlot(client: Session, slot: number): string[] {
  return [...client.door.broker.keyspace.database(0).entries.keys()].filter((key) => keySlot(key) === slot);
}

function getKeysInSlot(client: Session, args: readonly string[]): string {
  const count = strictInteger(args[3] as string);
  const slot = strictInteger(args[2] as string);
  if (slot === undefined || count === undefined) {
    throw new RedisError('ERR value is not an integer or out of range');
  }
  if (slot < 0 || slot >= SLOT_COUNT || count < 0) throw new RedisError('ERR Invalid slot or number of keys');
  return bulks(keysInSlot(client, slot).slice(0, count));
}

function addSlots(client: Session, args: readonly string[]): string {
  slotsOf(client).add(args.slice(2).map(slotNumber));
  return OK;
}

/** Subscribers of shard channels in a slot that leaves are unsubscribed and told so. */
function deleteSlots(client: Session, args: readonly string[]): string {
  const leaving = new Set(args.slice(2).map(slotNumber));
  slotsOf(client).remove([...leaving]);
  for (const session of client.door.sessions.values()) {
    for (const channel of session.shardChannels) {
      if (leaving.has(keySlot(channel))) session.leaveShardChannel(channel);
    }
  }
  return OK;
}

const sub = (shape: string, run: Run) => command(`cluster|${shape}`, clustered(run));

export const clusterCommands: readonly Command[] = [
  command('readonly 1 Flt', { categories: ['connection'], run: clustered(() => OK) }),
  command('readwrite 1 Flt', { categories: ['connection'], run: clustered(() => OK) }),
  command('asking 1 F', { categories: ['connection'], run: clustered(() => OK) }),
  command('cluster -2', {
    subcommands: withHelp(
      [
        sub('info 2 t', info),
        sub('slots 2 t', slots),
        sub('shards 2 t', shards),
        sub('nodes 2 t', nodes),
        sub('keyslot 3 t', (_client, args) => integer(keySlot(args[2] as string))),
        sub('myid 2 t', (client) => bulk(client.door.broker.nodeId)),
        sub('links 2 t', () => EMPTY_ARRAY),
        sub('countkeysinslot 3 t', (client, args) => integer(keysInSlot(client, slotNumber(args[2] as string)).length)),
        sub('getkeysinslot 4 t', getKeysInSlot),
        sub('addslots -3 Aat', addSlots),
        sub('delslots -3 Aat', deleteSlots),
      ],
      [],
      clustered,
    ),
  }),
];
