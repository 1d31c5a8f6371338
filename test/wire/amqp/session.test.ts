import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AmqpPeer, AmqpWorld, type PeerItem, PROTOCOL_HEADER } from '../../helpers/amqp-wire.js';

function frame(type: number, channel: number, ...payload: number[]): Uint8Array {
  return Uint8Array.of(type, 0, channel, 0, 0, 0, payload.length, ...payload, 0xce);
}

/** A connection with channel 1 open. */
function opened(world = new AmqpWorld(), options = {}): AmqpPeer {
  const peer = world.connect(options);
  peer.call(1, 'channel.open');
  return peer;
}

function closeOf(items: readonly PeerItem[]) {
  const item = items.find((each) => each.kind === 'method' && each.name === 'connection.close');
  return item?.kind === 'method' ? { code: item.args.replyCode, text: item.args.replyText as string } : undefined;
}

/** A queue.declare with tables nested in its arguments. */
function deepTables(depth: number): Uint8Array {
  const method = Uint8Array.of(0, 50, 0, 10, 0, 0, 0, 0);
  const table = Buffer.alloc(4 + depth * 7);
  for (let i = 0; i < depth; i++) {
    table.writeUInt32BE((depth - i) * 7, i * 7);
    table.set([1, 0x61, 0x46], i * 7 + 4);
  }
  const size = Buffer.alloc(4);
  size.writeUInt32BE(method.length + table.length);
  return Buffer.concat([Uint8Array.of(1, 0, 1), size, method, table, Uint8Array.of(0xce)]);
}

const PUBLISH = frame(1, 1, 0, 60, 0, 40, 0, 0, 0, 1, 0x78, 0);
const head = (classId: number, size: number[], flags = 0, weight = 0) =>
  frame(2, 1, 0, classId, 0, weight, ...size, 0, flags);
const FIVE = [0, 0, 0, 0, 0, 0, 0, 5];

describe('what is no AMQP', () => {
  test.each(['AMQP\0\0\u0039\0', 'GET / HTTP/1.1', 'AMQP\x01\x01\x08\x00', '\x16\x03\x01\x00\xa5\x01\x00\x00'])(
    'a header %j is answered by the right one, then closed',
    (header) => {
      const peer = new AmqpPeer(new AmqpWorld());
      peer.sendBytes(Buffer.from(header, 'latin1'));
      expect(peer.takeAll()).toEqual([{ kind: 'header', bytes: PROTOCOL_HEADER }, { kind: 'end' }]);
    },
  );

  test('a header that never ends is given up after the handshake time', () => {
    const world = new AmqpWorld();
    const peer = new AmqpPeer(world);
    peer.sendBytes(PROTOCOL_HEADER.subarray(0, 5));
    world.advance(9_999, true);
    expect(peer.ended).toBe(false);
    world.advance(1, true);
    expect(peer.takeAll()).toEqual([{ kind: 'end' }]);
  });
});

