/**
 * The ACL container.
 *
 * Not done: selectors, key permissions by read and write (`%R~`), files, ACL LOG entries (the log is always empty).
 *
 * @see https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/
 */
import { createHash } from 'node:crypto';
import { type AclUser, RedisError, toBytes } from '../../../models/redis/index.js';
import { aclProblem, resolve } from '../dispatch.js';
import { type Command, command } from '../handler.js';
import { array, bulk, bulks, cString, EMPTY_ARRAY, integer, map, nullBulk, OK, set } from '../reply.js';
import type { Session } from '../session.js';
import { withHelp } from './help.js';

const hash = (password: string): string => createHash('sha256').update(toBytes(password)).digest('hex');

/** The rules that would make this user, as ACL LIST prints them. */
function describe(user: AclUser, old: boolean): string {
  const words = ['user', user.name, user.enabled ? 'on' : 'off'];
  if (user.noPassword) words.push('nopass');
  words.push(...payloadFlag(user, old));
  for (const password of user.passwords) words.push(`#${hash(password)}`);
  words.push(...user.keyPatterns.map((pattern) => `~${pattern}`));
  if (!user.allChannels) words.push('resetchannels');
  words.push(...user.channelPatterns.map((pattern) => `&${pattern}`));
  words.push(user.commandRules.join(' '));
  return words.join(' ');
}

/** From 7.2 on payloads are sanitized unless a rule says otherwise. */
function payloadFlag(user: AclUser, old: boolean): string[] {
  if (user.payload !== '') return [user.payload];
  return old ? [] : ['sanitize-payload'];
}

function setUser(client: Session, args: readonly string[]): string {
  const { acl } = client.door.broker;
  const name = args[2] as string;
  if (/[\s\0]/.test(name)) throw new RedisError("ERR Usernames can't contain spaces or null characters");
  const known = acl.get(name);
  const draft = known?.clone() ?? acl.draft(name);
  draft.apply(args.slice(3), client.door.catalog);
  // Who had any channels is looked at even when they stay the same.
  const mayLose = !draft.allChannels && known !== undefined && known.channelPatterns.length > 0;
  acl.ensure(name).copyFrom(draft);
  if (mayLose) closeForbidden(client, known);
  return OK;
}

/** Connections that hold a subscription which their user may no longer have are closed. */
function closeForbidden(client: Session, user: AclUser): void {
  for (const session of client.door.sessions.values()) {
    if (session.user !== user) continue;
    const channels = [...session.channels, ...session.shardChannels];
    const allowed =
      channels.every((channel) => user.mayUseChannel(channel)) &&
      [...session.patterns].every((pattern) => user.mayUsePattern(pattern));
    if (allowed) continue;
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
  const flags = [user.enabled ? 'on' : 'off'];
  if (user.noPassword) flags.push('nopass');
  flags.push(...payloadFlag(user, client.door.broker.version === '7.0'));
  return map(
    [
      [bulk('flags'), set(flags.map(bulk), client.protocol)],
      [bulk('passwords'), bulks([...user.passwords].map(hash))],
      [bulk('commands'), bulk(user.commandRules.join(' '))],
      [bulk('keys'), bulk(user.keyPatterns.map((pattern) => `~${pattern}`).join(' '))],
      [bulk('channels'), bulk(user.channelPatterns.map((pattern) => `&${pattern}`).join(' '))],
      [bulk('selectors'), EMPTY_ARRAY],
    ],
    client.protocol,
  );
}

function cat(client: Session, args: readonly string[]): string {
  const { commands, catalog } = client.door;
  if (args.length === 2) return bulks([...catalog.allCategories]);
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
  const target = client.door.commands.get((request[0] as string).toLowerCase());
  if (!target) throw new RedisError(`ERR Command '${cString(request[0] as string)}' not found`);
  const resolved = resolve(client, request);
  const problem = aclProblem(client, resolved, request, user);
  if (!problem) return OK;
  const who = client.door.broker.version === '7.0' ? 'This user' : `User ${user.name}`;
  if (problem.kind === 'command') return bulk(`${who} has no permissions to run the '${problem.name}' command`);
  return bulk(`${who} has no permissions to access the '${problem.name}' ${problem.kind}`);
}

function genPass(client: Session, args: readonly string[]): string {
  const bits = args[2] === undefined ? 256 : Number(args[2]);
  if (!Number.isInteger(bits) || bits < 1 || bits > 4096) {
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
        const { acl, version } = client.door.broker;
        return bulks(acl.names.sort().map((name) => describe(acl.get(name) as AclUser, version === '7.0')));
      }),
      command('acl|setuser -3 alst', setUser),
      command('acl|getuser 3 alst', getUser),
      command('acl|deluser -3 alst', delUser),
      command('acl|cat -2 lst', cat),
      command('acl|dryrun -4 alst', dryRun),
      command('acl|genpass -2 lst', genPass),
      command('acl|log -2 alst', (_client, args) => (args[2]?.toLowerCase() === 'reset' ? OK : array([]))),
    ]),
  }),
];
