import { expect, test } from 'vitest';
import { isErlangWord } from '../../../src/models/amqp/erlang-word.js';

test('knows words of the runtime, the empty one too, as they are written', () => {
  expect(['none', 'Direct', 'test', ''].map(isErlangWord)).toEqual([true, true, true, true]);
  expect(['None', 'Topic', 'odd', 'non-existent', 'toString'].map(isErlangWord)).not.toContain(true);
});
