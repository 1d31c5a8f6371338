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

  test('a method out of turn ends the connection without a word', () => {
    const peer = new AmqpPeer(new AmqpWorld());
    peer.sendBytes(Buffer.from('AMQP\0\0\x09\x01', 'latin1'));
    peer.takeAll();
    peer.send(0, 'connection.tune-ok');
    expect(peer.takeAll()).toEqual([{ kind: 'end' }]);
  });

  test('a frame on a channel before the connection is open gets 505', () => {
    const peer = new AmqpPeer(new AmqpWorld());
    peer.sendBytes(Buffer.from('AMQP\0\0\x09\x01', 'latin1'));
    peer.takeAll();
    peer.send(1, 'channel.open');
    expect(peer.takeAll()).toMatchObject([{ name: 'connection.close', args: { replyCode: 505 } }]);
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