describe('bad input on an open connection', () => {
  test.each<[string, Uint8Array[], number, string]>([
    ['a wrong frame end', [Uint8Array.of(1, 0, 1, 0, 0, 0, 4, 0, 60, 0, 10, 0)], 501, 'invalid_frame_end_marker'],
    ['a frame that announces too much', [Uint8Array.of(3, 0, 1, 0, 2, 0, 1)], 501, 'frame_too_large'],
    ['an unknown frame type', [frame(9, 1, 97)], 501, 'unknown_frame'],
    ['an empty method frame', [frame(1, 1)], 501, 'unknown_frame'],
    ['a heartbeat with payload', [frame(8, 0, 1)], 501, 'unknown_frame'],
    ['a heartbeat on a channel', [frame(8, 1)], 505, 'type 8'],
    [
      'a method on a channel never opened',
      [frame(1, 7, 0, 60, 0, 10, 0, 0, 0, 0, 0, 1, 0)],
      504,
      "expected 'channel.open'",
    ],
    ['a second channel.open', [frame(1, 1, 0, 20, 0, 10, 0)], 504, "second 'channel.open' seen"],
    ['a channel method on channel 0', [frame(1, 0, 0, 20, 0, 10, 0)], 504, 'unexpected method'],
    ['connection.close-ok out of the blue', [frame(1, 0, 0, 10, 0, 51)], 504, 'unexpected method'],
    ['a connection method on a channel', [frame(1, 1, 0, 10, 0, 51)], 503, 'unimplemented method'],
    ['a delivery', [frame(1, 1, 0, 60, 0, 60, 1, 97, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0)], 503, 'unimplemented method'],
    ["a server's method", [frame(1, 1, 0, 60, 0, 11)], 503, 'unimplemented method'],
    ['channel.close-ok out of the blue', [frame(1, 1, 0, 20, 0, 41)], 503, 'unimplemented method'],
    ['cut arguments', [frame(1, 1, 0, 50, 0, 10, 0, 0)], 501, 'cannot decode <<0,0>>'],
    ['arguments too many', [frame(1, 1, 0, 20, 0, 20, 1, 9)], 501, 'cannot decode'],
    ['arguments that are text', [frame(1, 1, 0, 60, 0, 71, 97, 98)], 501, 'cannot decode <<97,98>>'],
    ['an unknown method', [frame(1, 1, 0, 60, 0, 99)], 540, 'unknown'],
    ['an unknown table tag', [frame(1, 1, 0, 50, 0, 10, 0, 0, 0, 0, 0, 0, 0, 4, 1, 97, 0x55, 0)], 501, 'cannot decode'],
    ['a name that is no UTF-8', [frame(1, 1, 0, 50, 0, 10, 0, 0, 1, 0xff, 0, 0, 0, 0, 0)], 501, 'Malformed UTF-8'],
    ['a header without a publish', [head(60, FIVE)], 505, 'expected method frame'],
    ['a body without a header', [frame(3, 1, 1)], 505, 'expected method frame'],
    ['a body where the header is due', [PUBLISH, frame(3, 1, 1)], 505, 'expected content header for class 60'],
    ['a method where the header is due', [PUBLISH, PUBLISH], 505, 'expected content header for class 60'],
    ['a header of another class', [PUBLISH, head(50, FIVE)], 505, 'got one for class 50'],
    ['a header of another class with a weight', [PUBLISH, head(0, FIVE, 0, 1)], 505, 'got non content header frame'],
    ['a header with a weight', [PUBLISH, head(60, FIVE, 0, 1)], 505, 'expected content header'],
    ['a method where the body is due', [PUBLISH, head(60, FIVE), PUBLISH], 505, 'expected content body'],
    [
      'a body longer than announced',
      [PUBLISH, head(60, FIVE), frame(3, 1, 1, 2, 3, 4, 5, 6)],
      505,
      'expected content body',
    ],
    [
      'a body frame behind an empty message',
      [PUBLISH, head(60, [0, 0, 0, 0, 0, 0, 0, 0]), frame(3, 1)],
      505,
      'expected method frame',
    ],
    ['tables in tables 18 000 deep', [deepTables(18_000)], 501, 'cannot decode'],
    ['a property flag that goes on', [PUBLISH, head(60, FIVE, 1)], 501, 'properties'],
  ])('%s ends the connection', (_what, frames, code, text) => {
    const world = new AmqpWorld();
    const witness = opened(world);
    const peer = opened(world);
    for (const bytes of frames) peer.sendBytes(bytes);
    const close = closeOf(peer.takeAll());
    expect(close?.code).toBe(code);
    expect(close?.text).toContain(text);
    peer.send(0, 'connection.close-ok');
    expect(world.errors).toEqual([]);
    expect(witness.call(1, 'basic.qos').name).toBe('basic.qos-ok');
  });

  test('an empty body frame in the middle is accepted', () => {
    const peer = opened();
    peer.call(1, 'queue.declare', { queue: 'x' });
    for (const bytes of [PUBLISH, head(60, FIVE), frame(3, 1, 97, 98), frame(3, 1), frame(3, 1, 99, 100, 101)]) {
      peer.sendBytes(bytes);
    }
    expect(peer.call(1, 'basic.get', { queue: 'x', noAck: true })).toMatchObject({
      name: 'basic.get-ok',
      body: 'abcde',
    });
  });

  test.each([
    ['larger than the limit', [0, 0, 0, 0, 255, 255, 255, 255]],
    ['2^62', [64, 0, 0, 0, 0, 0, 0, 0]],
  ])('a body announced %s closes the channel before a byte of it came', (_what, size) => {
    const peer = opened();
    peer.sendBytes(PUBLISH);
    peer.sendBytes(head(60, size));
    const [close] = peer.takeAll();
    expect(close).toMatchObject({ name: 'channel.close', args: { replyCode: 406 } });
    // What is left of the body is ignored, and the channel can be opened again.
    peer.sendBytes(frame(3, 1, 1, 2, 3));
    peer.send(1, 'channel.close-ok');
    expect(peer.call(1, 'channel.open').name).toBe('channel.open-ok');
  });

  test('garbage after the goodbye is ignored', () => {
    const peer = opened();
    peer.sendBytes(frame(9, 1));
    peer.takeAll();
    peer.sendBytes(frame(9, 1));
    expect(peer.takeAll()).toEqual([]);
    peer.send(0, 'connection.close-ok');
    expect(peer.takeAll()).toEqual([{ kind: 'end' }]);
  });

  test('a peer that does not answer a close is cut after 30 s', () => {
    const world = new AmqpWorld();
    const peer = opened(world);
    peer.sendBytes(frame(9, 1));
    world.advance(30_000, true);
    expect(peer.ended).toBe(true);
  });

  test('a peer whose frames cannot be told apart any more is cut after 3 s', () => {
    const world = new AmqpWorld();
    const peer = opened(world);
    peer.sendBytes(Uint8Array.of(1, 0, 1, 0, 0, 0, 4, 0, 60, 0, 10, 0));
    world.advance(2_999, true);
    expect(peer.ended).toBe(false);
    world.advance(1, true);
    expect(peer.ended).toBe(true);
  });

  test('prop: no bytes make a session throw, nor disturb another', () => {
    const world = new AmqpWorld();
    const witness = opened(world);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.constantFrom(1, 2, 3, 8), (bytes, type) => {
        const peer = opened(world);
        peer.sendBytes(frame(type, 1, ...bytes));
        peer.sendBytes(bytes);
        peer.drop();
        expect(world.errors).toEqual([]);
      }),
      { numRuns: 2000 },
    );
    expect(witness.call(1, 'basic.qos').name).toBe('basic.qos-ok');
  });
});

