import { keySlot, OUT_OF_MEMORY, RedisError } from '../../../models/redis/index.js';
import { CLUSTER_DOWN, checkWritable, execute, isStale, resolve, slotOf } from '../dispatch.js';
import { type Command, mayReplicate } from '../handler.js';
import type { RedisDoor } from '../index.js';
import { type AclProblem, aclProblem } from '../permission.js';
import { error } from '../reply.js';
import { Session } from '../session.js';
import { Transaction } from '../transaction.js';
import { readShebang, type Shebang } from './shebang.js';

/** A script that runs. */
export interface Running {
  readonly caller: Session;
  readonly readOnly: boolean;
  readonly shebang: Shebang;
  /** The keys that the caller has named. */
  readonly keys: readonly string[];
}

const IDLE = readShebang('');

/** Runs the commands of scripts as the connection that sent the script, and keeps what they answer. */
export class ScriptClient extends Session {
  override readonly scripted = true;
  /** The running script has run a command that writes. */
  wrote = false;
  #caller: Session;
  #readOnly = false;
  #shebang = IDLE;
  /** The slot that the running script has used, or was given. */
  #slot: number | undefined;
  #answer = '';

  constructor(door: RedisDoor, caller: Session) {
    super(door, caller.transport, caller.connection, caller.id, new Transaction());
    this.#caller = caller;
    // Blocked clients are served after the script, not after each of its commands.
    this.transaction.running = true;
  }

  /** A script starts. */
  begin({ caller, readOnly, shebang, keys }: Running): void {
    this.#caller = caller;
    this.db = caller.db;
    this.user = caller.user;
    this.loggedIn = true;
    this.protocol = 2;
    this.wrote = false;
    this.#readOnly = readOnly;
    this.#shebang = shebang;
    this.#slot = keys[0] === undefined ? undefined : keySlot(keys[0]);
  }

  /** Runs a command of the script. @returns its reply, or why it is refused */
  call(args: readonly string[]): string {
    if (args.length === 0) return error('ERR Please specify at least one argument for this redis lib call');
    const command = this.#find(args);
    if (typeof command === 'string') return this.#refuse(command);
    const problem = this.#problem(command, args);
    if (problem !== undefined) {
      this.door.stats.count(command.name, 'rejected');
      return this.#refuse(problem);
    }
    if (command.flags.has('write')) this.wrote = true;
    this.#answer = '';
    execute(this, command, args);
    return this.#answer;
  }

  /** Whether the caller may run a command; undefined when there is no such command. */
  mayRun(args: readonly string[]): boolean | undefined {
    const base = this.door.commands.get((args[0] as string).toLowerCase());
    const command = base?.subcommands?.get((args[1] ?? '').toLowerCase()) ?? base;
    return command && aclProblem(this.user, command, args) === undefined;
  }

  override reply(bytes: string): void {
    this.#answer += bytes;
  }

  #find(args: readonly string[]): Command | string {
    try {
      return resolve(this, args);
    } catch (failure) {
      if (!(failure instanceof RedisError)) throw failure;
      if (!failure.line.startsWith('ERR wrong number')) return 'ERR Unknown Redis command called from script';
      return 'ERR Wrong number of args calling Redis command from script';
    }
  }

  #refuse(line: string): string {
    this.door.stats.countError(line);
    return error(line);
  }

  /** The checks that stand before every command of a script. */
  #problem(command: Command, args: readonly string[]): string | undefined {
    const { flags } = command;
    if (flags.has('noscript')) return 'ERR This Redis command is not allowed from script';
    if (this.#readOnly && mayReplicate(command)) {
      return 'ERR Write commands are not allowed from read-only scripts.';
    }
    if (!flags.has('stale') && isStale(this)) return 'ERR Can not execute the command on a stale replica';
    const reason = flags.has('write') ? this.#whyNotWritable() : undefined;
    if (reason !== undefined) return reason;
    const mayGrow = this.wrote || this.#shebang.present;
    if (flags.has('denyoom') && !mayGrow && this.door.broker.overMemory(false)) return OUT_OF_MEMORY;
    const lack = aclProblem(this.user, command, args);
    if (!lack) return this.door.broker.clusterEnabled ? this.#slotProblem(command, args) : undefined;
    const { kind, name } = lack;
    this.door.aclLog.note(this.#caller, { reason: kind, context: 'lua', object: name, userName: this.user.name });
    return this.#refusal(lack);
  }

  /** A script of a cluster uses keys of this node only, and of one slot unless it may use several. */
  #slotProblem(command: Command, args: readonly string[]): string | undefined {
    let slot: number | undefined;
    try {
      slot = slotOf(this, command, args);
    } catch (failure) {
      if (!(failure instanceof RedisError)) throw failure;
      return failure.line === CLUSTER_DOWN
        ? 'ERR Script attempted to execute a command while the cluster is down'
        : 'ERR Script attempted to access a non local key in a cluster node';
    }
    const mayCross = !this.#shebang.present || this.#shebang.flags.has('allow-cross-slot-keys');
    if (slot === undefined || mayCross) return undefined;
    this.#slot ??= slot;
    return slot === this.#slot ? undefined : 'ERR Script attempted to access keys that do not hash to the same slot';
  }

  #whyNotWritable(): string | undefined {
    try {
      checkWritable(this);
      return undefined;
    } catch (failure) {
      if (failure instanceof RedisError) return failure.line;
      throw failure;
    }
  }

  #refusal({ kind, name }: AclProblem): string {
    const old = this.door.broker.version === '7.0';
    const who = 'ERR The user executing the script';
    switch (kind) {
      case 'command':
        return old
          ? `${who} can't run this command or subcommand`
          : `ERR ACL failure in script: User ${this.user.name} has no permissions to run the '${name}' command`;
      case 'key':
        return old
          ? `${who} can't access at least one of the keys mentioned in the command arguments`
          : 'ERR ACL failure in script: No permissions to access a key';
      case 'channel':
        return old
          ? `${who} can't publish to the channel mentioned in the command`
          : 'ERR ACL failure in script: No permissions to access a channel';
      default:
        return kind satisfies never;
    }
  }
}
