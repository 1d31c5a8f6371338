import { expect, it } from 'vitest';
import { HANDLERS } from '../../../src/wire/amqp/handlers/index.js';

it('every handler has a method of its own', () => {
  const names = HANDLERS.map(({ method }) => method.name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(expect.arrayContaining(['queue.declare', 'basic.consume', 'tx.commit', 'channel.flow']));
});
