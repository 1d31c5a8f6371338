/**
 * The COMMAND container: what the server tells of its commands.
 *
 * Not done: COMMAND DOCS tells no arguments and no history.
 *
 * @see https://redis.io/docs/latest/commands/command/
 */
import { globMatchIgnoreCase, RedisError, SYNTAX_ERROR } from '../../../models/redis/index.js';
import { exists } from '../dispatch.js';
import { arityFits, arityOf, type Command, command, definer, keyReferences, type Span } from '../handler.js';
import type { KeyReference, KeySpec } from '../key-spec.js';
import { array, bulk, bulks, EMPTY_ARRAY, integer, map, nullBulk, type Protocol, set, simple } from '../reply.js';
import type { Session } from '../session.js';
import { withHelp } from './help.js';

/** The keys as clients that know no specifications are told: those that stand together from the first on. */
function legacySpan(specs: readonly KeySpec[]): Span {
  let [first, last, step] = [0, 0, 0];
  for (const { place } of specs) {
    if (!place || place.keyword !== undefined || place.counted) continue;
    const apart = first !== 0 && (place.step !== 1 || last < 0 || place.at !== last + 1);
    if (apart) continue;
    if (first === 0) [first, step] = [place.at, place.step];
    last = place.last < 0 ? place.last : place.at + place.last;
  }
  return [first, last, step];
}

/** The commands, or subcommands of one, that the release knows. */
function known(client: Session, all: ReadonlyMap<string, Command> | undefined = client.door.commands): Command[] {
  return [...all.values()].filter((entry) => exists(entry, client.door.broker.version));
}

function describePlace({ place }: KeySpec, protocol: Protocol): Array<[string, string]> {
  const part = (type: string, fields: Array<[string, string]>) =>
    map(
      [
        [bulk('type'), bulk(type)],
        [bulk('spec'), map(fields, protocol)],
      ],
      protocol,
    );
  const numbers = (fields: ReadonlyArray<readonly [string, number]>) =>
    fields.map(([name, value]): [string, string] => [bulk(name), integer(value)]);
  if (!place) {
    return [
      [bulk('begin_search'), part('unknown', [])],
      [bulk('find_keys'), part('unknown', [])],
    ];
  }
  const { keyword, at, counted, last, step, limit } = place;
  const begin: [string, string] = [
    bulk('begin_search'),
    keyword === undefined
      ? part('index', numbers([['index', at]]))
      : part('keyword', [[bulk('keyword'), bulk(keyword)], ...numbers([['startfrom', at]])]),
  ];
  const find: [string, string] = [
    bulk('find_keys'),
    counted
      ? part(
          'keynum',
          numbers([
            ['keynumidx', 0],
            ['firstkey', 1],
            ['keystep', step],
          ]),
        )
      : part(
          'range',
          numbers([
            ['lastkey', last],
            ['keystep', step],
            ['limit', limit],
          ]),
        ),
  ];
  return [begin, find];
}

function describeSpec(spec: KeySpec, protocol: Protocol): string {
  const notes: Array<[string, string]> = spec.notes === undefined ? [] : [[bulk('notes'), bulk(spec.notes)]];
  const flags: [string, string] = [bulk('flags'), set(spec.flags.map(simple), protocol)];
  return map([...notes, flags, ...describePlace(spec, protocol)], protocol);
}

/** One command as COMMAND INFO shows it. */
function describe(entry: Command, client: Session): string {
  const { protocol } = client;
  return array([
    bulk(entry.name),
    integer(arityOf(entry, client.door.broker.version)),
    set([...entry.flags].map(simple), protocol),
    ...legacySpan(entry.keySpecs).map(integer),
    set(
      entry.categories.map((category) => simple(`@${category}`)),
      protocol,
    ),
    set(entry.tips.map(bulk), protocol),
    set(
      entry.keySpecs.map((spec) => describeSpec(spec, protocol)),
      protocol,
    ),
    set(
      known(client, entry.subcommands ?? new Map()).map((sub) => describe(sub, client)),
      protocol,
    ),
  ]);
}

