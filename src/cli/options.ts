import { parseArgs } from 'node:util';
import type { BrokerOptions, ListenOptions } from '../broker.js';
import { type AskedTopic, KAFKA_OPTIONS, readKafkaOptions, readTopics } from './kafka-options.js';
import { UsageError } from './usage.js';
import { choice, integer } from './value.js';

/** A broker that is asked for. */
export interface ServeCommand {
  readonly options: BrokerOptions & ListenOptions;
  /** Made before anybody connects. */
  readonly topics: readonly AskedTopic[];
  readonly json: boolean;
}

/** What the command line asks for. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | ({ readonly kind: 'serve' } & ServeCommand);

/** Every option, as `parseArgs` takes them. */
export const OPTIONS = {
  port: { type: 'string' },
  host: { type: 'string' },
  'standard-ports': { type: 'boolean' },
  nodes: { type: 'string' },
  'first-node-id': { type: 'string' },
  'redis-version': { type: 'string' },
  'amqp-version': { type: 'string' },
  ...KAFKA_OPTIONS,
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

const COMMANDS = ['serve'];
const REDIS_VERSIONS = ['7.0', '7.2'] as const;
const AMQP_VERSIONS = ['3', '4'] as const;

/** Reads the words after the program's name. @throws UsageError saying which word is wrong, and what was meant */
export function parseCommand(words: readonly string[]): Command {
  const { values, positionals } = parse(words);
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  const [command = 'serve', extra] = positionals;
  if (!COMMANDS.includes(command)) throw unknown('command', command, COMMANDS);
  if (extra !== undefined) throw new UsageError(`'${extra}' is not expected after ${command}`);
  const port = integer('port', values.port, 0, 65_535);
  const nodes = integer('nodes', values.nodes, 1, 64);
  const firstNodeId = integer('first-node-id', values['first-node-id'], 0, 900);
  const redis = choice('redis-version', values['redis-version'], REDIS_VERSIONS);
  const amqp = choice('amqp-version', values['amqp-version'], AMQP_VERSIONS);
  const kafka = readKafkaOptions(values);
  const options = {
    ...(port !== undefined && { port }),
    ...(values.host !== undefined && { host: values.host }),
    ...(values['standard-ports'] && { standardPorts: true }),
    ...(nodes !== undefined && { nodes }),
    ...(firstNodeId !== undefined && { firstNodeId }),
    ...(redis && { redis: { version: redis } }),
    ...(amqp && { amqp: { version: amqp } }),
    ...(kafka && { kafka }),
  };
  return { kind: 'serve', options, topics: readTopics(values.topic), json: values.json ?? false };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    const [, option] = /Unknown option '(-[^']*)'/.exec(message) ?? [];
    if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' && option !== undefined) {
      throw unknown(
        'option',
        option,
        Object.keys(OPTIONS).map((name) => `--${name}`),
      );
    }
    if (code?.startsWith('ERR_PARSE_ARGS')) throw new UsageError((message.split('. ')[0] as string).split('\n')[0]);
    throw error;
  }
}

function unknown(what: string, word: string, known: readonly string[]): UsageError {
  const begun = (name: string) => word.length > 3 && name.startsWith(word);
  const far = (name: string) => (begun(name) ? 0 : distance(word, name));
  const nearest = known.map((name) => ({ name, far: far(name) })).sort((a, b) => a.far - b.far)[0];
  const hint = nearest && nearest.far <= 3 ? `did you mean ${nearest.name}?` : 'see tribroker --help';
  return new UsageError(`unknown ${what} '${word}'; ${hint}`);
}

/** Edits that make one word the other. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let k = 1; k <= to.length; k++) {
      const replaced = (row[k - 1] as number) + (from[i - 1] === to[k - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[k] as number) + 1, (next[k - 1] as number) + 1));
    }
    row = next;
  }
  return row[to.length] as number;
}
