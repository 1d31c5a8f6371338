import { Redis } from 'ioredis';
import type { Broker } from '../../src/index.js';
import { type Bus, Inbox, type Reader } from './bus.js';

/** ioredis: a channel for each key, readers subscribe to a pattern. */
export function createRedisBus(broker: Broker): Bus {
  const connect = () => new Redis(broker.urls.redis);
  const publisher = connect();
  const open: Redis[] = [];

  const read = async (place: string): Promise<Reader> => {
    const subscriber = connect();
    open.push(subscriber);
    const inbox = new Inbox();
    subscriber.on('pmessage', (_pattern, channel: string, text: string) => {
      inbox.push({ key: channel.slice(place.length + 1), text });
    });
    await subscriber.psubscribe(`${place}.*`);
    return {
      until: (end) => inbox.until(end),
      crash: async () => {
        const gone = new Promise((resolve) => subscriber.once('end', resolve));
        subscriber.disconnect();
        await gone;
      },
    };
  };
  return {
    name: 'Redis Pub/Sub',
    read,
    replay: read,
    publish: async (place, events) => {
      for (const { key, text } of events) await publisher.publish(`${place}.${key}`, text);
    },
    prepare: async () => {},
    endReaders: async () => {
      for (const client of open.splice(0)) client.disconnect();
    },
    disconnect: async () => publisher.disconnect(),
    reconnect: () => publisher.connect(),
  };
}
