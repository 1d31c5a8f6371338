/** Splits an inline request into its arguments, with Redis's quoting; undefined when the quotes are unbalanced. */
export function splitInline(line: string): string[] | undefined {
  const args: string[] = [];
  let at = 0;
  for (;;) {
    while (at < line.length && isSpace(line[at] as string)) at++;
    if (at >= line.length) return args;
    const token = readToken(line, at);
    if (!token) return undefined;
    args.push(token.text);
    at = token.end;
  }
}

interface Token {
  readonly text: string;
  readonly end: number;
}

/** A token may be quoted as a whole or contain quoted parts; a closing quote must end it. */
function readToken(line: string, start: number): Token | undefined {
  let text = '';
  let at = start;
  while (at < line.length && !isSeparator(line[at] as string)) {
    const char = line[at] as string;
    if (char === '"' || char === "'") {
      const quoted = char === '"' ? readDouble(line, at + 1) : readSingle(line, at + 1);
      if (!quoted) return undefined;
      if (quoted.end < line.length && !isSpace(line[quoted.end] as string)) return undefined;
      return { text: text + quoted.text, end: quoted.end };
    }
    text += char;
    at++;
  }
  return { text, end: at };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' };

function readDouble(line: string, start: number): Token | undefined {
  let text = '';
  for (let at = start; at < line.length; at++) {
    const char = line[at] as string;
    if (char === '"') return { text, end: at + 1 };
    if (char !== '\\' || at + 1 >= line.length) {
      text += char;
      continue;
    }
    const hex = /^x([0-9a-fA-F]{2})/.exec(line.slice(at + 1, at + 4));
    if (hex) {
      text += String.fromCharCode(Number.parseInt(hex[1] as string, 16));
      at += 3;
    } else {
      const escaped = line[++at] as string;
      text += Object.hasOwn(ESCAPES, escaped) ? ESCAPES[escaped] : escaped;
    }
  }
  return undefined;
}

function readSingle(line: string, start: number): Token | undefined {
  let text = '';
  for (let at = start; at < line.length; at++) {
    const char = line[at] as string;
    if (char === "'") return { text, end: at + 1 };
    if (char === '\\' && line[at + 1] === "'") {
      text += "'";
      at++;
    } else text += char;
  }
  return undefined;
}

/** Leading white space, as C's isspace sees it. */
function isSpace(char: string): boolean {
  return char === ' ' || (char >= '\t' && char <= '\r') || char === '\0';
}

/** What ends an unquoted token; VT and FF do not. */
function isSeparator(char: string): boolean {
  return char === ' ' || char === '\n' || char === '\r' || char === '\t' || char === '\0';
}
