/**
 * The scripts of a server: those it knows by their digest, the interpreter, and the one that never ends.
 *
 * A script is run to its end before anything else happens. One that goes past its budget would keep a real server busy
 * until SCRIPT KILL: here it is stopped, its client stays unanswered, and the door refuses other commands as a busy
 * server does. Within EXEC there is nobody to wait: it is answered as killed at once.
 */
import { createHash } from 'node:crypto';
import { Delayed } from '../../../core/delayed.js';
import { OUT_OF_MEMORY, RedisError } from '../../../models/redis/index.js';
import { checkWritable, isStale, STALE } from '../dispatch.js';
import { PENDING, type Reply } from '../handler.js';
import type { RedisDoor } from '../index.js';
import { error, integer } from '../reply.js';
import type { Session } from '../session.js';
import { ScriptClient } from './client.js';
import { LuaEngine } from './engine.js';
import { FunctionLibraries } from './function-libraries.js';
import { type LibraryFunction, LOAD_ENTRY, readFunctions } from './library.js';
import { ACL_CHECK, CALL_ERROR } from './prelude.js';
import { type ReplyValue, readReply, toBuffer } from './reply-value.js';
import { readShebang, type Shebang } from './shebang.js';

const NO_PACKAGE = "ERR to run Lua scripts this broker needs the package 'lua-redis-wasm'; install it";

export const digestOf = (source: string): string =>
  createHash('sha1').update(Buffer.from(source, 'latin1')).digest('hex');

/** A script that never ends. */
interface Busy {
  readonly caller: Session;
  readonly wrote: boolean;
  /** What its client gets when it is killed. */
  readonly reply: string;
  /** The function that runs; undefined for a script. */
  readonly functionName: string | undefined;
  readonly request: readonly string[];
  readonly startedMs: number;
}

/** How a script that never ends is ended. */
const busyWith = (command: 'SCRIPT' | 'FUNCTION'): string =>
  `BUSY Redis is busy running a script. You can only call ${command} KILL or SHUTDOWN NOSAVE.`;

/** What is run: a script, or a function of a library. */
interface Program {
  readonly shebang: Shebang;
  /** What stands behind an error, before the line. */
  readonly place: string;
  /** What to run of a library; empty for a script. */
  readonly entry: string;
  readonly functionName?: string;
}

export interface Call {
  readonly keys: readonly string[];
  readonly args: readonly string[];
  /** EVAL_RO and EVALSHA_RO. */
  readonly readOnly: boolean;
  /** The whole request. */
  readonly request: readonly string[];
}

/** A function that runs, as FUNCTION STATS tells it. */
export interface RunningFunction {
  readonly name: string;
  readonly request: readonly string[];
  readonly durationMs: number;
}

/** The commands that need the interpreter. */
const NEEDS_LUA = /^(?:eval(?:sha)?(?:_ro)?|script|fcall(?:_ro)?|function)$/i;

export class Scripting {
  readonly functions = new FunctionLibraries();
  readonly #door: RedisDoor;
  /** Sources by digest. */
  readonly #sources = new Map<string, string>();
  #loading: Promise<void> | undefined;
  #loaded = false;
  #engine: LuaEngine | undefined;
  #client: ScriptClient | undefined;
  #busy: Busy | undefined;
  /** What a command of the running script threw that is no reply. */
  #mistake: unknown;

  constructor(door: RedisDoor) {
    this.#door = door;
  }

  /** Why other commands are refused: a script runs that never ends. */
  get busyLine(): string | undefined {
    return this.#busy && busyWith(this.#busy.functionName === undefined ? 'SCRIPT' : 'FUNCTION');
  }

