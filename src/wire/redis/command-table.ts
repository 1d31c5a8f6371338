/**
 * What Redis 7.0 tells of its commands beyond their arity and flags, for COMMAND, the ACL and cluster clients: where the
 * keys are, and hints for clients. A line holds for all commands that it names.
 *
 * @see https://redis.io/docs/latest/develop/reference/key-specs/
 * @see https://redis.io/docs/latest/develop/reference/command-tips/
 */
import { type KeySpec, keySpec } from './key-spec.js';

const KEY_SPECS: ReadonlyArray<readonly [commands: string, ...specs: string[]]> = [
  [
    'bitcount bitfield_ro bitpos dump expiretime geodist geohash geopos georadius_ro georadiusbymember_ro ' +
      'geosearch get getbit getrange hget hgetall hkeys hmget hrandfield hscan hvals lindex lpos lrange ' +
      'pexpiretime pttl smembers smismember srandmember sscan substr ttl xpending xrange xrevrange zcount ' +
      'zlexcount zmscore zrandmember zrange zrangebylex zrangebyscore zrank zrevrange zrevrangebylex ' +
      'zrevrangebyscore zrevrank zscan zscore',
    'RO access @1',
  ],
  ['expire expireat geoadd hmset hset lset persist pexpire pexpireat setrange xack xclaim xsetid zadd', 'RW update @1'],
  ['decr decrby getset hincrby hincrbyfloat incr incrby incrbyfloat move setbit zincrby', 'RW access update @1'],
  ['hdel lrem ltrim srem xautoclaim xdel xtrim zrem zremrangebylex zremrangebyrank zremrangebyscore', 'RW delete @1'],
  ['hexists hlen hstrlen llen scard sismember strlen type xlen zcard', 'RO @1'],
  ['append hsetnx linsert lpush lpushx pfadd rpush rpushx sadd', 'RW insert @1'],
  ['getdel lpop rpop spop zpopmax zpopmin', 'RW access delete @1'],
  ['memory|usage object|encoding object|freq object|idletime object|refcount', 'RO @2'],
  ['sintercard zdiff zinter zintercard zunion', 'RO access @1#'],
  ['blmove brpoplpush lmove rpoplpush smove', 'RW access delete @1', 'RW insert @2'],
  ['psetex restore restore-asking setex', 'OW update @1'],
  ['mget sdiff sinter sunion', 'RO access @1..-1'],
  ['blpop brpop bzpopmax bzpopmin', 'RW access delete @1..-2'],
  ['zdiffstore zinterstore zunionstore', 'OW update @1', 'RO access @2#'],
  ['exists touch watch', 'RO @1..-1'],
  ['xinfo|consumers xinfo|groups xinfo|stream', 'RO access @2'],
  ['geosearchstore zrangestore', 'OW update @1', 'RO access @2'],
  ['sdiffstore sunionstore', 'OW update @1', 'RO access @2..-1'],
  ['del unlink', 'RM delete @1..-1'],
  [
    'eval_ro fcall_ro',
    'RO access @2# -- We cannot tell how the keys will be used so we assume the worst, RO and ACCESS',
  ],
  ['lmpop zmpop', 'RW access delete @1#'],
  ['blmpop bzmpop', 'RW access delete @2#'],
  [
    'eval fcall',
    'RW access update @2# -- We cannot tell how the keys will be used so we assume the worst, RW and UPDATE',
  ],
  ['xgroup|delconsumer xgroup|destroy', 'RW delete @2'],
  ['xgroup|create xgroup|createconsumer', 'RW insert @2'],
  ['ssubscribe sunsubscribe', 'not_key @1..-1'],
  ['setnx', 'OW insert @1'],
  ['msetnx', 'OW insert @1..-1/2'],
  ['mset', 'OW update @1..-1/2'],
  ['bitop', 'OW update @2', 'RO access @3..-1'],
  ['copy', 'RO access @1', 'OW update @2'],
  ['georadiusbymember', 'RO access @1', 'OW update STORE@5', 'OW update STOREDIST@5'],
  ['georadius', 'RO access @1', 'OW update STORE@6', 'OW update STOREDIST@6'],
  [
    'sort_ro',
    'RO access @1',
    `RO access ? -- For the optional BY/GET keyword. It is marked 'unknown' because the key ` +
      `names derive from the content of the key we sort`,
  ],
  [
    'sort',
    'RO access @1',
    `RO access ? -- For the optional BY/GET keyword. It is marked 'unknown' because the key ` +
      `names derive from the content of the key we sort`,
    `OW update ? -- For the optional STORE keyword. It is marked 'unknown' because the ` +
      `keyword can appear anywhere in the argument array`,
  ],
  ['lcs', 'RO access @1..1'],
  ['evalsha_ro', 'RO access @2#'],
  ['xread', 'RO access STREAMS@1..-1%2'],
  ['xreadgroup', 'RO access STREAMS@4..-1%2'],
  [
    'pfcount',
    'RW access @1..-1 -- RW because it may change the internal representation of the key, and ' +
      'propagate to replicas',
  ],
  ['pfdebug', 'RW access @2'],
  ['renamenx', 'RW access delete @1', 'OW insert @2'],
  ['rename', 'RW access delete @1', 'OW update @2'],
  ['migrate', 'RW access delete @3', 'RW access delete incomplete KEYS@-2..-1'],
  ['pfmerge', 'RW access insert @1', 'RO access @2..-1'],
  ['getex', 'RW access update @1 -- RW and UPDATE because it changes the TTL'],
  ['evalsha', 'RW access update @2#'],
  ['set', `RW access update variable_flags @1 -- RW and ACCESS due to the optional \`GET\` argument`],
  ['bitfield', 'RW access update variable_flags @1 -- This command allows both access and modification of the key'],
  ['sinterstore', 'RW update @1', 'RO access @2..-1'],
  ['xadd', 'RW update @1 -- UPDATE instead of INSERT because of the optional trimming feature'],
  ['xgroup|setid', 'RW update @2'],
  ['spublish', 'not_key @1'],
];

