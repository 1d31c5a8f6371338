import { describe, expect, test } from 'vitest';
import { AmqpPeer, AmqpWorld } from '../../helpers/amqp-wire.js';

const failed = (options: Parameters<AmqpPeer['handshake']>[0], version: '3' | '4' = '3') => {
  const peer = new AmqpPeer(new AmqpWorld({ version }));
  return { failure: peer.handshake(options), stage: peer.stage };
};

describe('negotiation', () => {
  test.each([
    ['PLAIN', {}],
    ['AMQPLAIN', { mechanism: 'AMQPLAIN' }],
    ['any locale', { locale: 'fr_FR' }],
    ['a heartbeat above the offer', { heartbeat: 600 }],
    ['the smallest frames', { frameMax: 4096 }],
  ])('%s opens a connection', (_what, options) => {
    expect(failed(options).failure).toBeUndefined();
  });

  test('ANONYMOUS logs the guest in, in version 4 only', () => {
    expect(failed({ mechanism: 'ANONYMOUS', response: '' }, '4').failure).toBeUndefined();
    expect(failed({ mechanism: 'ANONYMOUS', response: '' }).failure).toEqual({ name: 'end' });
  });

  test('a wrong password is refused with 403, or without a word for those who cannot take it', () => {
    expect(failed({ pass: 'x' }).failure).toMatchObject({ name: 'connection.close', args: { replyCode: 403 } });
    expect(failed({ pass: 'x', capabilities: {} })).toEqual({ failure: { name: 'end' }, stage: 'auth' });
  });

  test.each([
    ['an unknown mechanism', { mechanism: 'NOPE' }],
    ['a mechanism in the wrong case', { mechanism: 'plain' }],
    ['a response without NULs', { response: 'guest' }],
    ['an authorization id', { response: 'admin\0guest\0guest' }],
    ['AMQPLAIN that is no table', { mechanism: 'AMQPLAIN', response: 'xxxx' }],
  ])('%s is hung up on', (_what, options) => {
    expect(failed(options)).toEqual({ failure: { name: 'end' }, stage: 'auth' });
  });

  test.each([{ frameMax: 4095 }, { frameMax: 131_073 }, { frameMax: 0 }, { channelMax: 0 }, { channelMax: 2048 }])(
    '%j is not accepted',
    (options) => {
      expect(failed(options)).toEqual({ failure: { name: 'end' }, stage: 'open' });
    },
  );

  test('version 4 wants frames of 8192 bytes at least', () => {
    expect(failed({ frameMax: 8191 }, '4').failure).toEqual({ name: 'end' });
    expect(failed({ frameMax: 8192 }, '4').failure).toBeUndefined();
  });

  test('an unknown vhost gets 530, its name taken literally', () => {
    for (const vhost of ['nope', '', '//']) {
      expect(failed({ vhost }).failure).toMatchObject({
        name: 'connection.close',
        args: { replyCode: 530, replyText: `NOT_ALLOWED - vhost ${vhost} not found`, classId: 10, methodId: 40 },
      });
    }
  });

  const startOk = { mechanism: 'PLAIN', response: '\0guest\0guest' };
  const tuneOk = { channelMax: 10, frameMax: 131_072 };
  /** A client that has come so far. */
  const stopped = (before: 'start-ok' | 'tune-ok' | 'open', version: '3' | '4' = '3') => {
    const peer = new AmqpPeer(new AmqpWorld({ version }));
    peer.sendBytes(Buffer.from('AMQP\0\0\x09\x01', 'latin1'));
    if (before !== 'start-ok') peer.send(0, 'connection.start-ok', startOk);
    if (before === 'open') peer.send(0, 'connection.tune-ok', tuneOk);
    peer.takeAll();
    return peer;
  };
  const frame = (type: number, channel: number, payload: number[], end = 0xce) =>
    Uint8Array.of(type, 0, channel, 0, 0, 0, payload.length, ...payload, end);

  // Each as a RabbitMQ 3.10.8 answered it; before it knows whom it talks to it says nothing.
  describe.each([
    ['a method of another moment', frame(1, 0, [0, 10, 0, 41, 0]), '504 CHANNEL_ERROR - unexpected method in', 41],
    ['a method of a channel', frame(1, 0, [0, 20, 0, 10, 0]), '504 CHANNEL_ERROR - unexpected method in', 10],
    ['connection.close', frame(1, 0, [0, 10, 0, 50, 0, 0, 0, 0, 0, 0, 0]), '504 CHANNEL_ERROR - unexpected method', 50],
    ['a frame on a channel', frame(1, 1, [0, 20, 0, 10, 0]), '505 UNEXPECTED_FRAME - type 1', 0],
    ['content', frame(3, 0, [97]), '505 UNEXPECTED_FRAME - type 3', 0],
    ['a wrong frame end', frame(1, 0, [0, 10, 0, 40], 17), '501 FRAME_ERROR - type 1, all octets = <<0,10,0,40>>', 0],
    ['an unknown frame type', frame(9, 0, [97]), '501 FRAME_ERROR - type 9, all octets = <<"a">>: unknown_frame', 0],
    ['a frame too large', frame(1, 0, []).fill(0xff, 3, 7), '501 FRAME_ERROR - type 1, all octets = <<>>: {frame_', 0],
    ['an unknown method', frame(1, 0, [0, 10, 0, 99]), undefined, 0],
    ['cut arguments', frame(1, 0, [0, 10, 0, 11, 1]), undefined, 0],
  ])('%s before the connection is open', (_what, bytes, answer, methodId) => {
    test.each(['start-ok', 'tune-ok'] as const)('ends it without a word where %s is due', (due) => {
      const peer = stopped(due);
      peer.sendBytes(bytes);
      expect(peer.takeAll()).toEqual([{ kind: 'end' }]);
    });

    test(`ends it ${answer ? 'with an answer' : 'without a word'} where open is due`, () => {
      const peer = stopped('open');
      peer.sendBytes(bytes);
      const [close] = peer.takeAll();
      if (!answer) return expect(close).toEqual({ kind: 'end' });
      const [replyCode, replyText] = [Number(answer.slice(0, 3)), expect.stringContaining(answer.slice(4))];
      expect(close).toMatchObject({ name: 'connection.close', args: { replyCode, replyText, methodId } });
    });
  });

  test.each([
    ['3', 4096],
    ['4', 8192],
  ] as const)('before the connection is tuned frames of version %s have %i bytes at most', (version, mostBytes) => {
    const fits = stopped('start-ok', version);
    const empty = fits.collect(() => fits.send(0, 'connection.start-ok', { ...startOk, clientProperties: { x: '' } }));
    const filled = (more: number) => {
      const clientProperties = { x: 'a'.repeat(mostBytes - (empty.length - 8) + more) };
      const peer = stopped('start-ok', version);
      peer.send(0, 'connection.start-ok', { ...startOk, clientProperties });
      return peer.takeAll();
    };
    expect(filled(0)).toMatchObject([{ name: 'connection.tune' }]);
    expect(filled(1)).toEqual([{ kind: 'end' }]);
  });

  test('the whole handshake may come in one write', () => {
    const world = new AmqpWorld();
    const peer = new AmqpPeer(world);
    const bytes = peer.collect(() => {
      peer.sendBytes(Buffer.from('AMQP\0\0\x09\x01', 'latin1'));
      peer.send(0, 'connection.start-ok', { mechanism: 'PLAIN', response: '\0guest\0guest' });
      peer.send(0, 'connection.tune-ok', { channelMax: 10, frameMax: 131_072 });
      peer.send(0, 'connection.open', { virtualHost: '/' });
      peer.send(1, 'channel.open');
    });
    peer.sendBytes(bytes);
    expect(peer.takeAll().map((item) => item.kind === 'method' && item.name)).toEqual([
      'connection.start',
      'connection.tune',
      'connection.open-ok',
      'channel.open-ok',
    ]);
  });

  test('the server says that it is RabbitMQ, and what it can do', () => {
    const peer = new AmqpPeer(new AmqpWorld());
    peer.sendBytes(Buffer.from('AMQP\0\0\x09\x01', 'latin1'));
    expect(peer.takeAll()).toMatchObject([
      {
        name: 'connection.start',
        args: {
          versionMajor: 0,
          versionMinor: 9,
          serverProperties: { product: 'RabbitMQ', version: '3.10.8', capabilities: { 'basic.nack': true } },
        },
      },
    ]);
  });
});
