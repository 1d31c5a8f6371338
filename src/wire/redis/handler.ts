/**
 * How a Redis command is defined: one entry with its name, arity, flags and keys, as COMMAND INFO tells them, and the
 * function that answers it. ACL categories, the dispatch checks and the support table are derived from the entry.
 */
import type { RedisVersion } from '../../models/redis/index.js';
import type { Session } from './session.js';

/** A reply as a byte string; `PENDING` when the answer comes later, `''` when there is none. */
export type Reply = string | typeof PENDING;

/** The command waits: its session executes nothing else until it is answered. */
export const PENDING: unique symbol = Symbol('pending');

/** Answers a command; `args[0]` is its name. Throws RedisError for an error reply, having changed nothing. */
export type Run = (client: Session, args: readonly string[]) => Reply;

/** Positions of keys: first, last (negative counts from the end) and step; zeros when there are none. */
export type KeySpan = readonly [first: number, last: number, step: number];

export interface Command {
  /** Lower case, `container|sub` for a subcommand. */
  readonly name: string;
  /** Number of arguments with the name; negative: at least. */
  readonly arity: number;
  readonly flags: ReadonlySet<Flag>;
  readonly categories: readonly string[];
  readonly keys: KeySpan;
  /** Positions of channels that ACL checks. */
  readonly channels?: { readonly span: KeySpan; readonly pattern: boolean } | undefined;
  readonly tips: readonly string[];
  readonly since: RedisVersion | undefined;
  readonly arityIn70: number | undefined;
  readonly run?: Run | undefined;
  readonly subcommands?: ReadonlyMap<string, Command> | undefined;
}

/** One letter a flag in definitions, Redis's word in COMMAND INFO, in the order in which it lists them. */
const FLAGS = {
  w: 'write',
  r: 'readonly',
  m: 'denyoom',
  a: 'admin',
  p: 'pubsub',
  s: 'noscript',
  b: 'blocking',
  l: 'loading',
  t: 'stale',
  M: 'skip_monitor',
  S: 'skip_slowlog',
  k: 'asking',
  F: 'fast',
  N: 'no_auth',
  R: 'may_replicate',
  K: 'no_mandatory_keys',
  A: 'no_async_loading',
  X: 'no_multi',
  v: 'movablekeys',
  B: 'allow_busy',
} as const;

/** All categories, in Redis's order. */
export const CATEGORY_ORDER: readonly string[] = [
  'keyspace',
  'read',
  'write',
  'set',
  'sortedset',
  'list',
  'hash',
  'string',
  'bitmap',
  'hyperloglog',
  'geo',
  'stream',
  'pubsub',
  'admin',
  'fast',
  'slow',
  'blocking',
  'dangerous',
  'connection',
  'transaction',
  'scripting',
];

export type Flag = (typeof FLAGS)[keyof typeof FLAGS];

interface Definition {
  readonly keys?: KeySpan;
  /** Hints for clients in COMMAND INFO. */
  readonly tips?: readonly string[];
  /** The release that brought the command, when it is later than 7.0. */
  readonly since?: RedisVersion;
  /** The arity that 7.0 asks for, where it is another one. */
  readonly arityIn70?: number;
  readonly channels?: { readonly span: KeySpan; readonly pattern: boolean };
  /** ACL categories beyond those that flags imply. */
  readonly categories?: readonly string[];
  readonly run?: Run;
  readonly subcommands?: readonly Command[];
}

const NO_KEYS: KeySpan = [0, 0, 0];

/** The first argument is a key. */
export const ONE_KEY: KeySpan = [1, 1, 1];

/** Every argument is a key. */
export const ALL_KEYS: KeySpan = [1, -1, 1];

/**
 * Defines a command.
 *
 * @param shape name, arity and flag letters: `'get 2 Fr'`
 */
export function command(shape: string, definition: Definition | Run): Command {
  const {
    keys = NO_KEYS,
    channels,
    categories = [],
    tips = [],
    since,
    arityIn70,
    run,
    subcommands,
  } = typeof definition === 'function' ? { run: definition } : definition;
  const [name = '', arity = '0', letters = ''] = shape.split(' ');
  const flags = new Set<Flag>();
  for (const [letter, flag] of Object.entries(FLAGS)) if (letters.includes(letter)) flags.add(flag);
  const byOrder = (a: string, b: string) => CATEGORY_ORDER.indexOf(a) - CATEGORY_ORDER.indexOf(b);
  return {
    name,
    arity: Number(arity),
    flags,
    categories: [...new Set([...implied(flags), ...categories])].sort(byOrder),
    keys,
    channels,
    tips,
    since,
    arityIn70,
    run,
    subcommands: subcommands && new Map(subcommands.map((sub) => [sub.name.split('|')[1] as string, sub])),
  };
}

function implied(flags: ReadonlySet<Flag>): string[] {
  const out: string[] = [];
  if (flags.has('write')) out.push('write');
  if (flags.has('readonly')) out.push('read');
  if (flags.has('admin')) out.push('admin', 'dangerous');
  if (flags.has('pubsub')) out.push('pubsub');
  if (flags.has('blocking')) out.push('blocking');
  out.push(flags.has('fast') ? 'fast' : 'slow');
  return out;
}

/** Commands that are no writes and yet reach replicas. */
const REPLICATED: ReadonlySet<string> = new Set(['eval', 'evalsha', 'fcall', 'pfcount', 'publish', 'spublish']);

/** Whether replicas, if there were any, could hear of a command. */
export function mayReplicate({ flags, name }: Command): boolean {
  return flags.has('write') || REPLICATED.has(name);
}

/** The arguments that a span names. */
export function argumentsAt(span: KeySpan, args: readonly string[]): string[] {
  const [first, last, step] = span;
  if (first === 0) return [];
  const end = last < 0 ? args.length + last : last;
  const out: string[] = [];
  for (let i = first; i <= end && i < args.length; i += step) out.push(args[i] as string);
  return out;
}

/** Whether a request has as many arguments as the command wants. */
export function arityFits(target: Command, count: number, version: RedisVersion): boolean {
  const arity = version === '7.0' ? (target.arityIn70 ?? target.arity) : target.arity;
  return arity >= 0 ? count === arity : count >= -arity;
}
