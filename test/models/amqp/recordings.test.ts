import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Player, type Recording, sameResult } from '../../helpers/amqp-recording.js';

const FILE = new URL('../../fixtures/amqp/amqp-vectors.json', import.meta.url);
const { vectors: recordings } = JSON.parse(readFileSync(FILE, 'utf8')) as { vectors: Recording[] };

/** Raw frames, handshakes and the management API are the door's, and what it ignores behind a channel error. */
const isForDoor = ({ name, ops }: Recording) =>
  /^(wire|http|confirm\/bad-message-between-good)/.test(name) || ops.some((op) => op.do === 'raw' || op.do === 'frame');

describe('the amqp model does what RabbitMQ 3.10.8 did', () => {
  const played = recordings.filter((recording) => !isForDoor(recording));
  for (const area of new Set(played.map((recording) => recording.area))) {
    it(`in every recording of ${area}`, () => {
      const failures = played.filter((recording) => recording.area === area).flatMap(differences);
      expect(failures).toEqual([]);
    });
  }
});

function differences(recording: Recording): string[] {
  let results: unknown[];
  try {
    results = new Player().play(recording);
  } catch (error) {
    return [`${recording.name}: ${(error as Error).stack}`];
  }
  for (const [i, op] of recording.ops.entries()) {
    const expected = recording.expect[i] ?? null;
    const actual = (results[i] ?? null) as typeof expected;
    if (!sameResult(actual, expected, op)) {
      return [
        `${recording.name} op ${i} ${JSON.stringify(op)}: ${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`,
      ];
    }
  }
  return [];
}
