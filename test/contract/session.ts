/**
 * What holds for every door, whatever it speaks: any cut of the bytes gives the same answers, no bytes make a session
 * throw, garbage disturbs nobody else. Runs on sessions without sockets.
 */
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/core/random.js';
import type { Session, Transport } from '../../src/wire/door.js';
import { RecordingTransport } from '../helpers/kafka-wire.js';

/** A door on a fresh broker. */
export interface DoorWorld {
  open(transport: Transport): Session;
  /** What was reported as the broker's own mistake. */
  readonly errors: readonly unknown[];
  /** Lets what waits for the end of this turn leave. */
  settle?(): Promise<void>;
}

export interface DoorBuilder {
  readonly name: string;
  create(): DoorWorld;
  /** What clients send, one connection each; answers must not depend on time. */
  readonly streams: Readonly<Record<string, Uint8Array>>;
  /** Every so many positions is a cut in the pairs of cuts; 1 for short streams. */
  readonly pairStep?: number;
}

/** What a client received, and whether the connection was closed. */
async function play(builder: DoorBuilder, chunks: readonly Uint8Array[]): Promise<string> {
  const world = builder.create();
  const transport = new RecordingTransport();
  const session = world.open(transport);
  for (const chunk of chunks) session.receive(Uint8Array.from(chunk));
  await world.settle?.();
  expect(world.errors).toEqual([]);
  const answer = Buffer.from(transport.bytes()).toString('latin1');
  session.closed();
  return `${answer}${transport.closed ? ' closed' : ''}`;
}

function cut(bytes: Uint8Array, ...places: readonly number[]): Uint8Array[] {
  const ends = [...places, bytes.length];
  return ends.map((end, at) => bytes.subarray(at === 0 ? 0 : ends[at - 1], end));
}

export function sessionContract(builder: DoorBuilder): void {
  describe(`the ${builder.name} door`, () => {
    for (const [name, bytes] of Object.entries(builder.streams)) {
      it(`answers the same wherever the bytes are cut: ${name}`, async () => {
        const whole = await play(builder, [bytes]);
        expect(whole.length).toBeGreaterThan(0);
        expect(
          await play(
            builder,
            Array.from(bytes, (byte) => Uint8Array.of(byte)),
          ),
        ).toBe(whole);
        for (let at = 1; at < bytes.length; at++) expect(await play(builder, cut(bytes, at))).toBe(whole);
        const step = builder.pairStep ?? Math.max(1, Math.floor(bytes.length / 20));
        for (let first = 1; first < bytes.length; first += step) {
          for (let second = first + 1; second < bytes.length; second += step) {
            expect(await play(builder, cut(bytes, first, second))).toBe(whole);
          }
        }
      });
    }

    it('never throws, reports nothing and lets others work, whatever 200 000 inputs say', async () => {
      const random = new Random(20_261_124);
      // Nobody reads the stacks of refusals, which are a quarter of the time.
      const { stackTraceLimit } = Error;
      Error.stackTraceLimit = 0;
      const originals = Object.values(builder.streams);
      const [stream] = originals as [Uint8Array];
      let world = builder.create();
      const healthy = await play(builder, [stream]);
      for (let input = 1; input <= 200_000; input++) {
        const transport = new RecordingTransport();
        const session = world.open(transport);
        const bytes = mutate(random.pick(originals), random);
        if (random.int(4) === 0) for (const part of cut(bytes, random.int(bytes.length + 1))) session.receive(part);
        else session.receive(bytes);
        session.closed();
        if (input % 1_000 !== 0) continue;
        await world.settle?.();
        expect(world.errors).toEqual([]);
        // What an input may have left in the broker is its right; that a new one still works is the point.
        world = builder.create();
        expect(await play(builder, [stream])).toBe(healthy);
      }
      Error.stackTraceLimit = stackTraceLimit;
      expect(Object.keys(Object.prototype)).toEqual([]);
    });

    it('lets nobody notice that another connection sends garbage', async () => {
      const [bytes] = Object.values(builder.streams) as [Uint8Array];
      const alone = await play(builder, [bytes]);
      const world = builder.create();
      const transport = new RecordingTransport();
      const session = world.open(transport);
      const random = new Random(1);
      for (let at = 0; at < bytes.length; at++) {
        session.receive(Uint8Array.from(bytes.subarray(at, at + 1)));
        const other = world.open(new RecordingTransport());
        other.receive(random.bytes(40));
        other.closed();
      }
      await world.settle?.();
      const closed = transport.closed ? ' closed' : '';
      expect(`${Buffer.from(transport.bytes()).toString('latin1')}${closed}`.length).toBe(alone.length);
      expect(world.errors).toEqual([]);
    });
  });
}

const EXTREMES = [0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff, 0x0a, 0x0d, 0x24, 0x2a, 0xce];

/** One to four changes to a real stream: flips, extremes, cuts, repeats, insertions; sometimes plain noise. */
function mutate(original: Uint8Array, random: Random): Uint8Array {
  if (random.int(50) === 0) return random.bytes(1 + random.int(64));
  // Not `slice`, which is a view where the stream is a Buffer.
  let bytes: Uint8Array = Uint8Array.from(original);
  for (let change = 1 + random.int(4); change > 0 && bytes.length > 0; change--) {
    const at = random.int(bytes.length);
    switch (random.int(5)) {
      case 0:
        bytes[at] = (bytes[at] as number) ^ (1 << random.int(8));
        break;
      case 1:
        bytes[at] = random.pick(EXTREMES);
        break;
      case 2:
        bytes = bytes.subarray(0, at);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), random.bytes(1 + random.int(4)), bytes.subarray(at)]);
        break;
      default: {
        const end = Math.min(bytes.length, at + 1 + random.int(16));
        bytes = Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
      }
    }
  }
  return bytes;
}
