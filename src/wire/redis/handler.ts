/**
 * How a Redis command is defined: one entry with its name, arity, flags and keys, as COMMAND INFO tells them, and the
 * function that answers it. ACL categories, the dispatch checks and the support table are derived from the entry.
 */
import type { RedisVersion } from '../../models/redis/index.js';
import { KEY_SPECS_OF, TIPS_OF } from './command-table.js';
import { type KeyReference, type KeySpec, locateKeys } from './key-spec.js';
import type { Session } from './session.js';

/** A reply as a byte string; `PENDING` when the answer comes later, `''` when there is none. */
export type Reply = string | typeof PENDING;

/** The command waits: its session executes nothing else until it is answered. */
export const PENDING: unique symbol = Symbol('pending');

/** Answers a command; `args[0]` is its name. Throws RedisError for an error reply, having changed nothing. */
export type Run = (client: Session, args: readonly string[]) => Reply;

/** Finds the keys of a request. */
export type FindKeys = (args: readonly string[]) => readonly KeyReference[];

/** Positions of arguments: first, last (negative counts from the end) and step; zeros when there are none. */
export type Span = readonly [first: number, last: number, step: number];

export interface Command {
  /** Lower case, `container|sub` for a subcommand. */
  readonly name: string;
  /** Number of arguments with the name; negative: at least. */
  readonly arity: number;
  readonly flags: ReadonlySet<Flag>;
  readonly categories: readonly string[];
  readonly keySpecs: readonly KeySpec[];
  /** Finds the keys where the specifications do not tell. */
  readonly findKeys: FindKeys | undefined;
  /** Positions of channels that ACL checks. */
  readonly channels?: { readonly span: Span; readonly pattern: boolean } | undefined;
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
  readonly findKeys?: FindKeys;
  /** The release that brought the command, when it is later than 7.0. */
  readonly since?: RedisVersion;
  /** The arity that 7.0 asks for, where it is another one. */
  readonly arityIn70?: number;
  readonly channels?: { readonly span: Span; readonly pattern: boolean };
  /** ACL categories beyond those that flags imply. */
  readonly categories?: readonly string[];
  readonly run?: Run;
  readonly subcommands?: readonly Command[];
}

/**
 * Defines a command.
 *
 * @param shape name, arity and flag letters: `'get 2 Fr'`
 */
export function command(shape: string, definition: Definition | Run): Command {
  const {
    channels,
    categories = [],
    since,
    arityIn70,
    run,
    findKeys,
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
    categories: [...new Set([...implied(flags, categories), ...categories])].sort(byOrder),
    keySpecs: KEY_SPECS_OF.get(name) ?? [],
    findKeys,
    channels,
    tips: TIPS_OF.get(name) ?? [],
    since,
    arityIn70,
    run,
    subcommands: subcommands && new Map(subcommands.map((sub) => [sub.name.split('|')[1] as string, sub])),
  };
}

/** Defines commands of the same categories. */
export const definer =
  (categories: readonly string[]) =>
  (shape: string, run: Run): Command =>
    command(shape, { categories, run });

function implied(flags: ReadonlySet<Flag>, categories: readonly string[]): string[] {
  const out: string[] = [];
  if (flags.has('write')) out.push('write');
  // What a script reads is a matter of its own commands.
  if (flags.has('readonly') && !categories.includes('scripting')) out.push('read');
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

/** The keys of a request, with what the command does to them. */
export function keyReferences({ keySpecs, findKeys }: Command, args: readonly string[]): readonly KeyReference[] {
  const variable = keySpecs.some(({ flags }) => flags.includes('variable_flags'));
  return (variable ? undefined : locateKeys(keySpecs, args)) ?? findKeys?.(args) ?? [];
}

/** The keys of a request. */
export function keysOf(command: Command, args: readonly string[]): string[] {
  return keyReferences(command, args).map(({ at }) => args[at] as string);
}

/** The arguments that a span names. */
export function argumentsAt(span: Span, args: readonly string[]): string[] {
  const [first, last, step] = span;
  if (first === 0) return [];
  const end = last < 0 ? args.length + last : last;
  const out: string[] = [];
  for (let i = first; i <= end && i < args.length; i += step) out.push(args[i] as string);
  return out;
}

/** How many arguments a command wants, its name included; negative is at least. */
export function arityOf({ arity, arityIn70 }: Command, version: RedisVersion): number {
  return version === '7.0' ? (arityIn70 ?? arity) : arity;
}

/** Whether a request has as many arguments as the command wants. */
export function arityFits(target: Command, count: number, version: RedisVersion): boolean {
  const arity = arityOf(target, version);
  return arity >= 0 ? count === arity : count >= -arity;
}
