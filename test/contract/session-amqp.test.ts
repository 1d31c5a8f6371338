import type { Session, Transport } from '../../src/wire/door.js';
import { type AmqpPeer, AmqpWorld } from '../helpers/amqp-wire.js';
import { type DoorWorld, sessionContract } from './session.js';

/** Remembers what the test's client sends. */
class RecordingAmqpWorld extends AmqpWorld {
  readonly sent: Uint8Array[] = [];

  override open(transport: Transport): Session {
    const session = super.open(transport);
    return {
      receive: (chunk) => {
        this.sent.push(Uint8Array.from(chunk));
        session.receive(chunk);
      },
      shutdown: () => session.shutdown(),
      closed: () => session.closed(),
    };
  }
}

function amqpBytes(talk: (peer: AmqpPeer) => void): Uint8Array {
  const world = new RecordingAmqpWorld();
  const peer = world.connect();
  peer.call(1, 'channel.open');
  talk(peer);
  return Buffer.concat(world.sent);
}

sessionContract({
  name: 'AMQP',
  create: (): DoorWorld => {
    const world = new AmqpWorld();
    world.context.journal.on = false;
    return { open: (transport) => world.open(transport), errors: world.errors };
  },
  streams: {
    'publish and get': amqpBytes((peer) => {
      peer.call(1, 'queue.declare', { queue: 'q' });
      peer.call(1, 'confirm.select');
      peer.publish(1, { exchange: '', 'routing-key': 'q' }, {}, 'a body');
      peer.call(1, 'basic.get', { queue: 'q' });
    }),
    'an error of the channel': amqpBytes((peer) => {
      peer.call(1, 'exchange.declare', { exchange: 'e', type: 'topic' });
      peer.send(1, 'queue.bind', { queue: 'nosuch', exchange: 'e', 'routing-key': 'a.*' });
    }),
  },
});
