import { describe, expect, it } from 'vitest';
import { apiVersionsApi } from '../../../../src/wire/kafka/handlers/api-versions.js';
import { HANDLERS } from '../../../../src/wire/kafka/handlers/index.js';
import { decodeResponse, KafkaWorld, withSize } from '../../../helpers/kafka-wire.js';

const hex = (text: string) => withSize(Buffer.from(text, 'hex'));

describe('ApiVersions', () => {
  it.each([
    [2, '0012000200000000000163', 'kafkajs'],
    [3, '0012000300000001000772646b61666b61000b6c696272646b61666b6106322e302e3200', 'librdkafka 2.0.2'],
    [4, '0012000400000000000d61646d696e636c69656e742d3100126170616368652d6b61666b612d6a61766106342e302e3000', 'Java'],
  ])('answers version %i as %s of %s asks', (version, request) => {
    const client = new KafkaWorld().connect();
    client.session.receive(hex(request));
    const answer = client.answer(apiVersionsApi, version);
    expect(answer?.errorCode).toBe('NONE');
    expect(answer?.apiKeys.map(({ apiKey }) => apiKey)).toEqual(
      HANDLERS.map(({ api }) => api.key).sort((a, b) => a - b),
    );
    expect(answer?.apiKeys).toContainEqual({ apiKey: 18, minVersion: 0, maxVersion: 4 });
  });

  it('has no tag section in the header of a flexible answer', () => {
    const client = new KafkaWorld().connect();
    client.session.receive(hex('0012000300000001000772646b61666b61000b6c696272646b61666b6106322e302e3200'));
    const frame = client.transport.frame() as Uint8Array;
    // correlation id, then at once the error code and the count of keys plus one
    expect([...frame.subarray(0, 7)]).toEqual([0, 0, 0, 1, 0, 0, HANDLERS.length + 1]);
  });

  it('answers a version from the future in version 0 with error 35, and goes on', () => {
    const client = new KafkaWorld().connect();
    client.session.receive(hex('00120063000000070001ff'));
    const frame = client.transport.frame() as Uint8Array;
    expect(Buffer.from(frame).toString('hex')).toBe('00000007002300000001001200000004');
    expect(decodeResponse(apiVersionsApi, 0, frame).body.apiKeys).toHaveLength(1);
    expect(client.transport.ended).toBe(false);
    expect(client.ask(apiVersionsApi, 3, { clientSoftwareName: 'a', clientSoftwareVersion: '1' }).errorCode).toBe(
      'NONE',
    );
  });

  it('refuses software names that Kafka would not accept', () => {
    const client = new KafkaWorld().connect();
    for (const name of ['', '-a', 'a-', 'a b', 'ü']) {
      const answer = client.ask(apiVersionsApi, 3, { clientSoftwareName: name, clientSoftwareVersion: '1' });
      expect(answer).toMatchObject({ errorCode: 'INVALID_REQUEST', apiKeys: [] });
    }
  });
});
