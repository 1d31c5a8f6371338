import { createHash } from 'node:crypto';
import type { CommandCatalog } from './acl-commands.js';
import { ACL_REASONS, AclRuleError } from './acl-rule-error.js';
import { AclSelector } from './acl-selector.js';
import { toBytes } from './byte-string.js';
import { RedisError } from './errors.js';

/** What rules refer to. */
export interface RuleGrammar {
  readonly catalog: CommandCatalog;
  /** Cuts a selector into rules, with quotes as in an inline request; undefined when they do not match. */
  readonly split: (text: string) => readonly string[] | undefined;
  /** What `acl-pubsub-default` says: whether who has no rule yet may use every channel. */
  readonly allChannels: boolean;
}

/** A user: whether and how it logs in, and what it may run, touch and listen to. */
export class AclUser {
  readonly name: string;
  enabled = false;
  noPassword = false;
  /** What was last said about the payload of RESTORE; nothing else comes of it. */
  payload: '' | 'sanitize-payload' | 'skip-sanitize-payload' = '';
  /** SHA-256 of each password, in hex. */
  readonly passwords = new Set<string>();
  /** The root selector, then those in parentheses. */
  selectors: AclSelector[];

  constructor(name: string, allChannels = false) {
    this.name = name;
    this.selectors = [new AclSelector(allChannels)];
  }

  /** Whoever connects is logged in as this user. */
  get isOpen(): boolean {
    return this.enabled && this.noPassword;
  }

  get root(): AclSelector {
    return this.selectors[0] as AclSelector;
  }

  checkPassword(password: string): boolean {
    return this.enabled && (this.noPassword || this.passwords.has(hashOf(password)));
  }

  addPassword(password: string): void {
    this.passwords.add(hashOf(password));
    this.noPassword = false;
  }

  /**
   * Applies rules from left to right. A selector may be cut into several words.
   *
   * @throws RedisError, having changed nothing
   */
  apply(rules: readonly string[], grammar: RuleGrammar): void {
    const draft = this.clone();
    for (const rule of joinSelectors(rules)) {
      try {
        draft.#applyOne(rule, grammar);
      } catch (error) {
        if (!(error instanceof AclRuleError)) throw error;
        throw new RedisError(`ERR Error in ACL SETUSER modifier '${rule.split('\0', 1)[0]}': ${error.message}`);
      }
    }
    this.copyFrom(draft);
  }

  clone(): AclUser {
    const copy = new AclUser(this.name);
    copy.copyFrom(this);
    return copy;
  }

  copyFrom(other: AclUser): void {
    this.enabled = other.enabled;
    this.noPassword = other.noPassword;
    this.payload = other.payload;
    const passwords = [...other.passwords];
    this.passwords.clear();
    for (const password of passwords) this.passwords.add(password);
    this.selectors = other.selectors.map((selector) => new AclSelector().copyFrom(selector));
  }

  #applyOne(rule: string, grammar: RuleGrammar): void {
    const word = rule.toLowerCase();
    if (word === '') return;
    if (word === 'on') this.enabled = true;
    else if (word === 'off') this.enabled = false;
    else if (word === 'nopass' || word === 'resetpass') {
      this.noPassword = word === 'nopass';
      this.passwords.clear();
    } else if (word === 'reset') {
      this.copyFrom(new AclUser(this.name, grammar.allChannels));
      this.payload = 'sanitize-payload';
    } else if (word === 'sanitize-payload' || word === 'skip-sanitize-payload') this.payload = word;
    else if (word === 'clearselectors') this.selectors = [this.root];
    else if (/^[>#<!]/.test(rule)) this.#applyPassword(rule);
    else if (rule.startsWith('(') && rule.endsWith(')')) {
      const selector = new AclSelector(grammar.allChannels);
      // What stands in quotes that do not match is nothing.
      for (const one of grammar.split(rule.slice(1, -1)) ?? []) selector.apply(one, grammar.catalog);
      this.selectors.push(selector);
    } else this.root.apply(rule, grammar.catalog);
  }

  /** `>password` and `<password`, or `#` and `!` with its hash. */
  #applyPassword(rule: string): void {
    const [sign, rest] = [rule[0], rule.slice(1)];
    const hashed = sign === '#' || sign === '!';
    if (hashed && !/^[0-9a-f]{64}$/.test(rest)) throw new AclRuleError(ACL_REASONS.badHash);
    const hash = hashed ? rest : hashOf(rest);
    if (sign === '>' || sign === '#') {
      this.passwords.add(hash);
      this.noPassword = false;
    } else if (!this.passwords.delete(hash)) throw new AclRuleError(ACL_REASONS.noSuchPassword);
  }
}

function hashOf(password: string): string {
  return createHash('sha256').update(toBytes(password)).digest('hex');
}

/** Puts together what stands between an opening and a closing parenthesis. @throws RedisError */
function joinSelectors(rules: readonly string[]): string[] {
  const joined: string[] = [];
  let open: string[] = [];
  for (const rule of rules) {
    // One that is open is forgotten when another one starts.
    if (rule.startsWith('(') && !rule.endsWith(')')) open = [rule];
    else if (open.length === 0) joined.push(rule);
    else {
      open.push(rule);
      if (!rule.endsWith(')')) continue;
      joined.push(open.join(' '));
      open = [];
    }
  }
  if (open.length === 0) return joined;
  throw new RedisError(`ERR Unmatched parenthesis in acl selector starting at '${open[0]}'.`);
}

/** All users. The user `default` always exists and cannot be removed. */
export class Acl {
  readonly #users = new Map<string, AclUser>();

  constructor(password: string) {
    this.reset(password);
  }

  get default(): AclUser {
    return this.#users.get('default') as AclUser;
  }

  /** Names in order of creation. */
  get names(): string[] {
    return [...this.#users.keys()];
  }

  get(name: string): AclUser | undefined {
    return this.#users.get(name);
  }

  /** The user, made anew (off, nothing allowed) when it is unknown. */
  ensure(name: string): AclUser {
    const user = this.#users.get(name) ?? new AclUser(name);
    this.#users.set(name, user);
    return user;
  }

  delete(name: string): boolean {
    return this.#users.delete(name);
  }

  /** Back to the one all-powerful default user. */
  reset(password: string): void {
    this.#users.clear();
    const user = new AclUser('default');
    user.enabled = true;
    user.root.allowAll();
    this.#users.set('default', user);
    this.setDefaultPassword(password);
  }

  /** What `requirepass` does. An empty password means none is needed. */
  setDefaultPassword(password: string): void {
    const user = this.default;
    user.passwords.clear();
    user.noPassword = password === '';
    if (password !== '') user.addPassword(password);
  }
}
