/**
 * The Lua interpreter: the application's package `lua-redis-wasm`, Redis's own Lua 5.1 as WebAssembly. It is looked for
 * when the first script arrives, and loading takes a moment; from then on scripts run at once.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { RedisVersion } from '../../../models/redis/index.js';
import { BOOTSTRAP, PRELUDE } from './prelude.js';
import { type ReplyValue, toBuffer } from './reply-value.js';

const PACKAGE = 'lua-redis-wasm';

/** Instructions that a script may take; one that goes on is taken to go on for ever. */
const BUDGET = 10_000_000;

/** What a script asks of the broker. */
export interface LuaHost {
  readonly call: (args: readonly string[]) => ReplyValue;
  readonly setProtocol: (protocol: 2 | 3) => void;
}

export type Outcome =
  | { readonly kind: 'returned'; readonly reply: string }
  /** A library: its functions. */
  | { readonly kind: 'loaded'; readonly listed: string }
  | { readonly kind: 'uncompiled'; readonly text: string }
  /** `counted`: with the error of a command, which the statistics have already. */
  | { readonly kind: 'failed'; readonly text: string; readonly line: string; readonly counted: boolean }
  /** It went past its budget. */
  | { readonly kind: 'endless'; readonly line: string };

interface Interpreter {
  evalWithArgs(script: string, keys: readonly Buffer[], args: readonly Buffer[]): unknown;
}

interface LuaPackage {
  readonly LuaWasmEngine: { create(options: unknown): Promise<Interpreter> };
}

export class LuaEngine {
  readonly #interpreter: Interpreter;
  readonly #version: RedisVersion;

  private constructor(interpreter: Interpreter, version: RedisVersion) {
    this.#interpreter = interpreter;
    this.#version = version;
  }

  /** @returns undefined when the package is not installed */
  static async load(host: LuaHost, version: RedisVersion): Promise<LuaEngine | undefined> {
    const found = findPackage();
    if (!found) return undefined;
    const call = (args: readonly Buffer[]) => host.call(args.map((arg) => arg.toString('latin1')));
    const interpreter = await found.LuaWasmEngine.create({
      profile: `redis-${version}`,
      limits: { maxFuel: BUDGET },
      host: { redisCall: call, redisPcall: call, log: () => undefined, onSetResp: host.setProtocol },
    });
    return new LuaEngine(interpreter, version);
  }

  /** @returns what the compiler finds wrong, if anything */
  compile(body: string): string | undefined {
    const check = 'local f, problem = loadstring(ARGV[1], "@user_script") return problem';
    const answer = this.#interpreter.evalWithArgs(check, [], [toBuffer(body)]);
    return Buffer.isBuffer(answer) ? answer.toString('latin1') : undefined;
  }

  /** Runs a script to its end. @param entry a function of the library that the body is, `LOAD_ENTRY`, or nothing */
  run(body: string, keys: readonly string[], args: readonly string[], protocol: 2 | 3, entry = ''): Outcome {
    const [text, number] = this.#version === '7.0' ? ['7.0.15', 0x07000f] : ['7.2.6', 0x070206];
    const all = [...args, body, `${protocol}`, text, `${number}`, entry, PRELUDE];
    const answer = this.#interpreter.evalWithArgs(BOOTSTRAP, keys.map(toBuffer), all.map(toBuffer));
    if (!Buffer.isBuffer(answer))
      return { kind: 'failed', text: 'ERR the script ended the interpreter', line: '1', counted: false };
    return readOutcome(answer.toString('latin1'));
  }
}

function readOutcome(answer: string): Outcome {
  const rest = answer.slice(1);
  switch (answer[0]) {
    case 'R':
      return { kind: 'returned', reply: rest };
    case 'L':
      return { kind: 'loaded', listed: rest };
    case 'C':
      return { kind: 'uncompiled', text: rest };
    case 'K':
      return { kind: 'endless', line: rest };
    default: {
      const space = rest.indexOf(' ');
      return { kind: 'failed', line: rest.slice(0, space), text: rest.slice(space + 1), counted: answer[0] === 'A' };
    }
  }
}

/** Loads the application's package, from where it runs or from where its program is. */
function findPackage(): LuaPackage | undefined {
  for (const from of [join(process.cwd(), 'package.json'), process.argv[1] ?? '']) {
    if (from === '') continue;
    try {
      return createRequire(from)(PACKAGE) as LuaPackage;
    } catch (error) {
      if ((error as { code?: string }).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  return undefined;
}
