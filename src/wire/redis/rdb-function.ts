/**
 * Libraries of functions in RDB form, as FUNCTION DUMP gives them: the code of each behind a mark, then the trailer of
 * every DUMP.
 */
import { RedisError, type RedisVersion } from '../../models/redis/index.js';
import { RdbReader, text } from './rdb-primitive.js';
import { sealed, unsealed } from './rdb-value.js';

const LIBRARY = '\xf5';
/** What stood for a library before Redis 7.0 was released. */
const EARLY_LIBRARY = '\xf6';

export function dumpLibraries(codes: readonly string[], version: RedisVersion): string {
  return sealed(codes.map((code) => LIBRARY + text(code)).join(''), version);
}

/** The code of each library of a payload with a trailer that is right. @throws RedisError */
export function readLibraries(payload: string): string[] {
  const reader = new RdbReader(unsealed(payload));
  const codes: string[] = [];
  while (!reader.atEnd) {
    const mark = reader.take(1);
    if (mark === EARLY_LIBRARY) throw new RedisError('ERR libraries of a release candidate are not read');
    if (mark !== LIBRARY) throw new RedisError('ERR given type is not a function');
    codes.push(reader.text());
    if (reader.broken) throw new RedisError('ERR Failed loading library payload');
  }
  return codes;
}
