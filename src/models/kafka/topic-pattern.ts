import { checkLimit, type Limits } from '../../core/limits.js';
import { KafkaError } from './errors.js';

/** One step of a compiled pattern. */
type Step =
  | { readonly kind: 'character'; readonly accepts: (code: number) => boolean }
  | { readonly kind: 'split'; first: number; second: number }
  | { readonly kind: 'jump'; to: number }
  | { readonly kind: 'begin' }
  | { readonly kind: 'end' }
  | { readonly kind: 'accept' };

type Range = readonly [from: number, to: number];

const CLASSES: Readonly<Record<string, readonly Range[]>> = {
  d: [[48, 57]],
  w: [
    [48, 57],
    [65, 90],
    [95, 95],
    [97, 122],
  ],
  s: [
    [9, 13],
    [32, 32],
  ],
};

const LARGEST_REPEAT = 1_000;
const LARGEST_PROGRAM = 10_000;

/**
 * A pattern for topic names, as members with epochs subscribe by one: a subset of RE2 that has to fit the whole name.
 *
 * Known are characters, `.`, `[…]`, `\d \w \s` and their opposites, `( | )`, `(?: )`, `* + ? {n,m}`, `^` and `$`.
 * All ways are followed at once, so the work is bounded by the lengths of pattern and name.
 */
export class TopicPattern {
  readonly #program: readonly Step[];
  readonly #limits: Limits;

  /** @throws KafkaError INVALID_REGULAR_EXPRESSION */
  constructor(pattern: string, limits: Limits) {
    this.#program = new Compiler(pattern).compile();
    this.#limits = limits;
  }

  /** Whether the whole name fits. @throws BrokerLimitError matcherSteps */
  matches(name: string): boolean {
    checkLimit(this.#limits, 'matcherSteps', this.#program.length * (name.length + 1), `topic '${name}'`);
    let states = this.#closure([0], true, name === '');
    for (let at = 0; at < name.length && states.size > 0; at++) {
      const code = name.charCodeAt(at);
      const next: number[] = [];
      for (const state of states) {
        const step = this.#program[state];
        if (step?.kind === 'character' && step.accepts(code)) next.push(state + 1);
      }
      states = this.#closure(next, false, at + 1 === name.length);
    }
    for (const state of states) if (this.#program[state]?.kind === 'accept') return true;
    return false;
  }

  /** All steps that are reached without a character, in front of the first one or behind the last. */
  #closure(starts: readonly number[], atBegin: boolean, atEnd: boolean): Set<number> {
    const reached = new Set<number>();
    const left = [...starts];
    for (let at = left.pop(); at !== undefined; at = left.pop()) {
      if (reached.has(at)) continue;
      reached.add(at);
      const step = this.#program[at];
      if (step?.kind === 'jump') left.push(step.to);
      else if (step?.kind === 'split') left.push(step.first, step.second);
      else if ((step?.kind === 'begin' && atBegin) || (step?.kind === 'end' && atEnd)) left.push(at + 1);
    }
    return reached;
  }
}

/** Recursive descent: alternatives of sequences of repeated atoms. */
class Compiler {
  readonly #pattern: string;
  #at = 0;
  #depth = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  compile(): readonly Step[] {
    const steps = this.#alternatives();
    if (this.#at < this.#pattern.length) throw this.#bad(`a '${this.#pattern[this.#at]}' that nothing opened`);
    return [...steps, { kind: 'accept' }];
  }

  #bad(what: string): KafkaError {
    return new KafkaError('INVALID_REGULAR_EXPRESSION', `pattern '${this.#pattern}' has ${what} at ${this.#at}`);
  }

