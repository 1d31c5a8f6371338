/** Every command that the door answers. A command that stands in no group here is unknown to clients. */
import type { Command } from '../handler.js';
import { aclCommands } from './acl.js';
import { bitCommands } from './bit.js';
import { bitfieldCommands } from './bitfield.js';
import { clientCommands } from './client.js';
import { clusterCommands } from './cluster.js';
import { connectionCommands } from './connection.js';
import { dumpCommands } from './dump.js';
import { functionCommands } from './function.js';
import { geoCommands } from './geo.js';
import { hashCommands } from './hash.js';
import { hyperloglogCommands } from './hyperloglog.js';
import { keyCommands } from './key.js';
import { listCommands } from './list.js';
import { listBlockingCommands } from './list-blocking.js';
import { migrateCommands } from './migrate.js';
import { listMultiPopCommands, sortedSetMultiPopCommands } from './multi-pop.js';
import { pubsubCommands } from './pubsub.js';
import { replicationCommands } from './replication.js';
import { scriptCommands } from './script.js';
import { serverCommands } from './server.js';
import { setCommands } from './set.js';
import { sortCommands } from './sort.js';
import { sortedSetCommands } from './sorted-set.js';
import { sortedSetBlockingCommands } from './sorted-set-blocking.js';
import { sortedSetCombineCommands } from './sorted-set-combine.js';
import { sortedSetRangeCommands } from './sorted-set-range.js';
import { streamCommands } from './stream.js';
import { streamGroupCommands } from './stream-group.js';
import { streamInfoCommands } from './stream-info.js';
import { streamReadCommands } from './stream-read.js';
import { stringCommands } from './string.js';
import { transactionCommands } from './transaction.js';

/** Groups in the order of the support table. */
export const COMMAND_GROUPS: ReadonlyArray<readonly [title: string, commands: readonly Command[]]> = [
  ['Pub/Sub', pubsubCommands],
  ['Connection', [...connectionCommands, ...clientCommands]],
  ['Transactions', transactionCommands],
  ['Keys', [...keyCommands, ...sortCommands, ...dumpCommands, ...migrateCommands]],
  ['Strings', stringCommands],
  ['Bits', [...bitCommands, ...bitfieldCommands]],
  ['HyperLogLog', hyperloglogCommands],
  ['Hashes', hashCommands],
  ['Lists', [...listCommands, ...listBlockingCommands, ...listMultiPopCommands]],
  ['Sets', setCommands],
  [
    'Sorted sets',
    [
      ...sortedSetCommands,
      ...sortedSetRangeCommands,
      ...sortedSetCombineCommands,
      ...sortedSetBlockingCommands,
      ...sortedSetMultiPopCommands,
    ],
  ],
  ['Places', geoCommands],
  ['Streams', [...streamCommands, ...streamReadCommands, ...streamGroupCommands, ...streamInfoCommands]],
  ['Scripting', [...scriptCommands, ...functionCommands]],
  ['Server', [...serverCommands, ...replicationCommands]],
  ['Cluster', clusterCommands],
  ['ACL', aclCommands],
];

export const COMMANDS: ReadonlyMap<string, Command> = new Map(
  COMMAND_GROUPS.flatMap(([, commands]) => commands).map((entry) => [entry.name, entry]),
);