function find(client: Session, name: string): Command | undefined {
  const [base = '', sub, more] = name.toLowerCase().split('|');
  const entry = more === undefined ? client.door.commands.get(base) : undefined;
  const found = sub === undefined ? entry : entry?.subcommands?.get(sub);
  return found && exists(found, client.door.broker.version) ? found : undefined;
}

function commandInfo(client: Session, names: readonly string[]): string {
  return array(
    names.map((name) => {
      const entry = find(client, name);
      return entry ? describe(entry, client) : nullBulk(client.protocol);
    }),
  );
}

function commandList(client: Session, args: readonly string[]): string {
  const named = known(client).flatMap((entry) => [entry, ...known(client, entry.subcommands ?? new Map())]);
  if (args.length === 2) return bulks(named.map((entry) => entry.name));
  const [, , filterBy, kind, value] = args.map((arg) => arg.toLowerCase());
  if (args.length !== 5 || filterBy !== 'filterby') throw new RedisError(SYNTAX_ERROR);
  if (kind === 'pattern') {
    return bulks(named.map((entry) => entry.name).filter((name) => globMatchIgnoreCase(args[4] as string, name)));
  }
  if (kind === 'aclcat') {
    return bulks(named.filter((entry) => entry.categories.includes(value as string)).map((entry) => entry.name));
  }
  if (kind === 'module') return EMPTY_ARRAY;
  throw new RedisError(SYNTAX_ERROR);
}

/** The keys that a request would touch. @throws RedisError */
function referencesIn(client: Session, request: readonly string[]): Array<KeyReference & { readonly key: string }> {
  const base = client.door.commands.get((request[0] as string).toLowerCase());
  const sub =
    base?.subcommands && request.length > 1 ? base.subcommands.get((request[1] as string).toLowerCase()) : base;
  const { version } = client.door.broker;
  if (!sub || !exists(sub, version)) throw new RedisError('ERR Invalid command specified');
  if (!sub.keySpecs.some(({ flags }) => !flags.includes('not_key'))) {
    throw new RedisError('ERR The command has no key arguments');
  }
  if (!arityFits(sub, request.length, version)) {
    throw new RedisError('ERR Invalid number of arguments specified for command');
  }
  const found = keyReferences(sub, request);
  if (found.length === 0 && !sub.flags.has('no_mandatory_keys')) {
    throw new RedisError('ERR Invalid arguments specified for command');
  }
  return found.map((reference) => ({ ...reference, key: request[reference.at] as string }));
}

function getKeys(client: Session, args: readonly string[]): string {
  return bulks(referencesIn(client, args.slice(2)).map(({ key }) => key));
}

function getKeysAndFlags(client: Session, args: readonly string[]): string {
  const found = referencesIn(client, args.slice(2));
  return array(found.map(({ key, flags }) => array([bulk(key), set(flags.map(simple), client.protocol)])));
}

function docs(client: Session, args: readonly string[]): string {
  const entries = args.length > 2 ? args.slice(2).flatMap((name) => find(client, name) ?? []) : known(client);
  return map(
    entries.map((entry) => [
      bulk(entry.name),
      map(
        [
          [bulk('summary'), bulk(`The ${entry.name.toUpperCase()} command.`)],
          [bulk('group'), bulk(entry.categories.at(-1) ?? 'generic')],
        ],
        client.protocol,
      ),
    ]),
    client.protocol,
  );
}

const categories = ['connection'];
const define = definer(categories);

export const commandCommand: Command = command('command -1 lt', {
  categories,
  run: (client) => array(known(client).map((entry) => describe(entry, client))),
  subcommands: withHelp(
    [
      define('command|count 2 lt', (client) => integer(known(client).length)),
      define('command|docs -2 lt', docs),
      define('command|info -2 lt', (client, args) =>
        commandInfo(client, args.length > 2 ? args.slice(2) : known(client).map(({ name }) => name)),
      ),
      define('command|list -2 lt', commandList),
      // 7.0 asks for a command with an argument at least.
      command('command|getkeys -3 lt', { arityIn70: -4, categories, run: getKeys }),
      command('command|getkeysandflags -3 lt', { arityIn70: -4, categories, run: getKeysAndFlags }),
    ],
    categories,
  ),
});
