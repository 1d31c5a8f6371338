import { redacted } from './redaction.js';
import type { Session } from './session.js';

/** What MONITOR shows of a command: `+1704067200.000000 [0 127.0.0.1:5000] "get" "k"`. */
export function monitorLine(nowMs: number, session: Session, args: readonly string[]): string {
  const { address, port } = session.connection.remote;
  const time = `${Math.floor(nowMs / 1000)}.${String((nowMs % 1000) * 1000).padStart(6, '0')}`;
  const words = redacted(args).map((arg) => `"${escapeText(arg)}"`);
  return `+${time} [${session.db} ${session.scripted ? 'lua' : `${address}:${port}`}] ${words.join(' ')}\r\n`;
}

const NAMED: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\x07': '\\a',
  '\b': '\\b',
};

function escapeText(text: string): string {
  let out = '';
  for (const char of text) {
    const code = char.charCodeAt(0);
    if (Object.hasOwn(NAMED, char)) out += NAMED[char];
    else out += code >= 0x20 && code < 0x7f ? char : `\\x${code.toString(16).padStart(2, '0')}`;
  }
  return out;
}
