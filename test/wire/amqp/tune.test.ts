import { describe, expect, test } from 'vitest';
import { closeTimeoutMs, offeredTuning, refuseTuning } from '../../../src/wire/amqp/tune.js';

const offered = offeredTuning({ amqpChannelCount: 2047, amqpFrameMaxBytes: 131_072 });

describe('tune', () => {
  test('offers what RabbitMQ offers', () => {
    expect(offered).toEqual({ channelMax: 2047, frameMax: 131_072, heartbeat: 60 });
  });

  test('accepts what is not above the offer', () => {
    expect(refuseTuning({ channelMax: 1, frameMax: 4096, heartbeat: 65_535 }, offered, '3')).toBeUndefined();
  });

  test.each([
    [{ channelMax: 0, frameMax: 4096, heartbeat: 0 }, 'channel_max = 0'],
    [{ channelMax: 10, frameMax: 200_000, heartbeat: 0 }, 'frame_max = 200000 is higher'],
    [{ channelMax: 10, frameMax: 1000, heartbeat: 0 }, 'frame_max = 1000 is lower'],
  ])('says why it refuses %j', (asked, why) => {
    expect(refuseTuning(asked, offered, '3')).toContain(why);
  });

  test.each([
    [0, 30_000],
    [5, 5000],
    [60, 30_000],
  ])('with a heartbeat of %i s a close is waited for %i ms', (heartbeat, ms) => {
    expect(closeTimeoutMs({ ...offered, heartbeat })).toBe(ms);
  });
});
