import { UsageError } from './usage.js';

/** @throws UsageError for anything that is not a whole number in these bounds */
export function integer(name: string, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = wholeNumber(text);
  if (value >= least && value <= most) return value;
  throw wrong(name, text, `a whole number from ${least} to ${most}`);
}

/** NaN for what is none. */
export function wholeNumber(text: string): number {
  return /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
}

/** @throws UsageError for a word that is none of `known` */
export function choice<T extends string>(name: string, text: string | undefined, known: readonly T[]): T | undefined {
  if (text === undefined) return undefined;
  const found = known.find((value) => value === text);
  if (found !== undefined) return found;
  throw wrong(name, text, known.join(' or '));
}

/**
 * What an option that may be repeated gives for names: the text in front of the first separator, and what is behind it.
 *
 * @param form how a pair is written: `name=value`
 * @throws UsageError for one without a name or a separator
 */
export function pairs(
  option: string,
  texts: readonly string[] | undefined,
  separator: string,
  form: string,
): Record<string, string> | undefined {
  return (
    texts &&
    Object.fromEntries(
      texts.map((text) => {
        const at = text.indexOf(separator);
        if (at < 1) throw wrong(option, text, form);
        return [text.slice(0, at), text.slice(at + separator.length)];
      }),
    )
  );
}

/** What is wrong with an option's value, and what would be right. */
export function wrong(name: string, text: string, right: string): UsageError {
  return new UsageError(`--${name} is '${text}'; give ${right}`);
}
