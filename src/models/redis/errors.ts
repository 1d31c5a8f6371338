import { BrokerError } from '../../core/errors.js';

/** An error reply. `code` is its first word; `line` is the whole text as it stands on the wire, without the dash. */
export class RedisError extends BrokerError {
  readonly line: string;

  constructor(line: string) {
    const space = line.indexOf(' ');
    super(space === -1 ? line : line.slice(0, space), line);
    this.line = line;
  }
}

export const WRONG_TYPE = 'WRONGTYPE Operation against a key holding the wrong kind of value';
export const NOT_AN_INTEGER = 'ERR value is not an integer or out of range';
export const NOT_A_FLOAT = 'ERR value is not a valid float';
export const SYNTAX_ERROR = 'ERR syntax error';
export const NO_SUCH_KEY = 'ERR no such key';
export const OUT_OF_MEMORY = "OOM command not allowed when used memory > 'maxmemory'.";
