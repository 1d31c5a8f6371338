import { RedisError } from '../../../models/redis/index.js';

/** What the first line of a script says about it: `#!lua flags=no-writes,allow-oom`. */
export interface Shebang {
  /** Whether there is such a line; without it each command is checked for itself. */
  readonly present: boolean;
  readonly flags: ReadonlySet<string>;
  /** The script without that line; its other lines keep their numbers. */
  readonly body: string;
}

const NO_FLAGS: ReadonlySet<string> = new Set();
const FLAGS = ['no-writes', 'allow-oom', 'allow-stale', 'no-cluster', 'allow-cross-slot-keys'];

/** @throws RedisError */
export function readShebang(source: string): Shebang {
  if (!source.startsWith('#!')) return { present: false, flags: NO_FLAGS, body: source };
  const end = source.indexOf('\n');
  if (end === -1) throw new RedisError('ERR Invalid script shebang');
  const [engine = '', ...options] = source
    .slice(0, end)
    .split(/\s/)
    .filter((word) => word !== '');
  if (engine !== '#!lua') throw new RedisError(`ERR Unexpected engine in script shebang: ${engine}`);
  const flags = new Set<string>();
  for (const option of options) {
    if (!option.startsWith('flags=')) throw new RedisError(`ERR Unknown lua shebang option: ${option}`);
    if (option === 'flags=') continue;
    for (const flag of option.slice('flags='.length).split(',')) {
      if (!FLAGS.includes(flag)) throw new RedisError(`ERR Unexpected flag in script shebang: ${flag}`);
      flags.add(flag);
    }
  }
  return { present: true, flags, body: source.slice(end) };
}
