/**
 * Whether RabbitMQ's runtime uses a word itself, as an atom: such a one is an invalid exchange type, any other an
 * unknown one. It knows thousands; these are the likely ones of those that a RabbitMQ 3.10.8 was asked for.
 */
export function isErlangWord(word: string): boolean {
  return WORDS.has(word);
}

const WORDS: ReadonlySet<string> = new Set(
  (
    ' none null undefined true false ok error fail failure bad badtype invalid unknown unknown_type unsupported empty ' +
    'not_found notfound queue exchange default Direct random header match any all name type key system internal other ' +
    'broadcast multicast stream classic quorum string integer binary list map atom event message publish subscribe ' +
    'reject work worker rpc rabbit foo bar a b x y test dummy'
  ).split(' '),
);
