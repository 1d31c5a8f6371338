import type { Command } from './handler.js';
import type { RedisDoor } from './index.js';
import { redacted } from './redaction.js';
import type { Session } from './session.js';

/** A command that took long. */
export interface SlowCommand {
  readonly id: number;
  readonly atSeconds: number;
  readonly durationUs: number;
  readonly args: readonly string[];
  /** `host:port` of the client. */
  readonly address: string;
  readonly clientName: string;
}

const MOST_ARGUMENTS = 32;
const MOST_CHARACTERS = 128;

/**
 * What SLOWLOG shows: commands that took `slowlog-log-slower-than` or more, the newest first. Time is the broker's, of
 * which only DEBUG SLEEP takes any: what real time a command took would differ from run to run, and asking for it costs
 * as much as a small command.
 */
export class Slowlog {
  readonly #door: RedisDoor;
  readonly #commands: SlowCommand[] = [];
  #id = 0;
  #sleptMs = 0;

  constructor(door: RedisDoor) {
    this.#door = door;
  }

  get length(): number {
    return this.#commands.length;
  }

  newest(count: number): readonly SlowCommand[] {
    return this.#commands.slice(0, count);
  }

  clear(): void {
    this.#commands.length = 0;
  }

  /** The running command takes so much of the broker's time. */
  slept(ms: number): void {
    this.#sleptMs += ms;
  }

  /** A command has ended. */
  note(client: Session, command: Command, args: readonly string[]): void {
    const durationUs = Math.round(this.#sleptMs * 1000);
    this.#sleptMs = 0;
    const ms = Math.floor(durationUs / 1000);
    if (ms > 0) this.#door.latency.note(command.flags.has('fast') ? 'fast-command' : 'command', ms);
    const { config } = this.#door.broker;
    const leastUs = config.number('slowlog-log-slower-than');
    if (leastUs < 0 || durationUs < leastUs || command.flags.has('skip_slowlog')) return;
    const { address, port } = client.connection.remote;
    this.#commands.unshift({
      id: this.#id++,
      atSeconds: Math.floor(this.#door.now / 1000),
      durationUs,
      args: shortened(redacted(args)),
      address: client.scripted ? '?:0' : `${address}:${port}`,
      clientName: client.name,
    });
    this.#commands.length = Math.min(this.#commands.length, config.number('slowlog-max-len'));
  }
}

function shortened(args: readonly string[]): string[] {
  const kept = args.length > MOST_ARGUMENTS ? args.slice(0, MOST_ARGUMENTS - 1) : args;
  const shown = kept.map((arg) =>
    arg.length > MOST_CHARACTERS
      ? `${arg.slice(0, MOST_CHARACTERS)}... (${arg.length - MOST_CHARACTERS} more bytes)`
      : arg,
  );
  if (kept.length < args.length) shown.push(`... (${args.length - kept.length} more arguments)`);
  return shown;
}
