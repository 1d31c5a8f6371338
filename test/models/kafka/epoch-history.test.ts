import { expect, test } from 'vitest';
import { EpochHistory } from '../../../src/models/kafka/epoch-history.js';

function history() {
  const epochs = new EpochHistory();
  epochs.assign(2, 0);
  epochs.assign(2, 5);
  epochs.assign(5, 10);
  return epochs;
}

test('the end of an epoch is the start of the next one', () => {
  const epochs = history();
  const end = (epoch: number) => epochs.endOf(epoch, 20, 7);
  expect(end(7)).toEqual({ epoch: 7, endOffset: 20 });
  expect(end(5)).toEqual({ epoch: 5, endOffset: 20 });
  expect(end(6)).toEqual({ epoch: 5, endOffset: 20 });
  expect(end(3)).toEqual({ epoch: 2, endOffset: 10 });
  expect(end(1)).toEqual({ epoch: 1, endOffset: 0 });
  expect([end(8), end(-1)]).toEqual([
    { epoch: -1, endOffset: -1 },
    { epoch: -1, endOffset: -1 },
  ]);
});

test('it is cut at both ends', () => {
  const epochs = history();
  epochs.advanceStartTo(4);
  expect(epochs.entries).toEqual([
    { epoch: 2, startOffset: 4 },
    { epoch: 5, startOffset: 10 },
  ]);
  epochs.truncateTo(10);
  expect([epochs.latest, epochs.epochAt(7), epochs.epochAt(1)]).toEqual([2, 2, -1]);
});