  /** The function that never ends, if one runs. @throws RedisError when it is a script */
  get runningFunction(): RunningFunction | undefined {
    if (!this.#busy) return undefined;
    const { functionName: name, request, startedMs } = this.#busy;
    if (name === undefined) throw new RedisError(busyWith('SCRIPT'));
    return { name, request, durationMs: this.#door.now - startedMs };
  }

  /** How many scripts are remembered. */
  get scriptCount(): number {
    return this.#sources.size;
  }

  has(digest: string): boolean {
    return this.#sources.has(digest.toLowerCase());
  }

  source(digest: string): string | undefined {
    return this.#sources.get(digest.toLowerCase());
  }

  /** Remembers a script. @returns its digest, or undefined when no more are taken */
  keep(source: string): string | undefined {
    const digest = digestOf(source);
    const full = this.#sources.size >= this.#door.context.limits.redisScriptCount;
    if (!this.#sources.has(digest) && full) return undefined;
    this.#sources.set(digest, source);
    return digest;
  }

  forget(): void {
    this.#sources.clear();
  }

  /** Loads the interpreter if a command is the first to need it. */
  loadFor(command: string): Promise<void> | undefined {
    return NEEDS_LUA.test(command) ? this.load() : undefined;
  }

  /** Loads the interpreter, or finds that there is none; undefined when that has been done. */
  load(): Promise<void> | undefined {
    if (this.#loaded) return undefined;
    this.#loading ??= this.#load();
    return this.#loading;
  }

  async #load(): Promise<void> {
    const host = {
      call: (args: readonly string[]) => {
        try {
          return this.#call(args);
        } catch (mistake) {
          this.#mistake = mistake;
          throw mistake;
        }
      },
      setProtocol: (protocol: 2 | 3) => {
        if (this.#client) this.#client.protocol = protocol;
      },
    };
    try {
      this.#engine = await LuaEngine.load(host, this.#door.broker.version);
    } finally {
      this.#loaded = true;
    }
  }

  /** @throws RedisError when the script does not compile */
  check(source: string): void {
    const { body } = readShebang(source);
    const engine = this.#needEngine();
    const text = this.#guard(() => engine.compile(body));
    if (text !== undefined) throw new RedisError(uncompiled(text));
  }

  /** Runs a script for a connection. @throws RedisError */
  run(caller: Session, source: string, call: Call): Reply {
    const shebang = readShebang(source);
    const place = `script: ${digestOf(source)}, on @user_script`;
    return this.#execute(caller, { shebang, place, entry: '' }, call);
  }

  /** Runs a function of a library. @throws RedisError */
  callFunction(caller: Session, name: string, call: Call): Reply {
    const found = this.functions.find(name);
    if (!found) throw new RedisError('ERR Function not found');
    const { library, target } = found;
    const shebang = { present: true, flags: new Set(target.flags), body: library.body };
    const place = `script: ${target.name}, on @user_function`;
    const entry = target.name.toLowerCase();
    return this.#execute(caller, { shebang, place, entry, functionName: target.name }, call);
  }

  /** The functions that a library registers. @throws RedisError */
  loadLibrary(body: string): LibraryFunction[] {
    const engine = this.#needEngine();
    const outcome = this.#guard(() => engine.run(body, [], [], 2, LOAD_ENTRY));
    if (outcome.kind === 'loaded') return readFunctions(outcome.listed);
    if (outcome.kind === 'uncompiled') throw new RedisError(`ERR Error compiling function: ${outcome.text}`);
    const reason = outcome.kind === 'failed' ? outcome.text : 'ERR FUNCTION LOAD timeout';
    throw new RedisError(`ERR Error registering functions: ${reason}`);
  }

  #execute(caller: Session, { shebang, place, entry, functionName }: Program, call: Call): Reply {
    const { keys, args, readOnly, request } = call;
    const engine = this.#needEngine();
    checkStart(caller, shebang, readOnly);
    const client = this.#clientOf(caller);
    client.begin({ caller, readOnly: readOnly || shebang.flags.has('no-writes'), shebang, keys });
    const outcome = this.#guard(() => engine.run(shebang.body, keys, args, caller.protocol, entry));
    switch (outcome.kind) {
      case 'returned':
        return outcome.reply;
      case 'loaded':
        return '';
      case 'uncompiled':
        throw new RedisError(uncompiled(outcome.text));
      case 'failed': {
        const line = `${outcome.text} ${place}:${outcome.line}.`;
        if (!outcome.counted) throw new RedisError(line);
        this.#door.stats.count(caller.lastCommand, 'failed');
        return error(line);
      }
      case 'endless': {
        const line = `ERR Script killed by user with SCRIPT KILL... ${place}:${outcome.line}.`;
        if (caller.transaction.running) throw new RedisError(line);
        return this.#waitForKill(caller, line, functionName, request);
      }
      default:
        return outcome satisfies never;
    }
  }

  /** An interpreter that a script has brought down is replaced; a mistake of our own is not the script's. */
  #guard<T>(run: () => T): T {
    this.#mistake = undefined;
    let result: T | undefined;
    let crash: unknown;
    try {
      result = run();
    } catch (failure) {
      crash = failure;
    }
    if (this.#mistake !== undefined) throw this.#mistake;
    if (crash === undefined) return result as T;
    this.#engine = undefined;
    this.#loading = undefined;
    this.#loaded = false;
    throw new RedisError(`ERR the script has brought down the Lua interpreter: ${(crash as Error).message}`);
  }

  /** SCRIPT KILL and FUNCTION KILL, which leave the other's alone. @throws RedisError */
  kill(what: 'SCRIPT' | 'FUNCTION'): void {
    const busy = this.#busy;
    if (!busy) throw new RedisError('NOTBUSY No scripts in execution right now.');
    if (busy.wrote) {
      throw new RedisError(
        'UNKILLABLE Sorry the script already executed write commands against the dataset. You can either wait the ' +
          'script termination or kill the server in a hard way using the SHUTDOWN NOSAVE command.',
      );
    }
    const running = busy.functionName === undefined ? 'SCRIPT' : 'FUNCTION';
    if (running !== what) throw new RedisError(busyWith(running));
    this.#busy = undefined;
    busy.caller.unblock(busy.reply);
  }

  #waitForKill(caller: Session, line: string, functionName: string | undefined, request: readonly string[]): Reply {
    const wrote = this.#client?.wrote === true;
    this.#busy = { caller, wrote, reply: error(line), functionName, request, startedMs: this.#door.now };
    const delayed = new Delayed<string>(
      this.#door.context.clock,
      Infinity,
      () => error(line),
      (reply) => caller.unblock(reply),
    );
    caller.blocked = { delayed, timeoutReply: () => error(line), stop: () => undefined };
    return PENDING;
  }

  #needEngine(): LuaEngine {
    if (!this.#engine) throw new RedisError(NO_PACKAGE);
    return this.#engine;
  }

  #clientOf(caller: Session): ScriptClient {
    this.#client ??= new ScriptClient(this.#door, caller);
    return this.#client;
  }

  #call(args: readonly string[]): ReplyValue {
    const client = this.#client as ScriptClient;
    if (args[0] !== ACL_CHECK) {
      const reply = readReply(client.call(args));
      return isError(reply) ? callError(reply.err.toString('latin1')) : reply;
    }
    const may = client.mayRun(args.slice(1));
    if (may === undefined) return callError('ERR Invalid command passed to redis.acl_check_cmd()');
    return readReply(integer(may ? 1 : 0));
  }
}

const callError = (line: string): ReplyValue => ({ err: toBuffer(CALL_ERROR + line) });

const uncompiled = (text: string): string => `ERR Error compiling script (new function): ${text}`;

function isError(reply: ReplyValue): reply is { readonly err: Buffer } {
  return reply !== null && typeof reply === 'object' && 'err' in reply;
}

/** What stands before a script as a whole: one with a shebang says what it will do. @throws RedisError */
function checkStart(caller: Session, { present, flags }: Shebang, readOnly: boolean): void {
  const writes = present && !flags.has('no-writes');
  if (writes && !flags.has('allow-oom') && caller.door.broker.overMemory(false)) throw new RedisError(OUT_OF_MEMORY);
  if (writes) checkWritable(caller);
  if (!flags.has('allow-stale') && isStale(caller)) throw new RedisError(STALE);
  if (writes && readOnly) throw new RedisError('ERR Can not execute a script with write flag using *_ro command.');
}
