import { RedisError } from './errors.js';
import { globMatch } from './glob.js';

/** Tells the categories of a command, so that `+@pubsub` can be applied; the door supplies it. */
export interface CommandCatalog {
  /** Command and `command|subcommand` names that exist, in lower case. */
  has(name: string): boolean;
  /** Categories of a command, without `@`; undefined for an unknown command. */
  categories(name: string): readonly string[] | undefined;
  /** All category names. */
  readonly allCategories: ReadonlySet<string>;
}

/** A user: what it may run, touch and listen to. Rules apply in the order given, the last one that fits wins. */
export class AclUser {
  readonly name: string;
  enabled = false;
  noPassword = false;
  /** What was last said about the payload of RESTORE; nothing else comes of it. */
  payload: '' | 'sanitize-payload' | 'skip-sanitize-payload' = '';
  readonly passwords = new Set<string>();
  /** `+@all`, `-@dangerous`, `+get`, …, in order. */
  commandRules: string[] = ['-@all'];
  keyPatterns: string[] = [];
  channelPatterns: string[] = [];

  constructor(name: string) {
    this.name = name;
  }

  get allChannels(): boolean {
    return this.channelPatterns.includes('*');
  }

  checkPassword(password: string): boolean {
    return this.enabled && (this.noPassword || this.passwords.has(password));
  }

  /** @param name lower case, `command` or `command|subcommand` */
  mayRun(name: string, categories: readonly string[]): boolean {
    const base = name.split('|', 1)[0] as string;
    let allowed = false;
    for (const rule of this.commandRules) {
      const subject = rule.slice(1);
      const fits = subject.startsWith('@')
        ? subject === '@all' || categories.includes(subject.slice(1))
        : subject === name || subject === base;
      if (fits) allowed = rule.startsWith('+');
    }
    return allowed;
  }

  mayUseKey(key: string): boolean {
    return this.keyPatterns.some((pattern) => pattern === '*' || globMatch(pattern, key));
  }

  mayUseChannel(channel: string): boolean {
    return this.channelPatterns.some((pattern) => pattern === '*' || globMatch(pattern, channel));
  }

  /** A pattern must stand in the rules as it is; a narrower one is refused. */
  mayUsePattern(pattern: string): boolean {
    return this.allChannels || this.channelPatterns.includes(pattern);
  }

  /** Applies rules from left to right. @throws RedisError, having changed nothing */
  apply(rules: readonly string[], catalog: CommandCatalog): void {
    const draft = this.clone();
    for (const rule of rules) draft.#applyOne(rule, catalog);
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
    this.commandRules = [...other.commandRules];
    this.keyPatterns = [...other.keyPatterns];
    this.channelPatterns = [...other.channelPatterns];
  }

  #applyOne(rule: string, catalog: CommandCatalog): void {
    const word = rule.toLowerCase();
    const rest = rule.slice(1);
    if (word === 'on') this.enabled = true;
    else if (word === 'off') this.enabled = false;
    else if (word === 'nopass') {
      this.noPassword = true;
      this.passwords.clear();
    } else if (word === 'resetpass') {
      this.noPassword = false;
      this.passwords.clear();
    } else if (word === 'allkeys' || rule === '~*') this.keyPatterns = ['*'];
    else if (word === 'resetkeys') this.keyPatterns = [];
    else if (word === 'allchannels' || rule === '&*') this.channelPatterns = ['*'];
    else if (word === 'resetchannels') this.channelPatterns = [];
    else if (word === 'allcommands' || word === '+@all') this.commandRules = ['+@all'];
    else if (word === 'nocommands' || word === '-@all') this.commandRules = ['-@all'];
    else if (word === 'reset') {
      this.copyFrom(new AclUser(this.name));
      this.payload = 'sanitize-payload';
    } else if (word === 'sanitize-payload' || word === 'skip-sanitize-payload') this.payload = word;
    else if (word === 'clearselectors') return;
    else if (rule.startsWith('>')) {
      this.passwords.add(rest);
      this.noPassword = false;
    } else if (rule.startsWith('<')) {
      if (!this.passwords.delete(rest))
        throw modifierError(rule, 'The password you are trying to remove from the user does not exist');
    } else if (rule.startsWith('~')) this.#addKey(rule, rest);
    else if (rule.startsWith('&')) this.#addChannel(rule, rest);
    else if (rule.startsWith('+') || rule.startsWith('-')) this.#addCommand(rule, word, catalog);
    else throw modifierError(rule, 'Syntax error');
  }

  #addKey(rule: string, pattern: string): void {
    if (this.keyPatterns.includes('*')) {
      const advice = "Try 'resetkeys' to start with an empty list of patterns";
      throw modifierError(
        rule,
        `Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does not have any effect. ${advice}`,
      );
    }
    if (!this.keyPatterns.includes(pattern)) this.keyPatterns.push(pattern);
  }

  #addChannel(rule: string, pattern: string): void {
    if (this.allChannels) {
      const advice = "Try 'resetchannels' to start with an empty list of channels";
      throw modifierError(
        rule,
        `Adding a pattern after the * pattern (or the 'allchannels' flag) is not valid and does not have any effect. ${advice}`,
      );
    }
    if (!this.channelPatterns.includes(pattern)) this.channelPatterns.push(pattern);
  }

  #addCommand(rule: string, word: string, catalog: CommandCatalog): void {
    const subject = word.slice(1);
    const known = subject.startsWith('@') ? catalog.allCategories.has(subject.slice(1)) : catalog.has(subject);
    if (!known) throw modifierError(rule, 'Unknown command or category name in ACL');
    this.commandRules = this.commandRules.filter((other) => other.slice(1) !== subject);
    this.commandRules.push(word);
  }
}

function modifierError(rule: string, reason: string): RedisError {
  return new RedisError(`ERR Error in ACL SETUSER modifier '${rule.split('\0', 1)[0]}': ${reason}`);
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

  /** A user that is in no list yet: off, nothing allowed. */
  draft(name: string): AclUser {
    return new AclUser(name);
  }

  delete(name: string): boolean {
    return this.#users.delete(name);
  }

  /** Back to the one all-powerful default user. */
  reset(password: string): void {
    this.#users.clear();
    const user = new AclUser('default');
    user.enabled = true;
    user.commandRules = ['+@all'];
    user.keyPatterns = ['*'];
    user.channelPatterns = ['*'];
    this.#users.set('default', user);
    this.setDefaultPassword(password);
  }

  /** What `requirepass` does. An empty password means none is needed. */
  setDefaultPassword(password: string): void {
    const user = this.default;
    user.passwords.clear();
    user.noPassword = password === '';
    if (password !== '') user.passwords.add(password);
  }
}
