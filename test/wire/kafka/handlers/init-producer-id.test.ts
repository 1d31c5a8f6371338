import { describe, expect, it } from 'vitest';
import { initProducerIdApi } from '../../../../src/wire/kafka/handlers/init-producer-id.js';
import { offeredVersions } from '../../../helpers/kafka-versions.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

const body = (changes = {}) => ({
  transactionalId: 'x',
  transactionTimeoutMs: 1_000,
  producerId: -1,
  producerEpoch: -1,
  ...changes,
});

describe('InitProducerId', () => {
  it.each(offeredVersions(initProducerIdApi))('gives ids and epochs with version %i', (version) => {
    const client = new KafkaWorld().connect();
    const ask = (changes = {}) => client.ask(initProducerIdApi, version, body(changes));
    const first = ask();
    expect(first).toMatchObject({ errorCode: 'NONE', producerEpoch: 0 });
    expect(ask()).toMatchObject({ producerId: first.producerId, producerEpoch: 1 });
    expect(ask({ transactionalId: null }).producerId).toBe(first.producerId + 1);
    expect(ask({ transactionalId: '' })).toMatchObject({ errorCode: 'INVALID_REQUEST', producerId: -1 });
    if (version < 3) return;
    const fenced = ask({ producerId: first.producerId, producerEpoch: 0 });
    expect(fenced.errorCode).toBe(version >= 4 ? 'PRODUCER_FENCED' : 'INVALID_PRODUCER_EPOCH');
  });
});

it('a producer id comes with its epoch', () => {
  const request = { transactionalId: 'x', transactionTimeoutMs: 1_000, producerId: -1, producerEpoch: 3 };
  expect(new KafkaWorld().connect().ask(initProducerIdApi, 4, request).errorCode).toBe('INVALID_REQUEST');
});
