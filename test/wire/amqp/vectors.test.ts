import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { comparable, runVector, type Vector } from '../../helpers/amqp-vectors.js';
import { AmqpWorld } from '../../helpers/amqp-wire.js';

const fixture = new URL('../../fixtures/amqp/amqp-vectors.json', import.meta.url);
const { server, vectors } = JSON.parse(readFileSync(fixture, 'utf8')) as { server: string; vectors: Vector[] };

describe(`recordings of ${server}`, () => {
  test.each(vectors.map((vector) => [vector.name, vector] as const))('%s', async (_name, vector) => {
    const world = new AmqpWorld({ vhosts: ['recorded'] });
    const results = await runVector(vector, world, 'recorded');
    expect(world.errors).toEqual([]);
    expect(results.map((result, i) => comparable(result, vector.ops[i]))).toEqual(
      vector.expect.map((expected, i) => comparable(expected, vector.ops[i])),
    );
  });
});
