import type { Timer } from '../../core/clock.js';
import { mayReplicate } from './handler.js';
import type { RedisDoor } from './index.js';
import type { Session } from './session.js';

/**
 * CLIENT PAUSE: requests are held back, not refused, and run in order when it ends. Until then nothing expires or is
 * evicted.
 */
export class Pause {
  readonly #door: RedisDoor;
  readonly #held: Session[] = [];
  #untilMs = 0;
  #writesOnly = false;
  #timer: Timer | undefined;

  constructor(door: RedisDoor) {
    this.#door = door;
  }

  /** Starts or prolongs a pause; the later end and the stricter mode win. */
  start(durationMs: number, writesOnly: boolean): void {
    const { clock } = this.#door.context;
    const running = this.#untilMs > clock.now;
    this.#writesOnly = running ? this.#writesOnly && writesOnly : writesOnly;
    this.#untilMs = Math.max(running ? this.#untilMs : 0, clock.now + durationMs);
    clock.cancel(this.#timer);
    this.#timer = clock.schedule(this.#untilMs, () => this.end());
    this.#door.broker.keyspace.holdRemovals(true);
  }

  /** Whether this request waits; the session is released when the pause ends. */
  holds(session: Session, args: readonly string[]): boolean {
    if (this.#untilMs <= this.#door.now) return false;
    if (this.#writesOnly && !this.#writes(session, args)) return false;
    this.#held.push(session);
    return true;
  }

  end(): void {
    this.#door.context.clock.cancel(this.#timer);
    this.#timer = undefined;
    this.#untilMs = 0;
    this.#door.broker.keyspace.holdRemovals(false);
    for (const session of this.#held.splice(0)) session.releaseHeld();
    this.#door.flush();
  }

  #writes(session: Session, args: readonly string[]): boolean {
    const name = (args[0] as string).toLowerCase();
    if (name === 'exec') return session.transaction.queued.some(({ command }) => mayReplicate(command));
    const command = this.#door.commands.get(name);
    const subcommand = command?.subcommands?.get((args[1] ?? '').toLowerCase());
    return command !== undefined && mayReplicate(subcommand ?? command);
  }
}
