import { describe, expect, it } from 'vitest';
import { apiVersionsApi } from '../../../src/wire/kafka/handlers/api-versions.js';
import { describeClusterApi } from '../../../src/wire/kafka/handlers/describe-cluster.js';
import { fetchApi } from '../../../src/wire/kafka/handlers/fetch.js';
import { listGroupsApi } from '../../../src/wire/kafka/handlers/list-groups.js';
import { saslHandshakeApi } from '../../../src/wire/kafka/handlers/sasl-handshake.js';
import { fetchRequest } from '../../helpers/kafka-request.js';
import { KafkaWorld, withSize } from '../../helpers/kafka-wire.js';

const listGroups = { statesFilter: [], typesFilter: [] };

describe('a session', () => {
  it('answers in the order of the requests, whatever waits', () => {
    const world = new KafkaWorld();
    world.broker.createTopic('t');
    const client = world.connect();
    client.send(fetchApi, 11, fetchRequest('t', undefined, 0, 500));
    client.send(listGroupsApi, 3, listGroups);
    expect(client.answer(fetchApi, 11)).toBeUndefined();
    world.broker.produce('t', { value: 'now' });
    expect(client.answer(fetchApi, 11)?.responses[0]?.partitions[0]?.highWatermark).toBe(1);
    expect(client.answer(listGroupsApi, 3)).toMatchObject({ errorCode: 'NONE', groups: [] });
  });

  it('forgets what waits when the connection is gone', () => {
    const world = new KafkaWorld();
    world.broker.createTopic('t');
    const client = world.connect();
    client.send(fetchApi, 11, fetchRequest('t', undefined, 0, 500));
    client.close();
    world.broker.produce('t', { value: 'late' });
    expect(client.transport.written).toEqual([]);
    expect(world.errors).toEqual([]);
  });

  it('serves nothing but authentication before it is done, and closes', () => {
    const world = new KafkaWorld({ sasl: { users: { bob: 'secret' } } });
    const stranger = world.connect();
    stranger.send(listGroupsApi, 3, listGroups);
    expect([stranger.transport.closed, stranger.transport.written]).toEqual([true, []]);
    const client = world.connect();
    expect(client.ask(saslHandshakeApi, 1, { mechanism: 'PLAIN' }).errorCode).toBe('NONE');
    expect(client.ask(listGroupsApi, 3, listGroups).errorCode).toBe('ILLEGAL_SASL_STATE');
    expect(client.transport.closed).toBe(true);
  });

  it('names the request that came amid authentication as Kafka does', () => {
    const client = new KafkaWorld({ sasl: { users: { bob: 'secret' } } }).connect();
    client.ask(saslHandshakeApi, 1, { mechanism: 'PLAIN' });
    const asked = { includeClusterAuthorizedOperations: false, includeFencedBrokers: false };
    expect(client.ask(describeClusterApi, 0, asked)).toMatchObject({
      errorCode: 'ILLEGAL_SASL_STATE',
      errorMessage: 'Unexpected Kafka request of type DESCRIBE_CLUSTER during SASL authentication.',
    });
  });

  it('tells versions once before authentication, but for a question in a version that is not on offer', () => {
    const client = new KafkaWorld({ sasl: { users: { bob: 'secret' } } }).connect();
    const newer = Buffer.from('00000010001200630000000100047465737400', 'hex');
    const tooNew = Buffer.concat([newer, Buffer.alloc(1)]);
    client.session.receive(tooNew);
    expect([...(client.transport.frame()?.subarray(4, 6) ?? [])]).toEqual([0, 35]);
    const software = { clientSoftwareName: 'x', clientSoftwareVersion: '1' };
    expect(client.ask(apiVersionsApi, 3, software).errorCode).toBe('NONE');
    client.session.receive(tooNew);
    expect([client.transport.closed, client.transport.written]).toEqual([true, []]);
  });

  it('takes bare tokens after a handshake of version 0, and closes on a wrong one', () => {
    const world = new KafkaWorld({ sasl: { users: { bob: 'secret' } } });
    const client = world.connect();
    client.ask(saslHandshakeApi, 0, { mechanism: 'PLAIN' });
    const token = withSize(Buffer.from('\0bob\0secret'));
    client.session.receive(token.subarray(0, 7));
    expect(client.transport.written).toEqual([]);
    client.session.receive(token.subarray(7));
    expect(Buffer.from(client.transport.bytes()).toString('hex')).toBe('00000000');
    client.transport.written.length = 0;
    expect(client.ask(listGroupsApi, 3, listGroups).errorCode).toBe('NONE');
    const stranger = world.connect();
    stranger.ask(saslHandshakeApi, 0, { mechanism: 'PLAIN' });
    stranger.session.receive(withSize(new Uint8Array(0)));
    expect([stranger.transport.closed, stranger.transport.written]).toEqual([true, []]);
  });

  it('closes without an answer on a size that cannot be, and allocates nothing', () => {
    for (const size of ['80000000', '7fffffff', '00000000', '00000009']) {
      const client = new KafkaWorld().connect();
      client.session.receive(Buffer.from(size, 'hex'));
      expect([size, client.transport.closed, client.transport.written.length]).toEqual([size, true, 0]);
    }
  });
});