describe('a connection', () => {
  test('prop: any cut of the bytes gives the same answers', () => {
    const answers = (cuts: readonly number[]) => {
      const world = new AmqpWorld();
      const peer = opened(world);
      const bytes = peer.collect(() => {
        peer.send(1, 'queue.declare', { queue: 'q' });
        peer.publish(1, { routingKey: 'q' }, { headers: { a: 1 }, messageId: 'm' }, 'hello');
        peer.send(1, 'basic.get', { queue: 'q' });
        peer.send(1, 'queue.declare', { queue: 'nope', passive: true });
        peer.send(1, 'basic.qos');
      });
      let at = 0;
      for (const cut of cuts) {
        peer.sendBytes(bytes.subarray(at, at + cut));
        at += cut;
      }
      peer.sendBytes(bytes.subarray(at));
      return peer.takeAll();
    };
    const whole = answers([]);
    expect(whole.map((item) => item.kind === 'method' && item.name)).toEqual([
      'queue.declare-ok',
      'basic.get-ok',
      'channel.close',
    ]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 30 })), (cuts) => {
        expect(answers(cuts)).toEqual(whole);
      }),
    );
    expect(answers(Array.from({ length: 200 }, () => 1))).toEqual(whole);
  });

  test('what is pipelined behind a channel error is ignored until close-ok', () => {
    const peer = opened();
    peer.send(1, 'queue.declare', { queue: 'nope', passive: true });
    peer.send(1, 'queue.declare', { queue: 'ignored' });
    peer.publish(1, { routingKey: 'ignored' }, {}, 'x');
    peer.send(1, 'channel.close', { replyCode: 200 });
    expect(peer.takeAll().map((item) => item.kind === 'method' && item.name)).toEqual([
      'channel.close',
      'channel.close-ok',
    ]);
    peer.send(1, 'channel.close-ok');
    peer.call(1, 'channel.open');
    expect(peer.call(1, 'queue.declare', { queue: 'ignored', passive: true })).toMatchObject({ name: 'channel.close' });
  });

  test('bodies are split by the negotiated frame-max', () => {
    const peer = opened(new AmqpWorld(), { frameMax: 4096 });
    peer.call(1, 'queue.declare', { queue: 'q' });
    peer.publish(1, { routingKey: 'q' }, {}, 'x'.repeat(10_000));
    const got = peer.call(1, 'basic.get', { queue: 'q' });
    expect(got.frameSizes).toEqual([4096, 4096, 1832]);
    expect(got.bytes).toHaveLength(10_000);
  });

  test('prop: R19 any properties and any body come back, whatever the frames and the cuts of the bytes', () => {
    const words = fc.string({ maxLength: 8 });
    // Headers of these names say where a message goes to.
    const names = words.filter((word) => !/^B?CC$/.test(word));
    const properties = fc.record(
      {
        contentType: words,
        headers: fc.dictionary(
          names,
          fc.oneof(words, fc.boolean(), fc.constant(null), fc.integer({ min: -(2 ** 31) + 1 })),
        ),
        deliveryMode: fc.constantFrom(1, 2),
        priority: fc.nat(255),
        correlationId: words,
        messageId: words,
        timestamp: fc.nat(),
        appId: words,
      },
      { requiredKeys: [] },
    );
    const sizes = fc.oneof(fc.nat(20), fc.nat(20_000), fc.constantFrom(4087, 4088, 4089, 8176));
    const input = fc.record({ properties, size: sizes, frameMax: fc.integer({ min: 4096, max: 9000 }), cut: fc.nat() });
    fc.assert(
      fc.property(input, ({ properties: given, size, frameMax, cut }) => {
        const peer = opened(new AmqpWorld(), { frameMax });
        peer.call(1, 'queue.declare', { queue: 'q' });
        const body = Buffer.alloc(size, 'abcdefghijklmnopq');
        const bytes = peer.collect(() => peer.publish(1, { routingKey: 'q' }, given, body));
        peer.sendBytes(bytes.subarray(0, cut % bytes.length));
        peer.sendBytes(bytes.subarray(cut % bytes.length));
        const got = peer.call(1, 'basic.get', { queue: 'q' });
        expect({ ...got.props, headers: { ...got.props?.headers } }).toEqual({
          ...given,
          headers: { ...given.headers },
        });
        expect(body.equals(got.bytes as Uint8Array)).toBe(true);
        const sum = (got.frameSizes as readonly number[]).reduce((total, each) => total + each - 8, 0);
        expect([sum, Math.max(0, ...(got.frameSizes as readonly number[])) <= frameMax]).toEqual([size, true]);
      }),
      { numRuns: 200 },
    );
  });

  test('channel-max counts open channels, whatever their numbers', () => {
    const peer = new AmqpWorld().connect({ channelMax: 1 });
    expect(peer.call(7, 'channel.open').name).toBe('channel.open-ok');
    peer.send(8, 'channel.open');
    expect(closeOf(peer.takeAll())).toEqual({
      code: 530,
      text: 'NOT_ALLOWED - number of channels opened (1) has reached the negotiated channel_max (1)',
    });
  });

  test('a shutdown says 320 and ends', () => {
    const peer = opened();
    peer.session.shutdown();
    expect(closeOf(peer.takeAll())).toEqual({
      code: 320,
      text: "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'",
    });
    expect(peer.ended).toBe(true);
  });

  test("a client's close is answered, and the socket left to it for 30 s", () => {
    const world = new AmqpWorld();
    const peer = opened(world);
    expect(peer.call(0, 'connection.close', { replyCode: 200 }).name).toBe('connection.close-ok');
    expect(peer.ended).toBe(false);
    world.advance(30_000, true);
    expect(peer.ended).toBe(true);
  });

  test('with heartbeats, one is sent after half the interval and a silent peer is cut after two', () => {
    const world = new AmqpWorld();
    const peer = opened(world, { heartbeat: 10 });
    world.advance(5_000, true);
    world.advance(5_000, true);
    expect(peer.takeAll()).toContainEqual({ kind: 'heartbeat' });
    world.advance(9_999, true);
    expect(peer.destroyed).toBe(false);
    world.advance(10_001, true);
    expect(peer.destroyed).toBe(true);
  });

  test('a peer that talks is never cut', () => {
    const world = new AmqpWorld();
    const peer = opened(world, { heartbeat: 10 });
    for (let i = 0; i < 20; i++) {
      world.advance(9_000, true);
      peer.sendBytes(frame(8, 0));
    }
    expect(peer.destroyed).toBe(false);
  });

  test('prop: R20 a peer is cut after two intervals of silence, never while it talks, whatever it says', () => {
    const pause = fc.record({
      ms: fc.integer({ min: 1, max: 2000 }),
      what: fc.constantFrom('heartbeat', 'method', 'half'),
    });
    fc.assert(
      fc.property(fc.array(pause, { maxLength: 12, size: 'max' }), (pauses) => {
        const world = new AmqpWorld();
        const peer = opened(world, { heartbeat: 2 });
        for (const { ms, what } of pauses) {
          world.advance(ms, true);
          if (what === 'heartbeat') peer.sendBytes(frame(8, 0));
          else if (what === 'method') peer.send(1, 'basic.qos');
          // Not even a whole frame is silence.
          else {
            peer.sendBytes(frame(8, 0).subarray(0, 5));
            peer.sendBytes(frame(8, 0).subarray(5));
          }
          expect(peer.ended).toBe(false);
        }
        world.advance(3_999, true);
        expect(peer.ended).toBe(false);
        world.advance(2_001, true);
        expect(peer.ended).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('of two alarms a publisher is told in one, which ends with the last of them', () => {
    const world = new AmqpWorld();
    const peer = opened(world);
    world.broker.setAlarm('memory', true);
    world.broker.setAlarm('disk', true);
    peer.publish(1, { routingKey: 'q' }, {}, 'x');
    expect(peer.takeAll()).toMatchObject([{ name: 'connection.blocked', args: { reason: 'low on disk & memory' } }]);
    world.broker.setAlarm('memory', false);
    expect(peer.takeAll()).toEqual([]);
    world.broker.setAlarm('disk', false);
    expect(peer.takeAll()).toMatchObject([{ name: 'connection.unblocked' }]);
  });

  test('under an alarm a publisher is told once and waits, others do not', () => {
    const world = new AmqpWorld();
    const peer = opened(world);
    const other = opened(world);
    peer.call(1, 'queue.declare', { queue: 'q' });
    const [connection] = [...world.broker.connections];
    connection?.sink.blocked('low on memory');
    peer.publish(1, { routingKey: 'q' }, {}, 'x');
    peer.send(1, 'basic.qos');
    expect(peer.takeAll()).toEqual([
      { kind: 'method', channel: 0, name: 'connection.blocked', args: { reason: 'low on memory' } },
    ]);
    expect(other.call(1, 'queue.declare', { queue: 'q' }).args.messageCount).toBe(0);
    connection?.sink.unblocked();
    expect(peer.takeAll().map((item) => item.kind === 'method' && item.name)).toEqual([
      'connection.unblocked',
      'basic.qos-ok',
    ]);
    expect(other.call(1, 'queue.declare', { queue: 'q' }).args.messageCount).toBe(1);
  });
});
