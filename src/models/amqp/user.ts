import { createHash } from 'node:crypto';
import { accessRefused } from './errors.js';
import { Pattern } from './pattern.js';

export type Operation = 'configure' | 'write' | 'read';

/** Patterns of the resources that a user may use in a virtual host. */
export type Permissions = Readonly<Record<Operation, string>>;

/** Patterns of the routing keys that a user may use with a topic exchange. */
export type TopicPermissions = Readonly<Record<'write' | 'read', string>>;

export type UserLimit = 'max-connections' | 'max-channels';

/** A password, or base64 of four bytes of salt and the SHA-256 of salt and password. */
export interface Password {
  readonly plain?: string;
  readonly hash?: string;
}

/** Patterns with the decisions already made. */
class Grants {
  readonly patterns: Permissions;
  readonly #compiled: Readonly<Record<Operation, Pattern>>;
  readonly #decided = new Map<string, boolean>();

  /** @param expand fills in what patterns leave open */
  constructor(patterns: Permissions, expand = (pattern: string): string => pattern) {
    this.patterns = patterns;
    // An empty pattern grants nothing but the empty name.
    const compile = (source: string) => new Pattern(source === '' ? '^$' : expand(source));
    this.#compiled = {
      configure: compile(patterns.configure),
      write: compile(patterns.write),
      read: compile(patterns.read),
    };
  }

  allows(operation: Operation, name: string): boolean {
    if (this.patterns[operation] === '.*') return true;
    const key = `${operation} ${name}`;
    let decision = this.#decided.get(key);
    if (decision === undefined) {
      decision = this.#compiled[operation].test(name);
      if (this.#decided.size >= MOST_DECISIONS) this.#decided.clear();
      this.#decided.set(key, decision);
    }
    return decision;
  }
}

const MOST_DECISIONS = 10_000;

/** Who may log in, and what they may do where. */
export class User {
  readonly name: string;
  password: Password;
  tags: readonly string[];
  readonly limits = new Map<UserLimit, number>();
  readonly #grants = new Map<string, Grants>();
  /** By virtual host, then exchange. */
  readonly #topics = new Map<string, Map<string, Grants>>();

  constructor(name: string, password: Password, tags: readonly string[]) {
    this.name = name;
    this.password = password;
    this.tags = tags;
  }

  /** Whether this is the password. A user without one cannot log in. */
  accepts(password: string): boolean {
    const { plain, hash } = this.password;
    if (plain !== undefined) return plain === password;
    if (hash === undefined || hash === '') return false;
    const salted = Buffer.from(hash, 'base64');
    const digest = createHash('sha256').update(salted.subarray(0, 4)).update(password, 'utf8').digest();
    return digest.equals(salted.subarray(4));
  }

  get permissions(): ReadonlyMap<string, Permissions> {
    return new Map([...this.#grants].map(([vhost, grants]) => [vhost, grants.patterns]));
  }

  /** Topic permissions by virtual host and exchange. */
  *topicPermissions(): Iterable<readonly [vhost: string, exchange: string, permissions: TopicPermissions]> {
    for (const [vhost, byExchange] of this.#topics) {
      for (const [exchange, grants] of byExchange) yield [vhost, exchange, grants.patterns];
    }
  }

  hasAccess(vhost: string): boolean {
    return this.#grants.has(vhost);
  }

  /** @returns whether there were none. @throws BrokerError INVALID_PATTERN */
  setPermissions(vhost: string, permissions: Permissions): boolean {
    const { configure, write, read } = permissions;
    const isNew = !this.#grants.has(vhost);
    this.#grants.set(vhost, new Grants({ configure, write, read }));
    return isNew;
  }

  clearPermissions(vhost: string): boolean {
    return this.#grants.delete(vhost);
  }

  /**
   * Patterns may name `{username}` and `{vhost}`.
   *
   * @returns whether there were none
   * @throws BrokerError INVALID_PATTERN
   */
  setTopicPermissions(vhost: string, exchange: string, { write, read }: TopicPermissions): boolean {
    const byExchange = this.#topics.get(vhost) ?? new Map<string, Grants>();
    const isNew = !byExchange.has(exchange);
    const expand = (pattern: string) => pattern.replaceAll('{username}', this.name).replaceAll('{vhost}', vhost);
    byExchange.set(exchange, new Grants({ configure: '', write, read }, expand));
    this.#topics.set(vhost, byExchange);
    return isNew;
  }

  /** Removes those of one exchange, or of all. */
  clearTopicPermissions(vhost: string, exchange?: string): boolean {
    if (exchange === undefined) return this.#topics.delete(vhost);
    return this.#topics.get(vhost)?.delete(exchange) ?? false;
  }

  /** @throws AmqpError ACCESS_REFUSED */
  check(vhost: { readonly name: string }, operation: Operation, kind: 'queue' | 'exchange', name: string): void {
    const shown = name === '' && kind === 'exchange' ? 'amq.default' : name;
    if (this.#grants.get(vhost.name)?.allows(operation, shown)) return;
    throw accessRefused(`access to ${kind} '${shown}' in vhost '${vhost.name}' refused for user '${this.name}'`);
  }

  /** @throws AmqpError ACCESS_REFUSED when topic permissions for this exchange forbid the key */
  checkTopic(vhost: { readonly name: string }, operation: 'write' | 'read', exchange: string, key: string): void {
    if (this.#topics.size === 0) return;
    const grants = this.#topics.get(vhost.name)?.get(exchange);
    if (!grants || grants.allows(operation, key)) return;
    throw accessRefused(
      `access to topic '${key}' in exchange '${exchange}' in vhost '${vhost.name}' refused for user '${this.name}'`,
    );
  }
}
