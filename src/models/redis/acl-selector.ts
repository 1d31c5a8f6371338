import { AllowedCommands, type CommandCatalog } from './acl-commands.js';
import { ACL_REASONS, AclRuleError } from './acl-rule-error.js';
import { globMatch } from './glob.js';

/** What a command does to a key: it sees its value, or changes it; neither when it tells only whether there is one. */
export interface KeyUse {
  readonly reads: boolean;
  readonly writes: boolean;
}

interface KeyPattern {
  readonly pattern: string;
  reads: boolean;
  writes: boolean;
}

/** A channel of a request: a name, or a pattern to subscribe to. */
export interface ChannelUse {
  readonly name: string;
  readonly isPattern: boolean;
}

/**
 * A set of permissions: commands, keys and channels. A user has a root selector and may have further ones; a request
 * is allowed when one of them allows all of it.
 */
export class AclSelector {
  readonly commands = new AllowedCommands();
  channelPatterns: string[] = [];
  #allChannels: boolean;
  #allKeys = false;
  #keyPatterns: KeyPattern[] = [];

  /** Without any permission, but for channels if `acl-pubsub-default` gives them. */
  constructor(allChannels = false) {
    this.#allChannels = allChannels;
  }

  allowAll(): void {
    this.commands.allowAll();
    this.#setKeys(true);
    this.#setChannels(true);
  }

  get allChannels(): boolean {
    return this.#allChannels;
  }

  mayUseKey(key: string, { reads, writes }: KeyUse): boolean {
    if (this.#allKeys) return true;
    return this.#keyPatterns.some(
      (one) => (one.reads || !reads) && (one.writes || !writes) && globMatch(one.pattern, key),
    );
  }

  /** Whether no key is out of bounds for such a use. */
  mayUseAnyKey({ reads, writes }: KeyUse): boolean {
    if (this.#allKeys) return true;
    return this.#keyPatterns.some((one) => one.pattern === '*' && (one.reads || !reads) && (one.writes || !writes));
  }

  /** A pattern must stand in the rules as it is; a narrower one is refused. */
  mayUseChannel({ name, isPattern }: ChannelUse): boolean {
    if (this.allChannels) return true;
    return this.channelPatterns.some((pattern) => (isPattern ? pattern === name : globMatch(pattern, name)));
  }

  copyFrom(other: AclSelector): this {
    this.commands.copyFrom(other.commands);
    this.#allChannels = other.#allChannels;
    this.channelPatterns = [...other.channelPatterns];
    this.#allKeys = other.#allKeys;
    this.#keyPatterns = other.#keyPatterns.map((one) => ({ ...one }));
    return this;
  }

  /** Applies one rule. @throws AclRuleError */
  apply(rule: string, catalog: CommandCatalog): void {
    const word = rule.toLowerCase();
    if (word === 'allkeys' || rule === '~*') this.#setKeys(true);
    else if (word === 'resetkeys') this.#setKeys(false);
    else if (word === 'allchannels' || rule === '&*') this.#setChannels(true);
    else if (word === 'resetchannels') this.#setChannels(false);
    else if (word === 'allcommands') this.commands.allowAll();
    else if (word === 'nocommands') this.commands.allowNone();
    else if (rule.startsWith('~') || rule.startsWith('%')) this.#addKeys(rule);
    else if (rule.startsWith('&')) this.#addChannels(rule.slice(1));
    else if (rule.startsWith('+') || rule.startsWith('-')) this.commands.apply(rule, catalog);
    else throw new AclRuleError(ACL_REASONS.syntax);
  }

  /** The key rules: `~a* %R~b*`. */
  get keyRules(): string[] {
    if (this.#allKeys) return ['~*'];
    return this.#keyPatterns.map(({ pattern, reads, writes }) => {
      if (reads && writes) return `~${pattern}`;
      return `%${writes ? 'W' : 'R'}~${pattern}`;
    });
  }

  /** The channel rules: `&a* &b`. */
  get channelRules(): string[] {
    return this.allChannels ? ['&*'] : this.channelPatterns.map((pattern) => `&${pattern}`);
  }

  #setKeys(all: boolean): void {
    this.#allKeys = all;
    this.#keyPatterns = [];
  }

  #setChannels(all: boolean): void {
    this.#allChannels = all;
    this.channelPatterns = [];
  }

  #addKeys(rule: string): void {
    if (this.#allKeys) throw new AclRuleError(ACL_REASONS.keyCovered);
    const form = /^(?:~|%(R|W|RW|WR)(?:~|$))(.*)$/is.exec(rule);
    const [, letters = 'RW', pattern] = form ?? [];
    if (pattern === undefined || hasSpace(pattern)) throw new AclRuleError(ACL_REASONS.syntax);
    const [reads, writes] = [/r/i.test(letters), /w/i.test(letters)];
    const known = this.#keyPatterns.find((one) => one.pattern === pattern);
    if (known) {
      known.reads ||= reads;
      known.writes ||= writes;
    } else this.#keyPatterns.push({ pattern, reads, writes });
  }

  #addChannels(pattern: string): void {
    if (this.allChannels) throw new AclRuleError(ACL_REASONS.channelCovered);
    if (hasSpace(pattern)) throw new AclRuleError(ACL_REASONS.syntax);
    if (!this.channelPatterns.includes(pattern)) this.channelPatterns.push(pattern);
  }
}

function hasSpace(text: string): boolean {
  return /[ \t-\r\0]/.test(text);
}
