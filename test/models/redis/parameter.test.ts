import { expect, test } from 'vitest';
import { RedisConfig } from '../../../src/models/redis/config.js';
import { PARAMETERS } from '../../../src/models/redis/parameter.js';

test('every parameter takes the value that it has in a fresh server', () => {
  for (const [name, [value, kind]] of PARAMETERS) {
    if (kind.kind !== 'fixed') expect(() => new RedisConfig({}).set([name, value])).not.toThrow();
  }
});
