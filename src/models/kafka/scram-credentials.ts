import { checkLimit, type Limits } from '../../core/limits.js';
import { KafkaError } from './errors.js';
import { plainFields } from './plain-fields.js';

/** Mechanisms by their number on the wire. */
export const SCRAM_MECHANISMS = { 1: 'SCRAM-SHA-256', 2: 'SCRAM-SHA-512' } as const;

export type ScramMechanism = (typeof SCRAM_MECHANISMS)[keyof typeof SCRAM_MECHANISMS];

const LEAST_ITERATIONS = 4_096;
const MOST_ITERATIONS = 16_384;

/** What proves a password without being it. */
export interface ScramCredential {
  readonly salt: Uint8Array;
  readonly saltedPassword: Uint8Array;
  readonly iterations: number;
}

/** Users whose credentials were set while the broker runs. */
export class ScramCredentials {
  readonly #limits: Limits;
  readonly #changed: () => void;
  readonly #users = new Map<string, Map<ScramMechanism, ScramCredential>>();

  /** @param changed called after each change */
  constructor(limits: Limits, changed: () => void = () => {}) {
    this.#limits = limits;
    this.#changed = changed;
  }

  /** By user. */
  get users(): ReadonlyMap<string, ReadonlyMap<ScramMechanism, ScramCredential>> {
    return this.#users;
  }

  get(user: string, mechanism: ScramMechanism): ScramCredential | undefined {
    return this.#users.get(user)?.get(mechanism);
  }

  /**
   * Whether a credential can be set, or deleted.
   *
   * @param credential undefined to delete what there is
   * @throws KafkaError UNACCEPTABLE_CREDENTIAL, UNSUPPORTED_SASL_MECHANISM, RESOURCE_NOT_FOUND; BrokerLimitError
   */
  check(user: string, mechanism: number, credential?: ScramCredential): void {
    if (user === '') throw new KafkaError('UNACCEPTABLE_CREDENTIAL', 'Username must not be empty');
    const known = mechanismOf(mechanism);
    if (!credential) {
      if (this.get(user, known)) return;
      throw new KafkaError('RESOURCE_NOT_FOUND', 'Attempt to delete a user credential that does not exist');
    }
    const { iterations } = credential;
    if (iterations < LEAST_ITERATIONS) throw new KafkaError('UNACCEPTABLE_CREDENTIAL', 'Too few iterations');
    if (iterations > MOST_ITERATIONS) throw new KafkaError('UNACCEPTABLE_CREDENTIAL', 'Too many iterations');
    if (!this.#users.has(user)) checkLimit(this.#limits, 'entityCount', this.#users.size + 1, `user '${user}'`);
  }

  /** @see check */
  set(user: string, mechanism: number, credential: ScramCredential): void {
    this.check(user, mechanism, credential);
    const { iterations, salt, saltedPassword } = credential;
    const own = this.#users.get(user) ?? new Map<ScramMechanism, ScramCredential>();
    own.set(mechanismOf(mechanism), { iterations, salt: salt.slice(), saltedPassword: saltedPassword.slice() });
    this.#users.set(user, own);
    this.#changed();
  }

  /** @see check */
  delete(user: string, mechanism: number): void {
    this.check(user, mechanism);
    const own = this.#users.get(user);
    own?.delete(mechanismOf(mechanism));
    if (own?.size === 0) this.#users.delete(user);
    this.#changed();
  }

  reset(): void {
    this.#users.clear();
  }

  /** By user, then by mechanism. */
  snapshot(): unknown {
    const save = (credential: ScramCredential) => new Map<string, unknown>(Object.entries(credential));
    return new Map(
      [...this.#users].map(([user, own]) => [user, new Map([...own].map(([name, each]) => [name, save(each)]))]),
    );
  }

  restore(state: unknown): void {
    this.#users.clear();
    for (const [user, own] of state as ReadonlyMap<string, ReadonlyMap<ScramMechanism, unknown>>) {
      const load = (saved: unknown) => plainFields(saved) as ScramCredential;
      this.#users.set(user, new Map([...own].map(([name, saved]) => [name, load(saved)])));
    }
  }
}

function mechanismOf(number: number): ScramMechanism {
  const mechanism = (SCRAM_MECHANISMS as Partial<Record<number, ScramMechanism>>)[number];
  if (!mechanism) throw new KafkaError('UNSUPPORTED_SASL_MECHANISM', 'Unknown SCRAM mechanism');
  return mechanism;
}
