/**
 * The parameters that CONFIG GET and CONFIG SET know, with the values and bounds of a fresh Redis 7.0.
 *
 * @see https://redis.io/docs/latest/operate/oss_and_stack/management/config/
 */

/** How a parameter's text is checked and stored. */
export type Kind =
  | { readonly kind: 'text'; readonly check?: (value: string) => string | undefined }
  /** @property refusal why it cannot be switched on */
  | { readonly kind: 'bool'; readonly refusal?: string }
  | NumberKind
  /** @property several words of the list in one value, the first for none */
  | { readonly kind: 'choice'; readonly of: readonly string[]; readonly several?: boolean }
  | { readonly kind: 'events' | 'output-limit' | 'save' | 'percentiles' | 'oom-scores' | 'fixed' | 'protected' };

/** An integer, or bytes with a unit; a percentage is stored as a negative number. */
export interface NumberKind {
  readonly kind: 'int' | 'memory' | 'memory-or-percent';
  readonly min: bigint;
  readonly max: bigint;
  /** What is outside of it is taken for its ends. */
  readonly clamp?: readonly [least: bigint, most: bigint];
}

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

const INT_MAX = 2n ** 31n - 1n;
const LONG_MAX = 2n ** 63n - 1n;
const ULONG_MAX = 2n ** 64n - 1n;
const MEGABYTE = 1024n * 1024n;
const NO_DEFRAGMENTATION =
  'Active defragmentation cannot be enabled: it requires a Redis server compiled with a modified Jemalloc like the ' +
  'one shipped by default with the Redis source distribution';
const NO_TLS = 'Unable to update TLS configuration. Check server logs.';

const int = (min: bigint, max: bigint): Kind => ({ kind: 'int', min, max });
const memory = (min: bigint, max: bigint): Kind => ({ kind: 'memory', min, max });
const choice = (...of: string[]): Kind => ({ kind: 'choice', of });
const yesNo: Kind = { kind: 'bool' };
const text: Kind = { kind: 'text' };
const fixed: Kind = { kind: 'fixed' };
const shutdownFlags: Kind = { kind: 'choice', of: ['default', 'save', 'nosave', 'now', 'force'], several: true };

export const DEFAULT_OUTPUT = 'normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60';

type Row = readonly [name: string, parameter: readonly [value: string, kind: Kind]];

/** Parameters of one kind, with the values that they have in a fresh server. */
const rows = (kind: Kind, values: Readonly<Record<string, string>>): Row[] =>
  Object.entries(values).map(([name, value]) => [name, [value, kind]]);