  #peek(): string | undefined {
    return this.#pattern[this.#at];
  }

  #alternatives(): Step[] {
    if (++this.#depth > 100) throw this.#bad('too many groups in each other');
    let steps = this.#sequence();
    while (this.#peek() === '|') {
      this.#at++;
      const other = this.#sequence();
      steps = [
        { kind: 'split', first: 1, second: steps.length + 2 },
        ...shifted(steps, 1),
        { kind: 'jump', to: steps.length + 2 + other.length },
        ...shifted(other, steps.length + 2),
      ];
      this.#checkSize(steps);
    }
    this.#depth--;
    return steps;
  }

  #checkSize(steps: readonly Step[]): void {
    if (steps.length > LARGEST_PROGRAM) throw this.#bad('too many repetitions');
  }

  #sequence(): Step[] {
    const steps: Step[] = [];
    for (let next = this.#peek(); next !== undefined && next !== '|' && next !== ')'; next = this.#peek()) {
      const piece = this.#repeated(this.#atom());
      steps.push(...shifted(piece, steps.length));
      this.#checkSize(steps);
    }
    return steps;
  }

  #atom(): Step[] {
    const next = this.#pattern[this.#at++] as string;
    switch (next) {
      case '(':
        return this.#group();
      case '[':
        return [this.#bracket()];
      case '^':
        return [{ kind: 'begin' }];
      case '$':
        return [{ kind: 'end' }];
      case '.':
        return [character([[0, 0xffff]], false)];
      case '\\':
        return [this.#escape()];
      case '*':
      case '+':
      case '?':
      case '{':
        throw this.#bad(`nothing to repeat in front of '${next}'`);
      default:
        return [character([[next.charCodeAt(0), next.charCodeAt(0)]], false)];
    }
  }

  #group(): Step[] {
    if (this.#pattern.startsWith('?:', this.#at)) this.#at += 2;
    else if (this.#peek() === '?') throw this.#bad('a group of an unknown kind');
    const steps = this.#alternatives();
    if (this.#pattern[this.#at++] !== ')') throw this.#bad('a group without an end');
    return steps;
  }

  #escape(): Step {
    const next = this.#pattern[this.#at++];
    if (next === undefined) throw this.#bad('nothing behind a backslash');
    const ranges = CLASSES[next.toLowerCase()];
    if (ranges) return character(ranges, next !== next.toLowerCase());
    if (/[A-Za-z0-9]/.test(next)) throw this.#bad(`an unknown escape '\\${next}'`);
    return character([[next.charCodeAt(0), next.charCodeAt(0)]], false);
  }

  #bracket(): Step {
    const negated = this.#peek() === '^';
    if (negated) this.#at++;
    const ranges: Range[] = [];
    for (let first = true; first || this.#peek() !== ']'; first = false) {
      const from = this.#bracketItem();
      if (typeof from !== 'number') {
        ranges.push(...from);
        continue;
      }
      const upTo = this.#peek() === '-' && this.#pattern[this.#at + 1] !== ']';
      if (upTo) this.#at++;
      const to = upTo ? this.#bracketItem() : from;
      if (typeof to !== 'number' || to < from) throw this.#bad('a range that goes backwards');
      ranges.push([from, to]);
    }
    this.#at++;
    return character(ranges, negated);
  }

  #bracketItem(): number | readonly Range[] {
    const next = this.#pattern[this.#at++];
    if (next === undefined) throw this.#bad("a '[' without an end");
    if (next !== '\\') return next.charCodeAt(0);
    const escaped = this.#pattern[this.#at++];
    if (escaped === undefined) throw this.#bad('nothing behind a backslash');
    return CLASSES[escaped] ?? escaped.charCodeAt(0);
  }

  #repeated(atom: Step[]): Step[] {
    const next = this.#peek();
    if (next === '*') return this.#times(atom, 0, Infinity, 1);
    if (next === '+') return this.#times(atom, 1, Infinity, 1);
    if (next === '?') return this.#times(atom, 0, 1, 1);
    const counted =
      next === '{' ? /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(this.#pattern.slice(this.#at, this.#at + 12)) : null;
    if (!counted) return atom;
    const least = Number(counted[1]);
    const most = counted[2] === undefined ? least : counted[3] === '' ? Infinity : Number(counted[3]);
    if (least > LARGEST_REPEAT || (most !== Infinity && most > LARGEST_REPEAT) || most < least) {
      throw this.#bad('a count that cannot be');
    }
    return this.#times(atom, least, most, counted[0].length);
  }

  /** An atom `least` times, then up to `most` times or for ever. A lazy mark behind it changes nothing here. */
  #times(atom: Step[], least: number, most: number, length: number): Step[] {
    this.#at += length;
    if (this.#peek() === '?') this.#at++;
    if (atom.length * Math.max(least, most === Infinity ? 1 : most) > LARGEST_PROGRAM) {
      throw this.#bad('too many repetitions');
    }
    const steps: Step[] = [];
    for (let i = 0; i < least; i++) steps.push(...shifted(atom, steps.length));
    if (most === Infinity) {
      const start = steps.length;
      steps.push({ kind: 'split', first: start + 1, second: start + atom.length + 2 });
      steps.push(...shifted(atom, start + 1), { kind: 'jump', to: start });
      return steps;
    }
    const end = steps.length + (most - least) * (atom.length + 1);
    for (let i = least; i < most; i++) {
      steps.push({ kind: 'split', first: steps.length + 1, second: end });
      steps.push(...shifted(atom, steps.length));
    }
    return steps;
  }
}

function character(ranges: readonly Range[], negated: boolean): Step {
  const within = (code: number) => ranges.some(([from, to]) => code >= from && code <= to);
  return { kind: 'character', accepts: negated ? (code) => !within(code) : within };
}

/** The same steps, `by` places further on. */
function shifted(steps: readonly Step[], by: number): Step[] {
  return steps.map((step) => {
    if (step.kind === 'jump') return { ...step, to: step.to + by };
    if (step.kind === 'split') return { ...step, first: step.first + by, second: step.second + by };
    return step;
  });
}
