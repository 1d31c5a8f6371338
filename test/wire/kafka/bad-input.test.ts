/** What the Kafka door does with bytes that no client should send. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createTopicsApi } from '../../../src/wire/kafka/handlers/create-topics.js';
import { HANDLERS } from '../../../src/wire/kafka/handlers/index.js';
import { metadataApi } from '../../../src/wire/kafka/handlers/metadata.js';
import { NO_UUID } from '../../../src/wire/kafka/reader.js';
import { contentOf } from '../../helpers/kafka-content.js';
import { topicRequest } from '../../helpers/kafka-request.js';
import { offeredVersions } from '../../helpers/kafka-versions.js';
import { encodeRequest, KafkaWorld, withSize } from '../../helpers/kafka-wire.js';

const hex = (text: string) => Buffer.from(text, 'hex');

describe('closes the connection without an answer', () => {
  test.each([
    ['a negative size', hex('ffffffff')],
    ['a size beyond the limit', hex('01000000')],
    ['a size of 0', hex('00000000')],
    ['a size that holds no header', hex('0000000400120000')],
    ['the first bytes of TLS', hex('16030100')],
    ['the first bytes of HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['an unknown API', withSize(hex('7fff000000000001ffff'))],
    ['a version that is not offered', withSize(hex('0003006300000001ffff'))],
    ['a null array where none may be', withSize(hex('0014000100000001ffff' + 'ffffffff00000000'))],
    ['an array longer than the request', withSize(hex('0003000100000001ffff' + '7fffffff'))],
    ['an array of a negative length where none may be', withSize(hex('0014000100000001ffff' + 'fffffffe00000000'))],
    ['a compact length beyond the request', withSize(hex('0003000900000001ffff' + '00ffffffff0f'))],
    ['a text of a negative length', withSize(hex('0003000100000001ffff' + '00000001ff00'))],
    ['a tagged field of a huge size', withSize(hex('0003000900000001ffff' + '0100ffffffff0f'))],
    ['a varint without an end', withSize(hex('0003000900000001ffff' + '00ffffffffffffff'))],
  ])('%s', (_name, bytes) => {
    const world = new KafkaWorld();
    const client = world.connect();
    client.session.receive(bytes);
    expect([client.transport.closed, client.transport.written.length]).toEqual([true, 0]);
    // Nothing behind it is served.
    client.session.receive(
      encodeRequest(metadataApi, 1, {
        topics: null,
        includeClusterAuthorizedOperations: false,
        includeTopicAuthorizedOperations: false,
      }),
    );
    expect(client.transport.written).toEqual([]);
    expect(world.errors).toEqual([]);
  });
});

test('an unknown tagged field is stepped over', () => {
  const client = new KafkaWorld().connect();
  client.session.receive(withSize(hex('0003000900000007ffff00' + '00' + '010000' + '01' + '09' + '03' + 'aabbcc')));
  expect(client.transport.closed).toBe(false);
  expect(Buffer.from(client.transport.frame() ?? []).readInt32BE(0)).toBe(7);
});

test('equal correlation ids are answered in order', () => {
  const client = new KafkaWorld().connect();
  const body = { topics: null, includeClusterAuthorizedOperations: false, includeTopicAuthorizedOperations: false };
  const one = encodeRequest(metadataApi, 1, body, 5);
  client.session.receive(Buffer.concat([one, one]));
  expect(
    [client.transport.frame(), client.transport.frame()].map((frame) => Buffer.from(frame ?? []).readInt32BE(0)),
  ).toEqual([5, 5]);
});

test('a topic has no name that is empty, too long, of dots alone, or of other signs', () => {
  const client = new KafkaWorld().connect();
  const names = ['', '.', '..', 'a'.repeat(250), 'a b', 'a/b', 'a:b', 'ä', 'a\0', '__proto__!'];
  const refused = names.map((name) => [name, 'INVALID_TOPIC_EXCEPTION']);
  const created = client.ask(createTopicsApi, 4, {
    topics: names.map((name) => topicRequest(name, { numPartitions: 1, replicationFactor: 1 })),
    validateOnly: false,
  });
  expect(created.topics.map(({ name, errorCode }) => [name, errorCode])).toEqual(refused);
  for (const version of [0, 1, 4, 9, 12]) {
    const { topics } = client.ask(metadataApi, version, {
      topics: names.map((name) => ({ topicId: NO_UUID, name })),
      allowAutoTopicCreation: true,
      includeClusterAuthorizedOperations: false,
      includeTopicAuthorizedOperations: false,
    });
    expect(topics.map(({ name, errorCode }) => [name, errorCode])).toEqual(refused);
  }
  const fine = ['a'.repeat(249), '__proto__', 'constructor', '-', '_', '...'];
  const topics = fine.map((name) => topicRequest(name, { numPartitions: 1, replicationFactor: 1 }));
  const made = client.ask(createTopicsApi, 4, { topics, validateOnly: false });
  expect(made.topics.map(({ errorCode }) => errorCode)).toEqual(fine.map(() => 'NONE'));
});

/** Whole requests of every API in every version, as random as their description allows. */
const anyFrame = fc.oneof(
  fc
    .tuple(fc.constantFrom(...HANDLERS.map(({ api }) => api.key)), fc.nat(18), fc.uint8Array({ maxLength: 120 }))
    .map(([key, version, body]) => {
      const header = Buffer.alloc(10);
      header.writeInt16BE(key, 0);
      header.writeInt16BE(version, 2);
      header.writeInt16BE(-1, 8);
      return withSize(Buffer.concat([header, body]));
    }),
  fc.uint8Array({ maxLength: 60 }),
);

