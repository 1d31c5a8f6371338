import { expect, it } from 'vitest';
import { isFormatVersion } from '../../../src/models/kafka/format-version.js';

it.each(['0.8.2', '0.10.0', '0.10.2.1', '0.11.0-IV2', '1.1-IV0', '2.8', '2.8.1', '3.3-IV3', '3.9', '3.9.1', '4.0-IV1'])(
  'Kafka 3.9 knows version %s',
  (version) => {
    expect(isFormatVersion(version)).toBe(true);
  },
);

it.each(['', 'x', '1', '0.9', '0.12.0', '1.1-IV1', '3.0-IV9', '3.10', '4.0', '10.0', 'constructor'])(
  'Kafka 3.9 does not know version %s',
  (version) => {
    expect(isFormatVersion(version)).toBe(false);
  },
);
