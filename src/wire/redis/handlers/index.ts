/** Every command that the door answers. A command that stands in no group here is unknown to clients. */
import type { Command } from '../handler.js';
import { aclCommands } from './acl.js';
import { bitCommands } from './bit.js';
import { bitfieldCommands } from './bitfield.js';
import { clientCommands } from './client.js';
import { clusterCommands } from './cluster.js';
import { connectionCommands } from './connection.js';
import { dumpCommands } from './dump.js';
import { hashCommands } from './hash.js';
import { keyCommands } from './key.js';
import { listCommands } from './list.js';
import { listBlockingCommands } from './list-blocking.js';
import { pubsubCommands } from './pubsub.js';
import { replicationCommands } from './replication.js';
import { scriptCommands, scriptKeys } from './script.js';
import { serverCommands } from './server.js';
import { setCommands } from './set.js';
import { sortCommands, sortKeys } from './sort.js';
import { sortedSetCommands } from './sorted-set.js';
import { sortedSetBlockingCommands } from './sorted-set-blocking.js';
import { streamCommands } from './stream.js';
import { streamGroupCommands } from './stream-group.js';
import { streamInfoCommands } from './stream-info.js';
import { streamKeys, streamReadCommands } from './stream-read.js';
import { stringCommands } from './string.js';
import { transactionCommands } from './transaction.js';

/** Groups in the order of the support table. */
export const COMMAND_GROUPS: ReadonlyArray<readonly [title: string, commands: readonly Command[]]> = [
  ['Pub/Sub', pubsubCommands],
  ['Connection', [...connectionCommands, ...clientCommands]],
  ['Transactions', transactionCommands],
  ['Keys', [...keyCommands, ...sortCommands, ...dumpCommands]],
  ['Strings', stringCommands],
  ['Bits', [...bitCommands, ...bitfieldCommands]],
  ['Hashes', hashCommands],
  ['Lists', [...listCommands, ...listBlockingCommands]],
  ['Sets', setCommands],
  ['Sorted sets', [...sortedSetCommands, ...sortedSetBlockingCommands]],
  ['Streams', [...streamCommands, ...streamReadCommands, ...streamGroupCommands, ...streamInfoCommands]],
  ['Scripting', scriptCommands],
  ['Server', [...serverCommands, ...replicationCommands]],
  ['Cluster', clusterCommands],
  ['ACL', aclCommands],
];

export const COMMANDS: ReadonlyMap<string, Command> = new Map(
  COMMAND_GROUPS.flatMap(([, commands]) => commands).map((entry) => [entry.name, entry]),
);

/** How to find the keys of commands whose keys move. */
export const MOVABLE_KEYS: ReadonlyMap<string, (args: readonly string[]) => string[]> = new Map([
  ['eval', scriptKeys],
  ['eval_ro', scriptKeys],
  ['evalsha', scriptKeys],
  ['evalsha_ro', scriptKeys],
  ['sort', sortKeys],
  ['xread', streamKeys],
  ['xreadgroup', streamKeys],
]);
