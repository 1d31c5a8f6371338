import { clientLine } from './client-line.js';
import type { RedisDoor } from './index.js';
import type { Session } from './session.js';

/** Something that the ACL has refused. */
export interface Refusal {
  readonly reason: 'command' | 'key' | 'channel' | 'auth';
  readonly context: 'toplevel' | 'multi' | 'lua';
  /** The command, key or channel; of a login, the command that tried. */
  readonly object: string;
  readonly userName: string;
}

export interface LoggedRefusal extends Refusal {
  readonly id: number;
  /** How often it happened. */
  count: number;
  readonly createdMs: number;
  updatedMs: number;
  /** The connection that it happened to last, as CLIENT LIST shows it. */
  clientInfo: string;
}

/** So many of the newest are looked at for the same refusal, if they are not older than this. */
const COMPARED = 10;
const SAME_WITHIN_MS = 60_000;

/** What ACL LOG shows: refusals, the newest first, the same ones counted. */
export class AclLog {
  readonly #door: RedisDoor;
  #refusals: LoggedRefusal[] = [];
  #id = 0;

  constructor(door: RedisDoor) {
    this.#door = door;
  }

  newest(count: number): readonly LoggedRefusal[] {
    return this.#refusals.slice(0, count);
  }

  clear(): void {
    this.#refusals = [];
  }

  /** A user lacks a permission for a command of its own. */
  denied(client: Session, { kind, name }: { readonly kind: Refusal['reason']; readonly name: string }): void {
    const context = client.transaction.open ? 'multi' : 'toplevel';
    this.note(client, { reason: kind, context, object: name, userName: client.user.name });
  }

  note(client: Session, refusal: Refusal): void {
    const nowMs = this.#door.now;
    const clientInfo = clientLine(client);
    const isSame = (other: LoggedRefusal) =>
      other.reason === refusal.reason &&
      other.context === refusal.context &&
      other.object === refusal.object &&
      other.userName === refusal.userName &&
      nowMs - other.updatedMs <= SAME_WITHIN_MS;
    const known = this.#refusals.slice(0, COMPARED).find(isSame);
    const entry = known ?? { ...refusal, id: this.#id++, count: 0, createdMs: nowMs, updatedMs: nowMs, clientInfo };
    entry.count++;
    entry.updatedMs = nowMs;
    entry.clientInfo = clientInfo;
    const most = this.#door.broker.config.number('acllog-max-len');
    this.#refusals = [entry, ...this.#refusals.filter((other) => other !== entry)].slice(0, most);
  }
}
