import { expect, it } from 'vitest';
import { AlarmGate } from '../../../src/wire/amqp/alarm-gate.js';
import type { FrameOutput } from '../../../src/wire/amqp/frame-output.js';
import type { Method } from '../../../src/wire/amqp/method.js';

function gate(): { gate: AlarmGate; told: string[] } {
  const told: string[] = [];
  const method = (_channel: number, { name }: Method, values: { reason?: string }) =>
    told.push([name, values.reason].filter(Boolean).join(' '));
  return { gate: new AlarmGate({ method } as unknown as FrameOutput), told };
}

it('tells a client once that it is blocked, and when it is over', () => {
  const { gate: closed, told } = gate();
  const gone: number[] = [];
  closed.close('low on memory');
  closed.wait(() => gone.push(1), true);
  closed.wait(() => gone.push(2), true);
  closed.open();
  expect(told).toEqual(['connection.blocked low on memory', 'connection.unblocked']);
  expect([gone, closed.reason]).toEqual([[2], undefined]);
});

it('tells nothing to a client that has published nothing, or does not want to hear', () => {
  const { gate: closed, told } = gate();
  closed.close('low on disk');
  closed.open();
  closed.close('low on disk');
  closed.wait(() => {}, false);
  closed.open();
  expect(told).toEqual([]);
});
