/**
 * CLUSTER and its neighbours. With cluster mode off every one of them is refused; with it on they describe one node
 * that owns the slots, so that cluster clients can use sharded channels.
 *
 * Not done: further nodes, so that MEET never finds one, and no slot moves anywhere.
 *
 * @see https://redis.io/docs/latest/commands/?group=cluster
 */
import { keySlot, RedisError, SLOT_COUNT, SYNTAX_ERROR } from '../../../models/redis/index.js';
import { type Command, command, type Run } from '../handler.js';
import { array, bulk, bulks, cString, EMPTY_ARRAY, integer, map, OK, simple, verbatim } from '../reply.js';
import { strictInteger } from '../request-parser.js';
import type { Session } from '../session.js';
import { withHelp } from './help.js';
import { int } from './number.js';

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
const MOST_BASE_PORT = 65_535 - BUS_PORT_OFFSET;

function info(client: Session): string {
  const slots = slotsOf(client);
  const lines = [
    `cluster_state:${client.door.clusterIsDown ? 'fail' : 'ok'}`,
    `cluster_slots_assigned:${slots.ownedCount}`,
    `cluster_slots_ok:${slots.ownedCount}`,
    'cluster_slots_pfail:0',
    'cluster_slots_fail:0',
    'cluster_known_nodes:1',
    `cluster_size:${slots.ownedCount > 0 ? 1 : 0}`,
    `cluster_current_epoch:${slots.epoch}`,
    `cluster_my_epoch:${slots.epoch}`,
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
    `myself,master - 0 0 ${slotsOf(client).epoch} connected`,
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

function countKeysInSlot(client: Session, args: readonly string[]): string {
  const slot = int(args[2] as string);
  if (slot < 0 || slot >= SLOT_COUNT) throw new RedisError('ERR Invalid slot');
  return integer(keysInSlot(client, slot).length);
}

/** Slots one by one. @throws RedisError */
const listed = (args: readonly string[]): number[] => args.slice(2).map(slotNumber);

/** Slots by ranges, ends included. @throws RedisError */
function ranged(args: readonly string[]): number[] {
  if (args.length % 2 !== 0) {
    throw new RedisError(
      `ERR wrong number of arguments for '${(args[0] as string).toLowerCase()}|${(args[1] as string).toLowerCase()}' command`,
    );
  }
  const found: number[] = [];
  for (let i = 2; i < args.length; i += 2) {
    const [first, last] = [slotNumber(args[i] as string), slotNumber(args[i + 1] as string)];
    if (first > last) {
      throw new RedisError(`ERR start slot number ${first} is greater than end slot number ${last}`);
    }
    for (let slot = first; slot <= last; slot++) found.push(slot);
  }
  return found;
}

const addSlots =
  (read: (args: readonly string[]) => number[]): Run =>
  (client, args) => {
    slotsOf(client).add(read(args));
    return OK;
  };

const deleteSlots =
  (read: (args: readonly string[]) => number[]): Run =>
  (client, args) => {
    const leaving = read(args);
    slotsOf(client).remove(leaving);
    leaveChannels(client);
    return OK;
  };

/** Subscribers of shard channels in a slot that has left are unsubscribed and told so. */
function leaveChannels(client: Session): void {
  for (const session of client.door.sessions.values()) {
    const { shardChannels } = session.subscriptions;
    for (const channel of shardChannels) {
      if (slotsOf(client).owns(keySlot(channel))) continue;
      shardChannels.delete(channel);
      client.door.broker.shardChannels.unsubscribe(channel, session);
      session.push([bulk('sunsubscribe'), bulk(channel), integer(shardChannels.size)]);
    }
  }
}

const hasKeys = (client: Session): boolean => client.door.broker.keyspace.database(0).entries.size > 0;

function clearSlots(client: Session): string {
  slotsOf(client).clear();
  leaveChannels(client);
  return OK;
}

function flushSlots(client: Session): string {
  if (hasKeys(client)) throw new RedisError('ERR DB must be empty to perform CLUSTER FLUSHSLOTS.');
  return clearSlots(client);
}

function resetNode(client: Session, args: readonly string[]): string {
  const hard = args[2]?.toLowerCase() === 'hard';
  if (args.length > 3 || (args.length === 3 && !hard && args[2]?.toLowerCase() !== 'soft')) {
    throw new RedisError(SYNTAX_ERROR);
  }
  if (hasKeys(client)) throw new RedisError("ERR CLUSTER RESET can't be called with master nodes containing keys");
  if (hard) slotsOf(client).epoch = 0;
  return clearSlots(client);
}

function bumpEpoch(client: Session): string {
  const slots = slotsOf(client);
  if (slots.epoch > 0) return simple(`STILL ${slots.epoch}`);
  slots.epoch = 1;
  return simple('BUMPED 1');
}

function setConfigEpoch(client: Session, args: readonly string[]): string {
  const epoch = int(args[2] as string);
  if (epoch < 0) throw new RedisError(`ERR Invalid config epoch specified: ${epoch}`);
  if (slotsOf(client).epoch > 0) throw new RedisError('ERR Node config epoch is already non-zero');
  slotsOf(client).epoch = epoch;
  return OK;
}

/** What is asked about a node: there is this one only. */
const aboutMyself =
  (reply: (client: Session) => string): Run =>
  (client, args) => {
    if (args[2] !== client.door.broker.nodeId) throw new RedisError(`ERR Unknown node ${cString(args[2] as string)}`);
    return reply(client);
  };

function refuse(line: string): never {
  throw new RedisError(line);
}

function failover(_client: Session, args: readonly string[]): string {
  const known = args.length === 2 || (args.length === 3 && /^(?:force|takeover)$/i.test(args[2] as string));
  return refuse(known ? 'ERR You should send CLUSTER FAILOVER to a replica' : SYNTAX_ERROR);
}

const looksLikeAddress = (host: string): boolean => /^(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f]*:[\da-f:.]*)$/i.test(host);

/** Nobody answers: what has been said to is forgotten again. */
function meet(_client: Session, args: readonly string[]): string {
  const [, , host, portText] = args as [string, string, string, string];
  const port = strictInteger(portText);
  if (port === undefined) return refuse(`ERR Invalid TCP base port specified: ${cString(portText)}`);
  if (!looksLikeAddress(host) || port < 1 || port > MOST_BASE_PORT) {
    return refuse(`ERR Invalid node address specified: ${cString(host)}:${cString(portText)}`);
  }
  return OK;
}

function setSlot(client: Session, args: readonly string[]): string {
  const slot = slotNumber(args[2] as string);
  const action = `${args[3]?.toLowerCase()} ${args.length}`;
  const owned = slotsOf(client).owns(slot);
  const isKnown = args[4] === client.door.broker.nodeId;
  const node = cString(args[4] ?? '');
  switch (action) {
    case 'stable 4':
      return OK;
    case 'migrating 5':
      if (!owned) return refuse(`ERR I'm not the owner of hash slot ${slot}`);
      return isKnown ? OK : refuse(`ERR I don't know about node ${node}`);
    case 'importing 5':
      if (owned) return refuse(`ERR I'm already the owner of hash slot ${slot}`);
      return isKnown ? OK : refuse(`ERR I don't know about node ${node}`);
    case 'node 5':
      if (!isKnown) return refuse(`ERR Unknown node ${node}`);
      if (!owned) slotsOf(client).add([slot]);
      return OK;
    default:
      return refuse('ERR Invalid CLUSTER SETSLOT action or number of arguments. Try CLUSTER HELP');
  }
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
        sub('countkeysinslot 3 t', countKeysInSlot),
        sub('getkeysinslot 4 t', getKeysInSlot),
        sub('addslots -3 Aat', addSlots(listed)),
        sub('delslots -3 Aat', deleteSlots(listed)),
        sub('addslotsrange -4 Aat', addSlots(ranged)),
        sub('delslotsrange -4 Aat', deleteSlots(ranged)),
        sub('flushslots 2 Aat', flushSlots),
        sub('setslot -4 Aat', setSlot),
        sub('bumpepoch 2 Aat', bumpEpoch),
        sub('set-config-epoch 3 Aat', setConfigEpoch),
        sub('saveconfig 2 Aat', () => OK),
        sub('reset -2 ast', resetNode),
        sub(
          'replicas 3 at',
          aboutMyself(() => EMPTY_ARRAY),
        ),
        sub(
          'slaves 3 at',
          aboutMyself(() => EMPTY_ARRAY),
        ),
        sub(
          'count-failure-reports 3 at',
          aboutMyself(() => integer(0)),
        ),
        sub(
          'forget 3 Aat',
          aboutMyself(() => refuse("ERR I tried hard but I can't forget myself...")),
        ),
        sub(
          'replicate 3 Aat',
          aboutMyself(() => refuse("ERR Can't replicate myself")),
        ),
        sub('failover -2 Aat', failover),
        sub('meet -4 Aat', meet),
      ],
      [],
      clustered,
    ),
  }),
];
