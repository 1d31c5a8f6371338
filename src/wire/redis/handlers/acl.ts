/**
 * The ACL container.
 *
 * Not done: files of users.
 *
 * @see https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/
 */
import { type AclSelector, AclUser, RedisError } from '../../../models/redis/index.js';
import { resolve } from '../dispatch.js';
import { type Command, command } from '../handler.js';
import { splitInline } from '../inline.js';
import { aclProblem } from '../permission.js';
import { array, bulk, bulks, cString, double, integer, map, nullBulk, OK, set } from '../reply.js';
import type { Session } from '../session.js';
import { withHelp, wrongForm } from './help.js';
import { int } from './number.js';

/** The rules that would make this user, as ACL LIST prints them. */
function describe(client: Session, user: AclUser): string {
  const words = ['user', user.name, user.enabled ? 'on' : 'off'];
  if (user.noPassword) words.push('nopass');
  words.push(...payloadFlag(client, user));
  for (const password of user.passwords) words.push(`#${password}`);
  const [root, ...more] = user.selectors.map((selector) => describeSelector(client, selector));
  words.push(root as string, ...more.map((text) => `(${text})`));
  return words.join(' ');
}

function describeSelector(client: Session, selector: AclSelector): string {
  const channels = selector.allChannels ? selector.channelRules : ['resetchannels', ...selector.channelRules];
  return [...selector.keyRules, ...channels, commandRules(client, selector)].join(' ');
}

function commandRules({ door }: Session, { commands }: AclSelector): string {
  return door.broker.version === '7.0' ? commands.shortestRules(door.catalog) : commands.rules;
}

/** From 7.2 on payloads are sanitized unless a rule says otherwise. */
function payloadFlag(client: Session, user: AclUser): string[] {
  if (user.payload !== '') return [user.payload];
  return client.door.broker.version === '7.0' ? [] : ['sanitize-payload'];
}

function setUser(client: Session, args: readonly string[]): string {
  const { acl } = client.door.broker;
  const name = args[2] as string;
  if (/[ \t-\r\0]/.test(name)) throw new RedisError("ERR Usernames can't contain spaces or null characters");
  const known = acl.get(name);
  const allChannels = client.door.broker.config.text('acl-pubsub-default') === 'allchannels';
  const draft = known?.clone() ?? new AclUser(name, allChannels);
  draft.apply(args.slice(3), { catalog: client.door.catalog, split: splitInline, allChannels });
  // Who had any channels is looked at even when they stay the same.
  const hadChannels = known?.selectors.some((one) => one.allChannels || one.channelPatterns.length > 0);
  const mayLose = hadChannels && !draft.selectors.some((one) => one.allChannels);
  acl.ensure(name).copyFrom(draft);
  if (known && mayLose) closeForbidden(client, known);
  return OK;
}

/** Connections that hold a subscription which their user may no longer have are closed. */
function closeForbidden(client: Session, user: AclUser): void {
  for (const session of client.door.sessions.values()) {
    if (session.user !== user) continue;
    const held = [
      ...[...session.subscriptions.channels, ...session.subscriptions.shardChannels].map((channel) => ({
        name: channel,
        isPattern: false,
      })),
      ...[...session.subscriptions.patterns].map((pattern) => ({ name: pattern, isPattern: true })),
    ];
    if (held.every((one) => user.selectors.some((selector) => selector.mayUseChannel(one)))) continue;
    if (session === client) session.closeAfterCommand();
    else session.kill();
  }
}

function delUser(client: Session, args: readonly string[]): string {
  const { acl } = client.door.broker;
  let deleted = 0;
  const names = args.slice(2);
  if (names.includes('default')) throw new RedisError("ERR The 'default' user cannot be removed");
  for (const name of names) {
    const user = acl.get(name);
    if (!user || !acl.delete(name)) continue;
    deleted++;
    for (const session of client.door.sessions.values())
      if (session.user === user && session !== client) session.kill();
    if (client.user === user) client.closeAfterCommand();
  }
  return integer(deleted);
}

function getUser(client: Session, args: readonly string[]): string {
  const user = client.door.broker.acl.get(args[2] as string);
  if (!user) return nullBulk(client.protocol);
  const { protocol } = client;
  const flags = [user.enabled ? 'on' : 'off'];
  if (user.noPassword) flags.push('nopass');
  flags.push(...payloadFlag(client, user));
  const rulesOf = (selector: AclSelector): Array<[string, string]> => [
    [bulk('commands'), bulk(commandRules(client, selector))],
    [bulk('keys'), bulk(selector.keyRules.join(' '))],
    [bulk('channels'), bulk(selector.channelRules.join(' '))],
  ];
  const [root, ...more] = user.selectors as [AclSelector, ...AclSelector[]];
  return map(
    [
      [bulk('flags'), set(flags.map(bulk), protocol)],
      [bulk('passwords'), bulks([...user.passwords])],
      ...rulesOf(root),
      [bulk('selectors'), array(more.map((selector) => map(rulesOf(selector), protocol)))],
    ],
    protocol,
  );
}

