/**
 * INFO.
 *
 * @see https://redis.io/docs/latest/commands/info/
 */
import { verbatim } from '../reply.js';
import type { Session } from '../session.js';

type Field = readonly [name: string, value: string | number];

/** Sections that only `INFO all`, `INFO everything` and their own names show. */
const ON_DEMAND = new Set(['commandstats', 'latencystats']);

function server(client: Session): Field[] {
  const { broker, startedMs, now } = client.door;
  const uptime = Math.floor((now - startedMs) / 1000);
  return [
    ['redis_version', broker.releaseName],
    ['redis_git_sha1', '00000000'],
    ['redis_git_dirty', 0],
    ['redis_build_id', broker.runId.slice(0, 16)],
    ['redis_mode', broker.clusterEnabled ? 'cluster' : 'standalone'],
    ['os', 'tribroker'],
    ['arch_bits', 64],
    ['multiplexing_api', 'epoll'],
    ['process_id', 1],
    ['run_id', broker.runId],
    ['tcp_port', client.connection.local.port],
    ['server_time_usec', now * 1000],
    ['uptime_in_seconds', uptime],
    ['uptime_in_days', Math.floor(uptime / 86_400)],
    ['hz', broker.config.number('hz')],
    ['configured_hz', broker.config.number('hz')],
    ['lru_clock', Math.floor(now / 1000) & 0xffffff],
    ['executable', ''],
    ['config_file', ''],
    ['io_threads_active', 0],
  ];
}

function clients(client: Session): Field[] {
  const sessions = [...client.door.sessions.values()];
  return [
    ['connected_clients', sessions.length],
    ['cluster_connections', 0],
    ['maxclients', client.door.broker.config.number('maxclients')],
    ['client_recent_max_input_buffer', 0],
    ['client_recent_max_output_buffer', 0],
    ['blocked_clients', sessions.filter((session) => session.isWaiting).length],
    ['tracking_clients', client.door.tracking.clientCount],
    ['clients_in_timeout_table', 0],
  ];
}

function memory(client: Session): Field[] {
  const { config, usedMemory } = client.door.broker;
  const { scriptCount, functions } = client.door.scripting;
  const libraries = functions.all();
  return [
    ['used_memory', usedMemory],
    ['used_memory_human', `${(usedMemory / 1024 / 1024).toFixed(2)}M`],
    ['used_memory_rss', usedMemory],
    ['used_memory_peak', usedMemory],
    ['number_of_cached_scripts', scriptCount],
    ['number_of_functions', libraries.reduce((sum, library) => sum + library.functions.length, 0)],
    ['number_of_libraries', libraries.length],
    ['maxmemory', config.number('maxmemory')],
    ['maxmemory_human', `${(config.number('maxmemory') / 1024 / 1024).toFixed(2)}M`],
    ['maxmemory_policy', config.text('maxmemory-policy')],
    ['mem_fragmentation_ratio', '1.00'],
    ['mem_allocator', 'v8'],
  ];
}

function persistence(client: Session): Field[] {
  return [
    ['loading', 0],
    ['async_loading', 0],
    ['rdb_changes_since_last_save', client.door.broker.counters.changes],
    ['rdb_bgsave_in_progress', 0],
    ['rdb_last_save_time', Math.floor(client.door.savedMs / 1000)],
    ['rdb_last_bgsave_status', 'ok'],
    ['aof_enabled', 0],
  ];
}

function stats(client: Session): Field[] {
  const { door } = client;
  return [
    ['total_connections_received', door.stats.connections],
    ['total_commands_processed', door.stats.commands],
    ['instantaneous_ops_per_sec', 0],
    ['total_net_input_bytes', door.stats.readBytes],
    ['total_net_output_bytes', door.stats.writtenBytes],
    ['rejected_connections', door.stats.rejectedConnections],
    ['expired_keys', door.broker.counters.expired],
    ['evicted_keys', door.broker.counters.evicted],
    ['keyspace_hits', door.broker.counters.hits],
    ['keyspace_misses', door.broker.counters.misses],
    ['pubsub_channels', door.broker.channels.channelCount],
    ['pubsub_patterns', door.broker.channels.patternCount],
    ['pubsubshard_channels', door.broker.shardChannels.channelCount],
    ['tracking_total_keys', door.tracking.keyCount],
    ['tracking_total_items', door.tracking.itemCount],
    ['tracking_total_prefixes', door.tracking.prefixCount],
    ['total_error_replies', door.stats.errorCount],
    ['total_reads_processed', door.stats.reads],
    ['total_writes_processed', door.stats.writes],
  ];
}

