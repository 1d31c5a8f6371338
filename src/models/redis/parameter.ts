/**
 * The parameters that CONFIG GET and CONFIG SET know.
 *
 * @see https://redis.io/docs/latest/operate/oss_and_stack/management/config/
 */

/** How a parameter's text is checked and stored. */
export type Kind =
  | { readonly kind: 'text' }
  | { readonly kind: 'bool' }
  | { readonly kind: 'int'; readonly min: number; readonly max: number; readonly clamp?: boolean }
  | { readonly kind: 'memory'; readonly min?: number; readonly max?: number }
  | { readonly kind: 'choice'; readonly of: readonly string[] }
  | { readonly kind: 'events' }
  | { readonly kind: 'output-limit' }
  | { readonly kind: 'fixed' };

const POLICIES = [
  'volatile-lru',
  'volatile-lfu',
  'volatile-random',
  'volatile-ttl',
  'allkeys-lru',
  'allkeys-lfu',
  'allkeys-random',
  'noeviction',
] as const;

export type EvictionPolicy = (typeof POLICIES)[number];

const yesNo = { kind: 'bool' } as const;
const text = { kind: 'text' } as const;
const fixed = { kind: 'fixed' } as const;
const int = (min: number, max: number) => ({ kind: 'int', min, max }) as const;
export const DEFAULT_OUTPUT = 'normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60';
export const INT_MAX = 0x7fffffff;

/** Name, value in a fresh server, and kind. */
export const PARAMETERS: ReadonlyMap<string, readonly [value: string, kind: Kind]> = new Map<
  string,
  readonly [string, Kind]