function cat(client: Session, args: readonly string[]): string {
  const { commands, catalog } = client.door;
  if (args.length === 2) return bulks([...catalog.allCategories]);
  if (args.length > 3) throw wrongForm(args);
  const category = (args[2] as string).toLowerCase();
  if (!catalog.allCategories.has(category))
    throw new RedisError(`ERR Unknown category '${cString(args[2] as string)}'`);
  const names: string[] = [];
  for (const entry of commands.values()) {
    for (const one of entry.subcommands?.values() ?? [entry])
      if (one.categories.includes(category)) names.push(one.name);
  }
  return bulks(names);
}

function dryRun(client: Session, args: readonly string[]): string {
  const user = client.door.broker.acl.get(args[2] as string);
  if (!user) throw new RedisError(`ERR User '${cString(args[2] as string)}' not found`);
  const request = args.slice(3);
  const base = client.door.commands.get((request[0] as string).toLowerCase());
  const unknown =
    request.length > 1 && base?.subcommands && !base.subcommands.has((request[1] as string).toLowerCase());
  if (!base || unknown) throw new RedisError(`ERR Command '${cString(request[0] as string)}' not found`);
  const problem = aclProblem(user, resolve(client, request), request);
  if (!problem) return OK;
  const who = client.door.broker.version === '7.0' ? 'This user' : `User ${user.name}`;
  if (problem.kind === 'command') return bulk(`${who} has no permissions to run the '${problem.name}' command`);
  return bulk(`${who} has no permissions to access the '${problem.name}' ${problem.kind}`);
}

function log(client: Session, args: readonly string[]): string {
  if (args.length > 3) throw wrongForm(args);
  const { aclLog, broker, now } = client.door;
  if (args[2]?.toLowerCase() === 'reset') {
    aclLog.clear();
    return OK;
  }
  const count = int(args[2] ?? '10');
  const { protocol } = client;
  return array(
    aclLog.newest(Math.max(count, 0)).map((entry) => {
      const fields: Array<[string, string]> = [
        ['count', integer(entry.count)],
        ['reason', bulk(entry.reason)],
        ['context', bulk(entry.context)],
        ['object', bulk(entry.object)],
        ['username', bulk(entry.userName)],
        ['age-seconds', double((now - entry.updatedMs) / 1000, protocol, broker.version)],
        ['client-info', bulk(entry.clientInfo)],
      ];
      if (broker.version !== '7.0') {
        fields.push(['entry-id', integer(entry.id)]);
        fields.push(['timestamp-created', integer(entry.createdMs)]);
        fields.push(['timestamp-last-updated', integer(entry.updatedMs)]);
      }
      return map(
        fields.map(([name, value]) => [bulk(name), value]),
        protocol,
      );
    }),
  );
}

function noFile(): never {
  throw new RedisError(
    'ERR This Redis instance is not configured to use an ACL file. You may want to specify users via the ACL SETUSER ' +
      'command and then issue a CONFIG REWRITE (assuming you have a Redis configuration file set) in order to store ' +
      'users in the Redis configuration.',
  );
}

function genPass(client: Session, args: readonly string[]): string {
  if (args.length > 3) throw wrongForm(args);
  const bits = int(args[2] ?? '256');
  if (bits < 1 || bits > 4096) {
    throw new RedisError(
      'ERR ACL GENPASS argument must be the number of bits for the output password, a positive number up to 4096',
    );
  }
  return bulk(client.door.context.random.text(Math.ceil(bits / 4), '0123456789abcdef'));
}

export const aclCommands: readonly Command[] = [
  command('acl -2', {
    subcommands: withHelp([
      command('acl|whoami 2 lst', (client) => bulk(client.user.name)),
      command('acl|users 2 alst', (client) => bulks([...client.door.broker.acl.names].sort())),
      command('acl|list 2 alst', (client) => {
        const { acl } = client.door.broker;
        return bulks(acl.names.sort().map((name) => describe(client, acl.get(name) as AclUser)));
      }),
      command('acl|load 2 alst', noFile),
      command('acl|save 2 alst', noFile),
      command('acl|setuser -3 alst', setUser),
      command('acl|getuser 3 alst', getUser),
      command('acl|deluser -3 alst', delUser),
      command('acl|cat -2 lst', cat),
      command('acl|dryrun -4 alst', dryRun),
      command('acl|genpass -2 lst', genPass),
      command('acl|log -2 alst', log),
    ]),
  }),
];