/** Name, value in a fresh server, and kind. */
export const PARAMETERS: ReadonlyMap<string, readonly [value: string, kind: Kind]> = new Map<string, Row[1]>([
  ['maxmemory', ['0', memory(0n, ULONG_MAX)]],
  ['maxmemory-policy', ['noeviction', choice(...POLICIES)]],
  ['maxmemory-clients', ['0', { kind: 'memory-or-percent', min: -100n, max: LONG_MAX }]],
  ['notify-keyspace-events', ['', { kind: 'events' }]],
  ['client-output-buffer-limit', [DEFAULT_OUTPUT, { kind: 'output-limit' }]],
  ['maxclients', ['10000', int(1n, 0xffff_ffffn)]],
  ['save', ['', { kind: 'save' }]],
  ['hz', ['10', { kind: 'int', min: 0n, max: INT_MAX, clamp: [1n, 500n] }]],
  ['latency-tracking-info-percentiles', ['50 99 99.9', { kind: 'percentiles' }]],
  ['oom-score-adj-values', ['0 200 800', { kind: 'oom-scores' }]],
  ['repl-backlog-size', ['1048576', { kind: 'memory', min: 1n, max: LONG_MAX, clamp: [16_384n, LONG_MAX] }]],
  ['cluster-announce-hostname', ['', { kind: 'text', check: hostnameProblem }]],
  ['proc-title-template', ['{title} {listen-addr} {server-mode}', { kind: 'text', check: titleProblem }]],
  ...rows(memory(MEGABYTE, LONG_MAX), {
    'proto-max-bulk-len': '536870912',
    'client-query-buffer-limit': '1073741824',
  }),
  ...rows(memory(0n, LONG_MAX), {
    'auto-aof-rewrite-min-size': '67108864',
    'hash-max-listpack-value': '64',
    'hll-sparse-max-bytes': '3000',
    'stream-node-max-bytes': '4096',
    'zset-max-listpack-value': '64',
  }),
  ['active-defrag-ignore-bytes', ['104857600', memory(1n, LONG_MAX)]],
  ['cluster-link-sendbuf-limit', ['0', memory(0n, ULONG_MAX)]],
  ...rows(int(0n, LONG_MAX), {
    'acllog-max-len': '128',
    'busy-reply-threshold': '5000',
    'cluster-node-timeout': '15000',
    'hash-max-listpack-entries': '512',
    'latency-monitor-threshold': '0',
    'repl-backlog-ttl': '3600',
    'set-max-intset-entries': '512',
    'slowlog-max-len': '128',
    'stream-node-max-entries': '100',
    'tracking-table-max-keys': '1000000',
    'zset-max-listpack-entries': '128',
  }),
  ['slowlog-log-slower-than', ['10000', int(-1n, LONG_MAX)]],
  ['active-defrag-max-scan-fields', ['1000', int(1n, LONG_MAX)]],
  ['list-max-listpack-size', ['-2', int(-INT_MAX - 1n, INT_MAX)]],
  ...rows(int(0n, INT_MAX), {
    'auto-aof-rewrite-percentage': '100',
    'cluster-migration-barrier': '1',
    'cluster-replica-validity-factor': '10',
    'lfu-decay-time': '1',
    'lfu-log-factor': '10',
    'list-compress-depth': '0',
    'min-replicas-max-lag': '10',
    'min-replicas-to-write': '0',
    'repl-diskless-sync-delay': '5',
    'repl-diskless-sync-max-replicas': '0',
    'replica-priority': '100',
    'shutdown-timeout': '10',
    'tcp-keepalive': '300',
    'tls-session-cache-size': '20480',
    'tls-session-cache-timeout': '300',
    timeout: '0',
  }),
  ...rows(int(1n, INT_MAX), { 'maxmemory-samples': '5', 'repl-ping-replica-period': '10', 'repl-timeout': '60' }),
  ...rows(int(0n, 65_535n), {
    'cluster-announce-bus-port': '0',
    'cluster-announce-port': '0',
    'cluster-announce-tls-port': '0',
    'replica-announce-port': '0',
  }),
  ...rows(int(0n, 1_000n), { 'active-defrag-threshold-lower': '10', 'active-defrag-threshold-upper': '100' }),
  ...rows(int(1n, 99n), { 'active-defrag-cycle-max': '25', 'active-defrag-cycle-min': '1' }),
  ['active-expire-effort', ['1', int(1n, 10n)]],
  ['maxmemory-eviction-tenacity', ['10', int(0n, 100n)]],
  ...rows(yesNo, {
    activerehashing: 'yes',
    'aof-disable-auto-gc': 'no',
    'aof-load-truncated': 'yes',
    'aof-rewrite-incremental-fsync': 'yes',
    'aof-timestamp-enabled': 'no',
    'aof-use-rdb-preamble': 'yes',
    appendonly: 'no',
    'cluster-allow-pubsubshard-when-down': 'yes',
    'cluster-allow-reads-when-down': 'no',
    'cluster-allow-replica-migration': 'yes',
    'cluster-replica-no-failover': 'no',
    'cluster-require-full-coverage': 'yes',
    'crash-log-enabled': 'yes',
    'crash-memcheck-enabled': 'yes',
    'dynamic-hz': 'yes',
    'jemalloc-bg-thread': 'yes',
    'latency-tracking': 'yes',
    'lazyfree-lazy-eviction': 'no',
    'lazyfree-lazy-expire': 'no',
    'lazyfree-lazy-server-del': 'no',
    'lazyfree-lazy-user-del': 'no',
    'lazyfree-lazy-user-flush': 'no',
    'no-appendfsync-on-rewrite': 'no',
    'protected-mode': 'yes',
    'rdb-del-sync-files': 'no',
    'rdb-save-incremental-fsync': 'yes',
    rdbcompression: 'yes',
    'repl-disable-tcp-nodelay': 'no',
    'repl-diskless-sync': 'yes',
    'replica-announced': 'yes',
    'replica-ignore-disk-write-errors': 'no',
    'replica-ignore-maxmemory': 'yes',
    'replica-lazy-flush': 'no',
    'replica-read-only': 'yes',
    'replica-serve-stale-data': 'yes',
    'stop-writes-on-bgsave-error': 'yes',
    'tls-prefer-server-ciphers': 'no',
    'tls-session-caching': 'yes',
  }),
  ['activedefrag', ['no', { kind: 'bool', refusal: NO_DEFRAGMENTATION }]],
  ...rows({ kind: 'bool', refusal: NO_TLS }, { 'tls-cluster': 'no', 'tls-replication': 'no' }),
  ['acl-pubsub-default', ['resetchannels', choice('allchannels', 'resetchannels')]],
  ['appendfsync', ['everysec', choice('everysec', 'always', 'no')]],
  ['cluster-preferred-endpoint-type', ['ip', choice('ip', 'hostname', 'unknown-endpoint')]],
  ['loglevel', ['notice', choice('debug', 'verbose', 'notice', 'warning')]],
  ['oom-score-adj', ['no', choice('no', 'yes', 'relative', 'absolute')]],
  ['propagation-error-behavior', ['ignore', choice('ignore', 'panic', 'panic-on-replicas')]],
  ['repl-diskless-load', ['disabled', choice('disabled', 'on-empty-db', 'swapdb')]],
  ['sanitize-dump-payload', ['no', choice('no', 'yes', 'clients')]],
  ['tls-auth-clients', ['yes', choice('no', 'yes', 'optional')]],
  ...rows(shutdownFlags, { 'shutdown-on-sigint': 'default', 'shutdown-on-sigterm': 'default' }),
  ...rows(text, {
    bind: '127.0.0.1',
    'bind-source-addr': '',
    'cluster-announce-ip': '',
    'ignore-warnings': '',
    masterauth: '',
    masteruser: '',
    'replica-announce-ip': '',
    requirepass: '',
    'tls-ca-cert-dir': '',
    'tls-ca-cert-file': '',
    'tls-cert-file': '',
    'tls-ciphers': '',
    'tls-ciphersuites': '',
    'tls-client-cert-file': '',
    'tls-client-key-file': '',
    'tls-client-key-file-pass': '',
    'tls-dh-params-file': '',
    'tls-key-file': '',
    'tls-key-file-pass': '',
    'tls-protocols': '',
  }),
  ...rows({ kind: 'protected' }, { dbfilename: 'dump.rdb', dir: '/data' }),
  ...rows(fixed, {
    aclfile: '',
    'always-show-logo': 'no',
    aof_rewrite_cpulist: '',
    appenddirname: 'appendonlydir',
    appendfilename: 'appendonly.aof',
    bgsave_cpulist: '',
    bio_cpulist: '',
    'cluster-config-file': 'nodes.conf',
    'cluster-enabled': 'no',
    'cluster-port': '0',
    daemonize: 'no',
    databases: '16',
    'disable-thp': 'yes',
    'enable-debug-command': 'no',
    'enable-module-command': 'no',
    'enable-protected-configs': 'no',
    'io-threads': '1',
    'io-threads-do-reads': 'no',
    logfile: '',
    pidfile: '',
    port: '6379',
    rdbchecksum: 'yes',
    replicaof: '',
    server_cpulist: '',
    'set-proc-title': 'yes',
    slaveof: '',
    'socket-mark-id': '0',
    supervised: 'no',
    'syslog-enabled': 'no',
    'syslog-facility': 'local0',
    'syslog-ident': 'redis',
    'tcp-backlog': '511',
    'tls-port': '0',
    unixsocket: '',
    unixsocketperm: '0',
  }),
]);