function commandStats(client: Session): Field[] {
  return [...client.door.stats.byCommand].map(([name, { calls, rejected, failed }]) => [
    `cmdstat_${name}`,
    `calls=${calls},usec=0,usec_per_call=0.00,rejected_calls=${rejected},failed_calls=${failed}`,
  ]);
}

function replication(client: Session): Field[] {
  const { primary, config } = client.door.broker;
  const following: Field[] = primary
    ? [
        ['role', 'slave'],
        ['master_host', primary.host],
        ['master_port', primary.port],
        ['master_link_status', 'down'],
        ['master_last_io_seconds_ago', -1],
        ['master_sync_in_progress', 0],
        ['slave_read_repl_offset', 0],
        ['slave_repl_offset', 0],
        ['master_link_down_since_seconds', -1],
        ['slave_priority', config.number('replica-priority')],
        ['slave_read_only', config.text('replica-read-only') === 'yes' ? 1 : 0],
        ['replica_announced', config.text('replica-announced') === 'yes' ? 1 : 0],
      ]
    : [['role', 'master']];
  return [
    ...following,
    ['connected_slaves', 0],
    ['master_failover_state', 'no-failover'],
    ['master_replid', client.door.broker.runId],
    ['master_replid2', '0'.repeat(40)],
    ['master_repl_offset', 0],
    ['second_repl_offset', -1],
    ['repl_backlog_active', 0],
    ['repl_backlog_size', 1_048_576],
    ['repl_backlog_first_byte_offset', 0],
    ['repl_backlog_histlen', 0],
  ];
}

const SECTIONS: ReadonlyMap<string, readonly [title: string, fields: (client: Session) => Field[]]> = new Map([
  ['server', ['Server', server]],
  ['clients', ['Clients', clients]],
  ['memory', ['Memory', memory]],
  ['persistence', ['Persistence', persistence]],
  ['stats', ['Stats', stats]],
  ['replication', ['Replication', replication]],
  [
    'cpu',
    [
      'CPU',
      () => [
        ['used_cpu_sys', '0.000000'],
        ['used_cpu_user', '0.000000'],
      ],
    ],
  ],
  ['modules', ['Modules', () => []]],
  ['commandstats', ['Commandstats', commandStats]],
  [
    'errorstats',
    [
      'Errorstats',
      (client) => [...client.door.stats.errors].map(([code, n]): Field => [`errorstat_${code}`, `count=${n}`]),
    ],
  ],
  ['latencystats', ['Latencystats', () => []]],
  ['cluster', ['Cluster', (client) => [['cluster_enabled', client.door.broker.clusterEnabled ? 1 : 0]]]],
  ['keyspace', ['Keyspace', (client) => client.door.broker.keyspaceInfo()]],
]);

export function info(client: Session, args: readonly string[]): string {
  const asked = new Set(args.length === 1 ? ['default'] : args.slice(1).map((name) => name.toLowerCase()));
  const all = asked.has('all') || asked.has('everything');
  const shown = (name: string) => all || asked.has(name) || (asked.has('default') && !ON_DEMAND.has(name));
  const sections: string[] = [];
  for (const [name, [title, fields]] of SECTIONS) {
    if (!shown(name)) continue;
    const lines = fields(client).map(([field, value]) => `${field}:${value}\r\n`);
    sections.push(`# ${title}\r\n${lines.join('')}`);
  }
  return verbatim(sections.join('\r\n'), client.protocol);
}
