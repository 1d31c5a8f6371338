import { ACL_REASONS, AclRuleError } from './acl-rule-error.js';

/** What the door tells of its commands; the model knows none. */
export interface CommandCatalog {
  /** Commands and `command|subcommand` names in lower case, each container before its subcommands. */
  readonly names: readonly string[];
  /** Categories of a command, without `@`; undefined for an unknown command. */
  categories(name: string): readonly string[] | undefined;
  /** Full names of a container's subcommands. */
  subcommands(name: string): readonly string[];
  /** All category names, in Redis's order. */
  readonly allCategories: ReadonlySet<string>;
}

/**
 * The commands that a user, or one of its selectors, may run.
 *
 * Redis 7.0 keeps only which commands these are and works out rules for them when it is asked; from 7.2 on the rules are
 * remembered as they were given.
 */
export class AllowedCommands {
  /** Everything, also what a later release brings. */
  #everything = false;
  /** What a later release brings. */
  #future = false;
  readonly #names = new Set<string>();
  /** First arguments with which a command may be run that may not otherwise. */
  readonly #firstArguments = new Map<string, string[]>();
  /** The rules as they were given. */
  #rules: string[] = ['-@all'];

  /** @param args of the request, the name first */
  may(name: string, args: readonly string[]): boolean {
    if (this.#everything || this.#names.has(name)) return true;
    return this.#firstArguments.get(name)?.includes(args[1]?.toLowerCase() ?? '') ?? false;
  }

  allowAll(): void {
    this.#reset(true);
  }

  allowNone(): void {
    this.#reset(false);
  }

  copyFrom(other: AllowedCommands): void {
    this.#everything = other.#everything;
    this.#future = other.#future;
    this.#names.clear();
    for (const name of other.#names) this.#names.add(name);
    this.#firstArguments.clear();
    for (const [name, list] of other.#firstArguments) this.#firstArguments.set(name, [...list]);
    this.#rules = [...other.#rules];
  }

  /**
   * Applies `+get`, `-config|set`, `+@read`, `+select|0`, …
   *
   * @throws AclRuleError
   */
  apply(rule: string, catalog: CommandCatalog): void {
    const word = rule.toLowerCase();
    if (word === '+@all') return this.allowAll();
    if (word === '-@all') return this.allowNone();
    const allow = word.startsWith('+');
    const subject = word.slice(1);
    if (subject.startsWith('@')) {
      const category = subject.slice(1);
      if (!catalog.allCategories.has(category)) throw new AclRuleError(ACL_REASONS.unknownCommand);
      for (const name of namesIn(category, catalog)) this.#set(name, allow, catalog);
    } else if (catalog.categories(subject)) this.#set(subject, allow, catalog);
    else if (allow && subject.includes('|')) this.#allowFirstArgument(subject, catalog);
    else throw new AclRuleError(ACL_REASONS.unknownCommand);
    this.#rules = this.#rules.filter(
      (other) => other.slice(1) !== subject && !other.slice(1).startsWith(`${subject}|`),
    );
    this.#rules.push(word);
  }

  /** The rules as they were given, without those that a later one made void. */
  get rules(): string {
    return this.#rules.join(' ');
  }

  /** Rules that allow the same, categories first: the fewest that a greedy search finds. */
  shortestRules(catalog: CommandCatalog): string {
    const found = new AllowedCommands();
    found.#reset(this.#future);
    const sign = this.#future ? '-' : '+';
    const rules = [this.#future ? '+@all' : '-@all'];
    const left = new AllowedCommands();
    left.copyFrom(this);
    left.#spell(catalog);
    const unused = new Set(catalog.allCategories);
    for (
      let best = left.#bestCategory(unused, catalog);
      best !== undefined;
      best = left.#bestCategory(unused, catalog)
    ) {
      unused.delete(best);
      rules.push(`${sign}@${best}`);
      found.apply(`${sign}@${best}`, catalog);
      left.apply(`${sign === '+' ? '-' : '+'}@${best}`, catalog);
    }
    for (const name of catalog.names) {
      const allowed = this.may(name, []);
      if (allowed !== found.may(name, [])) {
        rules.push(`${allowed ? '+' : '-'}${name}`);
        found.#set(name, allowed, catalog);
      }
      if (!allowed) rules.push(...(this.#firstArguments.get(name) ?? []).map((first) => `+${name}|${first}`));
    }
    return rules.join(' ');
  }

  /** The category that says the most about what is left, if any says more that is right than is wrong. */
  #bestCategory(unused: ReadonlySet<string>, catalog: CommandCatalog): string | undefined {
    let best: { readonly category: string; readonly wrong: number; readonly right: number } | undefined;
    for (const category of unused) {
      const names = namesIn(category, catalog);
      const on = names.filter((name) => this.#names.has(name)).length;
      const off = names.length - on;
      const [right, wrong] = this.#future ? [off, on] : [on, off];
      if (right <= wrong) continue;
      if (!best || wrong < best.wrong || (wrong === best.wrong && right > best.right))
        best = { category, wrong, right };
    }
    return best?.category;
  }

  #reset(all: boolean): void {
    this.#everything = all;
    this.#future = all;
    this.#names.clear();
    this.#firstArguments.clear();
    this.#rules = [all ? '+@all' : '-@all'];
  }

  /** From here on every command is allowed by its own name. */
  #spell(catalog: CommandCatalog): void {
    if (!this.#everything) return;
    this.#everything = false;
    for (const name of catalog.names) this.#names.add(name);
  }

  #set(name: string, allow: boolean, catalog: CommandCatalog): void {
    for (const one of [name, ...catalog.subcommands(name)]) {
      if (allow) this.#names.add(one);
      else {
        this.#spell(catalog);
        this.#names.delete(one);
      }
    }
    this.#firstArguments.delete(name);
  }

  #allowFirstArgument(subject: string, catalog: CommandCatalog): void {
    const at = subject.lastIndexOf('|');
    const [name, first] = [subject.slice(0, at), subject.slice(at + 1)];
    if (!catalog.categories(name)) throw new AclRuleError(ACL_REASONS.unknownCommand);
    if (name.includes('|')) throw new AclRuleError(ACL_REASONS.firstArgument);
    if (first === '') throw new AclRuleError(ACL_REASONS.syntax);
    if (catalog.subcommands(name).length > 0) throw new AclRuleError(ACL_REASONS.unknownCommand);
    const list = this.#firstArguments.get(name) ?? [];
    this.#firstArguments.set(name, [...list.filter((other) => other !== first), first]);
  }
}

function namesIn(category: string, catalog: CommandCatalog): string[] {
  return catalog.names.filter((name) => catalog.categories(name)?.includes(category));
}