/** Names of earlier releases, and what they are called now. */
export const ALIASES: ReadonlyMap<string, string> = new Map([
  ['cluster-slave-no-failover', 'cluster-replica-no-failover'],
  ['cluster-slave-validity-factor', 'cluster-replica-validity-factor'],
  ['hash-max-ziplist-entries', 'hash-max-listpack-entries'],
  ['hash-max-ziplist-value', 'hash-max-listpack-value'],
  ['list-max-ziplist-size', 'list-max-listpack-size'],
  ['lua-time-limit', 'busy-reply-threshold'],
  ['min-slaves-max-lag', 'min-replicas-max-lag'],
  ['min-slaves-to-write', 'min-replicas-to-write'],
  ['repl-ping-slave-period', 'repl-ping-replica-period'],
  ['slave-announce-ip', 'replica-announce-ip'],
  ['slave-announce-port', 'replica-announce-port'],
  ['slave-ignore-maxmemory', 'replica-ignore-maxmemory'],
  ['slave-lazy-flush', 'replica-lazy-flush'],
  ['slave-priority', 'replica-priority'],
  ['slave-read-only', 'replica-read-only'],
  ['slave-serve-stale-data', 'replica-serve-stale-data'],
  ['zset-max-ziplist-entries', 'zset-max-listpack-entries'],
  ['zset-max-ziplist-value', 'zset-max-listpack-value'],
]);

function hostnameProblem(value: string): string | undefined {
  if (value.length >= 256) return 'Hostnames must be less than 256 characters';
  return /^[a-z\d.-]*$/i.test(value)
    ? undefined
    : 'Hostnames may only contain alphanumeric characters, hyphens or dots';
}

function titleProblem(value: string): string | undefined {
  const known = /\{(?:title|listen-addr|server-mode|port|tls-port|unixsocket|config-file)\}/g;
  const valid = value !== '' && !/[{}]/.test(value.replace(known, ''));
  return valid ? undefined : 'template format is invalid or contains unknown variables';
}
