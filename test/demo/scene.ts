import type { Bus, Event, Reader } from './bus.js';

/** One question, asked of each broker by trying it out; the answer is what happened. */
export interface Scene {
  readonly question: string;
  readonly play: (bus: Bus, restart: () => Promise<void>) => Promise<string>;
}

const KEY = 'created';

/** Order events, of one key or of two in turn. */
function orders(count: number, keys: readonly string[] = [KEY]): Event[] {
  return Array.from({ length: count }, (_, at) => ({ key: keys[at % keys.length] as string, text: `order ${at + 1}` }));
}

const end = (name: string): Event => ({ key: KEY, text: `end of ${name}` });

/** Publishes a marker, so that a reader knows that nothing else will come. */
async function finish(bus: Bus, place: string, reader: Reader): Promise<Event[]> {
  const marker = end(place);
  await bus.publish(place, [marker]);
  return reader.until(marker.text);
}

const of = (got: readonly Event[], all: readonly Event[]) => `${got.length} of ${all.length} arrive`;

export const SCENES: readonly Scene[] = [
  {
    question: 'nobody is listening, then somebody is',
    play: async (bus) => {
      const sent = orders(3);
      await bus.publish('nobody', sent);
      const reader = await bus.read('nobody', 'first');
      return of(await finish(bus, 'nobody', reader), sent);
    },
  },
  {
    question: 'a consumer crashes before it acks; the next one gets',
    play: async (bus) => {
      const sent = orders(1);
      const first = await bus.read('crash', 'worker', { acks: false });
      await bus.publish('crash', [...sent]);
      await first.until((sent[0] as Event).text);
      await first.crash();
      const second = await bus.read('crash', 'worker');
      return of(await finish(bus, 'crash', second), sent);
    },
  },
  {
    question: 'a second reader subscribes late',
    play: async (bus) => {
      const sent = orders(3);
      const early = await bus.read('late', 'early');
      await bus.publish('late', sent);
      await early.until('order 3');
      const late = await bus.read('late', 'late');
      return of(await finish(bus, 'late', late), sent);
    },
  },
  {
    question: 'the broker restarts before they are read',
    play: async (bus, restart) => {
      const sent = orders(3);
      await bus.prepare('restart', 'worker');
      await bus.publish('restart', sent);
      await restart();
      const reader = await bus.read('restart', 'worker');
      return of(await finish(bus, 'restart', reader), sent);
    },
  },
  {
    question: 'one message, two independent readers',
    play: async (bus) => {
      const readers = [await bus.read('many', 'mail'), await bus.read('many', 'audit')];
      await bus.publish('many', [...orders(1), end('many')]);
      const got = await Promise.all(readers.map((reader) => reader.until('end of many')));
      return `${got.filter((events) => events.length === 1).length} of 2 get it`;
    },
  },
  {
    question: 'order of two keys in turn, one reader',
    play: async (bus) => {
      const sent = orders(20, ['created', 'paid']);
      await bus.publish('order', []);
      const reader = await bus.read('order', 'worker');
      await bus.publish('order', sent);
      const got: Event[] = [];
      for (const last of ['order 19', 'order 20']) {
        // Either key may end first, so both ends are looked for in what came.
        if (!got.some(({ text }) => text === last)) got.push(...(await reader.until(last)), findEvent(sent, last));
      }
      return describeOrder(sent, got);
    },
  },
  {
    question: 'replay: everything once more',
    play: async (bus) => {
      const sent = orders(3);
      const reader = await bus.read('replay', 'worker');
      await bus.publish('replay', sent);
      await reader.until('order 3');
      await reader.crash();
      const again = await bus.replay('replay', 'worker');
      return of(await finish(bus, 'replay', again), sent);
    },
  },
];

function findEvent(sent: readonly Event[], text: string): Event {
  return sent.find((event) => event.text === text) as Event;
}

function describeOrder(sent: readonly Event[], got: readonly Event[]): string {
  const texts = (events: readonly Event[]) => events.map(({ text }) => text).join();
  if (texts(sent) === texts(got)) return 'kept';
  const keys = [...new Set(sent.map(({ key }) => key))];
  const of = (events: readonly Event[], key: string) => texts(events.filter((event) => event.key === key));
  return keys.every((key) => of(sent, key) === of(got, key)) ? 'kept for each key' : 'not kept';
}
