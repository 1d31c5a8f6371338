const REDACTED = '(redacted)';

/** Parameters whose values are secrets. */
const SECRET_PARAMETERS: ReadonlySet<string> = new Set([
  'masterauth',
  'masteruser',
  'requirepass',
  'tls-client-key-file-pass',
  'tls-key-file-pass',
]);

/** A request as MONITOR and SLOWLOG show it: without what should be known to nobody. */
export function redacted(args: readonly string[]): string[] {
  const hidden = hides(args.map((arg) => arg.toLowerCase()));
  return args.map((arg, i) => (hidden(i) ? REDACTED : arg));
}

/** @param words a request in lower case */
function hides(words: readonly string[]): (position: number) => boolean {
  const [name, subcommand] = words;
  if (name === 'auth') return (i) => i > 0;
  if (name === 'acl' && subcommand === 'setuser') return (i) => i > 1;
  if (name === 'config' && subcommand === 'set') {
    return (i) => i > 1 && i % 2 === 1 && SECRET_PARAMETERS.has(words[i - 1] as string);
  }
  if (name === 'migrate') {
    const at = words.findIndex((word, i) => i > 5 && /^auth2?$/.test(word));
    return (i) => at !== -1 && i > at && i <= at + (words[at] === 'auth' ? 1 : 2);
  }
  const auth = name === 'hello' ? words.indexOf('auth') : -1;
  return (i) => auth !== -1 && (i === auth + 1 || i === auth + 2);
}