>([
  ['maxmemory', ['0', { kind: 'memory' }]],
  ['maxmemory-policy', ['noeviction', { kind: 'choice', of: POLICIES }]],
  ['maxmemory-samples', ['5', int(1, 64)]],
  ['maxmemory-eviction-tenacity', ['10', int(0, 100)]],
  ['maxmemory-clients', ['0', { kind: 'memory' }]],
  ['notify-keyspace-events', ['', { kind: 'events' }]],
  ['client-output-buffer-limit', [DEFAULT_OUTPUT, { kind: 'output-limit' }]],
  ['proto-max-bulk-len', ['536870912', { kind: 'memory', min: 1024 * 1024 }]],
  ['client-query-buffer-limit', ['1073741824', { kind: 'memory', min: 1024 * 1024 }]],
  ['requirepass', ['', text]],
  ['timeout', ['0', int(0, INT_MAX)]],
  ['maxclients', ['10000', int(1, 0xffffffff)]],
  ['databases', ['16', fixed]],
  ['appendonly', ['no', yesNo]],
  ['appendfsync', ['everysec', { kind: 'choice', of: ['everysec', 'always', 'no'] }]],
  ['save', ['', text]],
  ['hz', ['10', { kind: 'int', min: 1, max: 500, clamp: true }]],
  ['tcp-keepalive', ['300', int(0, INT_MAX)]],
  ['tcp-backlog', ['511', fixed]],
  ['cluster-enabled', ['no', fixed]],
  ['cluster-require-full-coverage', ['yes', yesNo]],
  ['cluster-allow-pubsubshard-when-down', ['yes', yesNo]],
  ['stream-node-max-entries', ['100', int(0, Number.MAX_SAFE_INTEGER)]],
  ['stream-node-max-bytes', ['4096', { kind: 'memory' }]],
  ['acl-pubsub-default', ['resetchannels', { kind: 'choice', of: ['allchannels', 'resetchannels'] }]],
  ['replica-serve-stale-data', ['yes', yesNo]],
  ['replica-read-only', ['yes', yesNo]],
  ['min-replicas-to-write', ['0', int(0, INT_MAX)]],
  ['busy-reply-threshold', ['5000', int(0, Number.MAX_SAFE_INTEGER)]],
  ['lua-time-limit', ['5000', int(0, Number.MAX_SAFE_INTEGER)]],
  ['lazyfree-lazy-eviction', ['no', yesNo]],
  ['lazyfree-lazy-expire', ['no', yesNo]],
  ['lazyfree-lazy-server-del', ['no', yesNo]],
  ['lazyfree-lazy-user-del', ['no', yesNo]],
  ['lazyfree-lazy-user-flush', ['no', yesNo]],
  ['slowlog-log-slower-than', ['10000', int(-1, Number.MAX_SAFE_INTEGER)]],
  ['slowlog-max-len', ['128', int(0, Number.MAX_SAFE_INTEGER)]],
  ['latency-monitor-threshold', ['0', int(0, Number.MAX_SAFE_INTEGER)]],
  ['list-max-listpack-size', ['-2', int(-INT_MAX, INT_MAX)]],
  ['list-compress-depth', ['0', int(0, INT_MAX)]],
  ['hash-max-listpack-entries', ['512', int(0, INT_MAX)]],
  ['hash-max-listpack-value', ['64', { kind: 'memory' }]],
  ['set-max-intset-entries', ['512', int(0, INT_MAX)]],
  ['zset-max-listpack-entries', ['128', int(0, INT_MAX)]],
  ['zset-max-listpack-value', ['64', { kind: 'memory' }]],
  ['loglevel', ['notice', { kind: 'choice', of: ['debug', 'verbose', 'notice', 'warning'] }]],
  ['activedefrag', ['no', yesNo]],
  ['dir', ['/data', fixed]],
  ['bind', ['127.0.0.1', text]],
  ['port', ['6379', fixed]],
  ['hll-sparse-max-bytes', ['3000', { kind: 'memory' }]],
  // What changes nothing here; clients and tools read and set it.
  ['acllog-max-len', ['128', int(0, Number.MAX_SAFE_INTEGER)]],
  ['active-expire-effort', ['1', int(1, 10)]],
  ['activerehashing', ['yes', yesNo]],
  ['aof-load-truncated', ['yes', yesNo]],
  ['aof-rewrite-incremental-fsync', ['yes', yesNo]],
  ['aof-use-rdb-preamble', ['yes', yesNo]],
  ['appenddirname', ['appendonlydir', fixed]],
  ['appendfilename', ['appendonly.aof', fixed]],
  ['auto-aof-rewrite-min-size', ['67108864', { kind: 'memory' }]],
  ['auto-aof-rewrite-percentage', ['100', int(0, INT_MAX)]],
  ['cluster-allow-reads-when-down', ['no', yesNo]],
  ['cluster-node-timeout', ['15000', int(0, Number.MAX_SAFE_INTEGER)]],
  ['crash-log-enabled', ['yes', yesNo]],
  ['daemonize', ['no', fixed]],
  ['dbfilename', ['dump.rdb', text]],
  ['dynamic-hz', ['yes', yesNo]],
  ['io-threads', ['1', fixed]],
  ['latency-tracking', ['yes', yesNo]],
  ['lfu-decay-time', ['1', int(0, INT_MAX)]],
  ['lfu-log-factor', ['10', int(0, INT_MAX)]],
  ['logfile', ['', fixed]],
  ['min-replicas-max-lag', ['10', int(0, INT_MAX)]],
  ['no-appendfsync-on-rewrite', ['no', yesNo]],
  ['protected-mode', ['no', yesNo]],
  ['rdbchecksum', ['yes', fixed]],
  ['rdbcompression', ['yes', yesNo]],
  ['repl-backlog-size', ['1048576', { kind: 'memory', min: 1 }]],
  ['repl-backlog-ttl', ['3600', int(0, Number.MAX_SAFE_INTEGER)]],
  ['repl-diskless-sync', ['yes', yesNo]],
  ['repl-diskless-sync-delay', ['5', int(0, INT_MAX)]],
  ['repl-ping-replica-period', ['10', int(1, INT_MAX)]],
  ['repl-timeout', ['60', int(1, INT_MAX)]],
  ['replica-ignore-maxmemory', ['yes', yesNo]],
  ['replica-lazy-flush', ['no', yesNo]],
  ['replica-priority', ['100', int(0, INT_MAX)]],
  ['sanitize-dump-payload', ['no', { kind: 'choice', of: ['no', 'yes', 'clients'] }]],
  ['shutdown-timeout', ['10', int(0, INT_MAX)]],
  ['stop-writes-on-bgsave-error', ['yes', yesNo]],
  ['tls-port', ['0', int(0, 65_535)]],
  ['tracking-table-max-keys', ['1000000', int(0, Number.MAX_SAFE_INTEGER)]],
  ['unixsocket', ['', fixed]],
]);