const TIPS: ReadonlyArray<readonly [commands: string, ...tips: string[]]> = [
  [
    'client|info client|list cluster|bumpepoch cluster|count-failure-reports cluster|getkeysinslot ' +
      'cluster|info cluster|links cluster|nodes cluster|replicas cluster|shards cluster|slaves ' +
      'cluster|slots dump hrandfield hscan lastsave migrate object|encoding object|freq object|idletime ' +
      'object|refcount pttl spop srandmember sscan time ttl xadd xautoclaim xclaim xinfo|consumers xpending ' +
      'xtrim zrandmember zscan',
    'nondeterministic_output',
  ],
  [
    'command command|docs command|info command|list function|list hgetall hkeys hvals module|list sdiff ' +
      'sinter smembers sunion',
    'nondeterministic_output_order',
  ],
  [
    'flushall flushdb function|delete function|flush function|load function|restore memory|purge ping',
    'request_policy:all_shards',
    'response_policy:all_succeeded',
  ],
  [
    'latency|doctor latency|graph latency|histogram latency|history latency|latest',
    'nondeterministic_output',
    'request_policy:all_nodes',
    'response_policy:special',
  ],
  [
    'function|stats info memory|doctor memory|malloc-stats memory|stats',
    'nondeterministic_output',
    'request_policy:all_shards',
    'response_policy:special',
  ],
  [
    'config|set latency|reset script|flush script|load slowlog|reset',
    'request_policy:all_nodes',
    'response_policy:all_succeeded',
  ],
  ['del exists touch unlink', 'request_policy:multi_shard', 'response_policy:agg_sum'],
  ['function|kill script|kill', 'request_policy:all_shards', 'response_policy:one_succeeded'],
  ['scan', 'nondeterministic_output', 'request_policy:special'],
  ['slowlog|get', 'request_policy:all_nodes', 'nondeterministic_output'],
  ['slowlog|len', 'request_policy:all_nodes', 'response_policy:agg_sum', 'nondeterministic_output'],
  ['randomkey', 'request_policy:all_shards', 'nondeterministic_output'],
  ['keys', 'request_policy:all_shards', 'nondeterministic_output_order'],
  ['script|exists', 'request_policy:all_shards', 'response_policy:agg_logical_and'],
  ['wait', 'request_policy:all_shards', 'response_policy:agg_min'],
  ['dbsize', 'request_policy:all_shards', 'response_policy:agg_sum'],
  ['mget', 'request_policy:multi_shard'],
  ['msetnx', 'request_policy:multi_shard', 'response_policy:agg_min'],
  ['mset', 'request_policy:multi_shard', 'response_policy:all_succeeded'],
];

/** The key specifications of a command, by its name in lower case. */
export const KEY_SPECS_OF: ReadonlyMap<string, readonly KeySpec[]> = byCommand(KEY_SPECS, keySpec);

/** The hints of a command. */
export const TIPS_OF: ReadonlyMap<string, readonly string[]> = byCommand(TIPS, (tip) => tip);

function byCommand<Told>(
  lines: ReadonlyArray<readonly [commands: string, ...told: string[]]>,
  read: (written: string) => Told,
): Map<string, readonly Told[]> {
  return new Map(
    lines.flatMap(([commands, ...written]) => {
      const told = written.map(read);
      return commands.split(' ').map((name): [string, Told[]] => [name, told]);
    }),
  );
}
