import { BrokerError } from '../../core/errors.js';

/** A pattern that cannot be read. */
export class PatternError extends BrokerError {
  readonly problem: string;
  /** Where in the pattern. */
  readonly at: number;

  constructor(source: string, problem: string, at: number) {
    super('INVALID_PATTERN', `'${source}' is no pattern: ${problem} at ${at}`);
    this.problem = problem;
    this.at = at;
  }
}

/**
 * Patterns of permissions and policies: the regular expressions of RabbitMQ as far as administrators write them.
 *
 * Literals, `.`, classes, `\d \w \s \b` and their opposites, anchors, groups, alternation, greedy, lazy and possessive
 * quantifiers, lookahead, lookbehind, `(?i)` at the beginning. They come from users, so they never become a RegExp: each
 * decision has a bound of steps.
 *
 * Not done: back references, other options, conditions, recursion.
 */
export class Pattern {
  readonly source: string;
  readonly #root: Node;
  readonly #maxSteps: number;

  /** @throws PatternError naming what cannot be read */
  constructor(source: string, { maxSteps = 1_000_000, caseless = false }: PatternOptions = {}) {
    this.source = source;
    this.#root = new Parser(source, caseless).parse();
    this.#maxSteps = maxSteps;
  }

  /** Whether it is found anywhere in the text. @throws BrokerError PATTERN_TOO_EXPENSIVE when it takes too many steps */
  test(text: string): boolean {
    const run: Run = { text, steps: this.#maxSteps };
    for (let start = 0; start <= text.length; start++) {
      if (matchNode(this.#root, start, run, () => true)) return true;
    }
    return false;
  }
}

interface PatternOptions {
  readonly maxSteps?: number;
  /** Whether letters stand for those of the other case too. */
  readonly caseless?: boolean;
}

type Accepts = (char: string) => boolean;

type Node =
  | { readonly kind: 'char'; readonly accepts: Accepts }
  | { readonly kind: 'sequence'; readonly items: readonly Node[] }
  | { readonly kind: 'choice'; readonly items: readonly Node[] }
  | { readonly kind: 'repeat'; readonly item: Node; readonly min: number; readonly max: number; readonly lazy: boolean }
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'boundary'; readonly wanted: boolean }
  | { readonly kind: 'ahead' | 'behind'; readonly item: Node; readonly wanted: boolean }
  /** Keeps the first way in which it matched. */
  | { readonly kind: 'atomic'; readonly item: Node };

interface Run {
  readonly text: string;
  steps: number;
}

type Then = (at: number) => boolean;

function matchNode(node: Node, at: number, run: Run, then: Then): boolean {
  if (--run.steps < 0) {
    throw new BrokerError('PATTERN_TOO_EXPENSIVE', `a pattern takes too many steps on '${run.text.slice(0, 60)}'`);
  }
  switch (node.kind) {
    case 'char': {
      const char = run.text[at];
      return char !== undefined && node.accepts(char) && then(at + 1);
    }
    case 'sequence':
      return matchFrom(node.items, 0, at, run, then);
    case 'choice':
      return node.items.some((item) => matchNode(item, at, run, then));
    case 'repeat':
      return matchRepeat(node, 0, at, run, then);
    case 'start':
      return at === 0 && then(at);
    case 'end':
      return (at === run.text.length || (at === run.text.length - 1 && run.text[at] === '\n')) && then(at);
    case 'boundary':
      return (isWord(run.text[at - 1]) !== isWord(run.text[at])) === node.wanted && then(at);
    case 'ahead':
      return matchNode(node.item, at, run, () => true) === node.wanted && then(at);
    case 'behind':
      return matchBehind(node.item, at, run) === node.wanted && then(at);
    case 'atomic': {
      let end = at;
      const matched = matchNode(node.item, at, run, (next) => {
        end = next;
        return true;
      });
      return matched && then(end);
    }
    default:
      return node satisfies never;
  }
}

function matchFrom(items: readonly Node[], index: number, at: number, run: Run, then: Then): boolean {
  const item = items[index];
  if (!item) return then(at);
  return matchNode(item, at, run, (next) => matchFrom(items, index + 1, next, run, then));
}

function matchRepeat(node: Node & { kind: 'repeat' }, count: number, at: number, run: Run, then: Then): boolean {
  const more = () =>
    count < node.max &&
    matchNode(node.item, at, run, (next) => {
      // An empty turn beyond the smallest count would never end.
      if (next === at && count >= node.min) return false;
      return matchRepeat(node, count + 1, next, run, then);
    });
  if (count < node.min) return more();
  return node.lazy ? then(at) || more() : more() || then(at);
}

function matchBehind(item: Node, at: number, run: Run): boolean {
  for (let start = at; start >= 0; start--) {
    if (matchNode(item, start, run, (end) => end === at)) return true;
  }
  return false;
}

const isWord = (char: string | undefined): boolean => char !== undefined && /\w/.test(char);
const isDigit = (char: string): boolean => char >= '0' && char <= '9';
const isSpace = (char: string): boolean => ' \t\n\r\f\v'.includes(char);

const CLASSES: ReadonlyMap<string, (char: string) => boolean> = new Map([
  ['d', isDigit],
  ['D', (char) => !isDigit(char)],
  ['w', isWord],
  ['W', (char) => !isWord(char)],
  ['s', isSpace],
  ['S', (char) => !isSpace(char)],
]);

const CONTROLS: ReadonlyMap<string, string> = new Map([
  ['t', '\t'],
  ['n', '\n'],
  ['r', '\r'],
  ['f', '\f'],
  ['v', '\v'],
]);

const POSIX_CLASSES: ReadonlyMap<string, RegExp> = new Map([
  ['alnum', /^[0-9A-Za-z]$/],
  ['alpha', /^[A-Za-z]$/],
  ['ascii', /^[\0-\x7f]$/],
  ['blank', /^[ \t]$/],
  ['cntrl', /^[\0-\x1f\x7f]$/],
  ['digit', /^\d$/],
  ['graph', /^[!-~]$/],
  ['lower', /^[a-z]$/],
  ['print', /^[ -~]$/],
  ['punct', /^[!-/:-@[-`{-~]$/],
  ['space', /^[ \t\n\r\f\v]$/],
  ['upper', /^[A-Z]$/],
  ['word', /^\w$/],
  ['xdigit', /^[0-9A-Fa-f]$/],
]);

/** How the kinds of groups open behind their bracket, and what they make of what is in them. */
const GROUPS: ReadonlyArray<readonly [RegExp, (item: Node) => Node]> = [
  [/^\?:/, (item) => item],
  [/^\?(P?<[A-Za-z_]\w{0,31}>|'[A-Za-z_]\w{0,31}')/, (item) => item],
  [/^\?=/, (item) => ({ kind: 'ahead', item, wanted: true })],
  [/^\?!/, (item) => ({ kind: 'ahead', item, wanted: false })],
  [/^\?<=/, (item) => ({ kind: 'behind', item, wanted: true })],
  [/^\?<!/, (item) => ({ kind: 'behind', item, wanted: false })],
  [/^\?>/, (item) => ({ kind: 'atomic', item })],
];

const DEEPEST = 50;
const MOST_TURNS = 1000;

class Parser {
  readonly #source: string;
  #caseless: boolean;
  #at = 0;
  #depth = 0;

  constructor(source: string, caseless: boolean) {
    this.#source = source;
    this.#caseless = caseless;
  }

  parse(): Node {
    if (this.#source.startsWith(CASELESS)) {
      this.#caseless = true;
      this.#at = CASELESS.length;
    }
    const node = this.#choice();
    if (this.#at < this.#source.length) throw this.#invalid('unmatched parentheses');
    return node;
  }

  #choice(): Node {
    if (++this.#depth > DEEPEST) throw this.#invalid('groups are nested too deeply');
    const items = [this.#sequence()];
    while (this.#take('|')) items.push(this.#sequence());
    this.#depth--;
    return items.length === 1 ? (items[0] as Node) : { kind: 'choice', items };
  }

  #sequence(): Node {
    const items: Node[] = [];
    for (let next = this.#peek(); next !== undefined && next !== '|' && next !== ')'; next = this.#peek()) {
      items.push(this.#repeated(this.#atom()));
    }
    return { kind: 'sequence', items };
  }

  #repeated(item: Node): Node {
    const bounds = this.#bounds();
    if (!bounds) return item;
    const lazy = this.#take('?');
    const repeat: Node = { kind: 'repeat', item, ...bounds, lazy };
    const repeated: Node = !lazy && this.#take('+') ? { kind: 'atomic', item: repeat } : repeat;
    if ('*+?'.includes(this.#peek() ?? '-')) throw this.#invalid('nothing to repeat');
    return this.#repeated(repeated);
  }

  #bounds(): { min: number; max: number } | undefined {
    if (this.#take('*')) return { min: 0, max: Infinity };
    if (this.#take('+')) return { min: 1, max: Infinity };
    if (this.#take('?')) return { min: 0, max: 1 };
    const braces = /^\{(\d+)(,(\d*))?\}/.exec(this.#source.slice(this.#at, this.#at + 20));
    if (!braces) return undefined;
    this.#at += braces[0].length;
    const min = Number(braces[1]);
    const max = braces[2] === undefined ? min : braces[3] === '' ? Infinity : Number(braces[3]);
    if (max < min) throw this.#invalid('numbers out of order in {} quantifier', this.#at - 1);
    if (min > MOST_TURNS) throw this.#invalid('number too big in {} quantifier', this.#at - 1);
    return { min, max };
  }

  #atom(): Node {
    const char = this.#next();
    switch (char) {
      case '.':
        return { kind: 'char', accepts: (each) => each !== '\n' };
      case '^':
        return { kind: 'start' };
      case '$':
        return { kind: 'end' };
      case '[':
        return this.#class();
      case '(':
        return this.#group();
      case '\\':
        return this.#escape();
      case '*':
      case '+':
      case '?':
        throw this.#invalid('nothing to repeat', this.#at - 1);
      default:
        return this.#literal(char);
    }
  }

  #group(): Node {
    const kind = GROUPS.find(([opening]) => opening.exec(this.#source.slice(this.#at)));
    const opening = kind?.[0].exec(this.#source.slice(this.#at))?.[0] ?? '';
    this.#at += opening.length;
    if (!kind && this.#peek() === '?') {
      this.#at++;
      throw this.#invalid('unrecognized character after (? or (?-');
    }
    const item = this.#choice();
    if (!this.#take(')')) throw this.#invalid('missing )');
    return kind ? kind[1](item) : item;
  }

  #escape(): Node {
    const char = this.#next();
    if (char === 'b' || char === 'B') return { kind: 'boundary', wanted: char === 'b' };
    if (char === 'A') return { kind: 'start' };
    if (char === 'z' || char === 'Z') return { kind: 'end' };
    const accepts = CLASSES.get(char);
    if (accepts) return { kind: 'char', accepts };
    if (isDigit(char)) throw this.#invalid('back references are not supported');
    return this.#literal(CONTROLS.get(char) ?? char);
  }

  #literal(wanted: string): Node {
    return { kind: 'char', accepts: this.#inEitherCase((char) => char === wanted) };
  }

  #inEitherCase(accepts: Accepts): Accepts {
    if (!this.#caseless) return accepts;
    return (char) => accepts(char) || accepts(char.toLowerCase()) || accepts(char.toUpperCase());
  }

  #class(): Node {
    const negated = this.#take('^');
    const accepted: Accepts[] = [];
    for (let first = true; first || this.#peek() !== ']'; first = false) {
      const from = this.#classItem(accepted);
      if (from === undefined) continue;
      if (this.#peek() === '-' && this.#source[this.#at + 1] !== ']' && this.#at + 1 < this.#source.length) {
        this.#at++;
        const to = this.#classItem(accepted);
        if (to === undefined || to < from) throw this.#invalid('range out of order in character class', this.#at - 1);
        accepted.push((char) => char >= from && char <= to);
      } else accepted.push((char) => char === from);
    }
    this.#at++;
    const isOne = this.#inEitherCase((char) => accepted.some((accepts) => accepts(char)));
    return { kind: 'char', accepts: (char) => isOne(char) !== negated };
  }

  /** One character of a class; undefined when it was a class of its own, which is then accepted. */
  #classItem(accepted: Accepts[]): string | undefined {
    const posix = /^\[:(\^?)(\w*):\]/.exec(this.#source.slice(this.#at));
    if (posix) return this.#posixClass(accepted, posix);
    const char = this.#next(UNENDED_CLASS);
    if (char !== '\\') return char;
    const escaped = this.#next();
    const accepts = CLASSES.get(escaped);
    if (!accepts) return CONTROLS.get(escaped) ?? escaped;
    accepted.push(accepts);
    return undefined;
  }

  #posixClass(accepted: Accepts[], [all, negated, name]: RegExpExecArray): undefined {
    const isOf = POSIX_CLASSES.get(name as string);
    if (!isOf) throw this.#invalid('unknown POSIX class name', this.#at + 2);
    this.#at += all.length;
    accepted.push((char) => isOf.test(char) !== (negated === '^'));
    return undefined;
  }

  #peek(): string | undefined {
    return this.#source[this.#at];
  }

  #take(char: string): boolean {
    if (this.#source[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #next(whatIsMissing = '\\ at end of pattern'): string {
    const char = this.#source[this.#at];
    if (char === undefined) throw this.#invalid(whatIsMissing);
    this.#at++;
    return char;
  }

  /** @param problem in the words of PCRE */
  #invalid(problem: string, at = this.#at): PatternError {
    return new PatternError(this.#source, problem, at);
  }
}

const UNENDED_CLASS = 'missing terminating ] for character class';
const CASELESS = '(?i)';