test('prop: no bytes make a session throw, disturb another one, or give other answers when they come in pieces', () => {
  const metadata = encodeRequest(metadataApi, 1, {
    topics: null,
    includeClusterAuthorizedOperations: false,
    includeTopicAuthorizedOperations: false,
  });
  fc.assert(
    fc.property(
      fc.array(anyFrame, { minLength: 1, maxLength: 4 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 30 })),
      (frames, cuts) => {
        const bytes = Buffer.concat(frames);
        const run = (pieces: Iterable<Uint8Array>) => {
          const world = new KafkaWorld();
          const other = world.connect();
          const client = world.connect();
          for (const piece of pieces) client.session.receive(piece);
          world.clock.advanceTo(world.clock.now + 1);
          other.session.receive(metadata);
          expect(world.errors).toEqual([]);
          expect(other.transport.written.length).toBeGreaterThan(0);
          return [client.transport.closed, Buffer.from(client.transport.bytes()).toString('hex')];
        };
        const pieces: Uint8Array[] = [];
        for (let at = 0; at < bytes.length; ) {
          const size = cuts.next().value as number;
          pieces.push(bytes.subarray(at, at + size));
          at += size;
        }
        expect(run(pieces)).toEqual(run([bytes]));
      },
    ),
    { numRuns: 2_000 },
  );
});

/** A request that is well formed, in any version of any API. */
const anyRequest = fc
  .constantFrom(...HANDLERS.map(({ api }) => api))
  .chain((api) =>
    fc
      .tuple(fc.constantFrom(...offeredVersions(api).filter((one) => api.accepts(one, 'standard'))), fc.context())
      .chain(([version]) =>
        contentOf({ kind: 'struct', fields: api.definition.request }).map((body) =>
          encodeRequest(api, version, body as never),
        ),
      ),
  );

test('prop: no request that is well formed, nor one with a wrong byte, makes the door fail', () => {
  fc.assert(
    fc.property(
      fc.array(anyRequest, { minLength: 1, maxLength: 3 }),
      fc.option(fc.tuple(fc.nat(), fc.nat(255))),
      (requests, wrong) => {
        const world = new KafkaWorld();
        world.broker.createTopic('t');
        const client = world.connect();
        for (const request of requests) {
          const bytes = Buffer.from(request);
          if (wrong) bytes[4 + (wrong[0] % (bytes.length - 4))] = wrong[1];
          client.session.receive(bytes);
          world.clock.advanceTo(world.clock.now + 1);
        }
        client.close();
        expect(world.errors).toEqual([]);
      },
    ),
    { numRuns: 1_000 },
  );
});
