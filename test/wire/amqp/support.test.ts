import { expect, test } from 'vitest';
import { METHODS } from '../../../src/wire/amqp/method.js';
import { SUPPORTED_ARGUMENTS, supportedEndpoints, supportedMethods } from '../../../src/wire/amqp/support.js';

test('every method that a client may send is listed once', () => {
  const names = supportedMethods().map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const fromServer = /-ok$|\.(start|secure|tune|blocked|unblocked|return|deliver|get-empty)$/;
  const requests = Object.values(METHODS).map(({ name }) => name);
  const missing = requests.filter((name) => !fromServer.test(name) && !names.includes(name));
  expect(missing).toEqual([]);
});

test('arguments and endpoints are listed once', () => {
  for (const lines of [SUPPORTED_ARGUMENTS, supportedEndpoints()]) {
    const names = lines.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  }
});
