import { describe, expect, it } from 'vitest';
import { apiVersionsApi } from '../../../../src/wire/kafka/handlers/api-versions.js';
import { heartbeatApi } from '../../../../src/wire/kafka/handlers/heartbeat.js';
import { joinGroupApi } from '../../../../src/wire/kafka/handlers/join-group.js';
import { syncGroupApi } from '../../../../src/wire/kafka/handlers/sync-group.js';
import { decodeResponse, KafkaWorld, withSize } from '../../../helpers/kafka-wire.js';

const hex = (value: string) => withSize(Buffer.from(value, 'hex'));
const bytes = (value: string) => Uint8Array.from(Buffer.from(value));

const join = (changes: object = {}) => ({
  groupId: 'g',
  sessionTimeoutMs: 30_000,
  rebalanceTimeoutMs: 60_000,
  memberId: '',
  groupInstanceId: null,
  protocolType: 'consumer',
  protocols: [{ name: 'range', metadata: bytes('a') }],
  reason: null,
  ...changes,
});

describe('JoinGroup', () => {
  it.each([0, 1, 2, 3])('lets a first member in with version %i', (version) => {
    const answer = new KafkaWorld().connect().ask(joinGroupApi, version, join());
    expect(answer).toMatchObject({ errorCode: 'NONE', generationId: 1, protocolName: 'range' });
    expect(answer.members.map(({ memberId }) => memberId)).toEqual([answer.memberId]);
    expect(answer.leader).toBe(answer.memberId);
  });

  it.each([4, 5, 6, 7, 8, 9])('asks to join again under an id with version %i', (version) => {
    const client = new KafkaWorld().connect();
    const first = client.ask(joinGroupApi, version, join());
    expect(first).toMatchObject({ errorCode: 'MEMBER_ID_REQUIRED', generationId: -1, leader: '', members: [] });
    expect(first.protocolName).toBe(version >= 7 ? null : '');
    const second = client.ask(joinGroupApi, version, join({ memberId: first.memberId }));
    expect(second).toMatchObject({ errorCode: 'NONE', memberId: first.memberId, leader: first.memberId });
  });

  it.each([
    [
      5,
      '000b00050000000300016300026731000075300000ea600000ffff0008636f6e73756d6572000000010012526f756e64526f62696e41737369676e65720000000e0000000000010002743100000000',
      'kafkajs',
    ],
    [
      5,
      '000b000500000002000772646b61666b61000267310000afc8000493e00000ffff0008636f6e73756d657200000002000572616e676500000012000100000001000274310000000000000000000a726f756e64726f62696e00000012000100000001000274310000000000000000',
      'librdkafka',
    ],
    [
      9,
      '000b0009000000050014636f6e73756d65722d6a67636c61737369632d31000a6a67636c61737369630000afc8000493e0010009636f6e73756d6572030672616e67651900030000000100026a74ffffffff00000000ffffffffffff0013636f6f70657261746976652d737469636b791d00030000000100026a7400000004ffffffff00000000ffffffffffff000100',
      'Java',
    ],
  ])('reads version %i as sent: %s of %s', (version, request) => {
    const client = new KafkaWorld().connect();
    client.session.receive(hex(request));
    const answer = decodeResponse(joinGroupApi, version, client.transport.frame() as Uint8Array).body;
    expect(answer.errorCode).toBe('MEMBER_ID_REQUIRED');
  });

  it('answers in error with the id of the request, and serves the next one', () => {
    const client = new KafkaWorld().connect();
    const refused = client.ask(joinGroupApi, 5, join({ memberId: 'x' }));
    expect(refused).toMatchObject({ errorCode: 'UNKNOWN_MEMBER_ID', memberId: 'x', generationId: -1, members: [] });
    expect(client.ask(joinGroupApi, 9, join({ sessionTimeoutMs: 1 })).errorCode).toBe('INVALID_SESSION_TIMEOUT');
    const nameless = client.ask(joinGroupApi, 9, join({ groupId: '' }));
    expect(nameless).toMatchObject({ errorCode: 'INVALID_GROUP_ID', protocolName: null });
    expect(client.ask(joinGroupApi, 3, join()).errorCode).toBe('NONE');
  });

  it('keeps later requests of a connection waiting while the join is parked', () => {
    const world = new KafkaWorld();
    const [a, b] = [world.connect(), world.connect()];
    const leader = a.ask(joinGroupApi, 3, join());
    a.ask(syncGroupApi, 3, {
      groupId: 'g',
      generationId: 1,
      memberId: leader.memberId,
      groupInstanceId: null,
      protocolType: null,
      protocolName: null,
      assignments: [],
    });
    b.send(joinGroupApi, 3, join());
    b.send(apiVersionsApi, 2, { clientSoftwareName: '', clientSoftwareVersion: '' });
    expect(b.transport.written).toEqual([]);
    const identity = { groupId: 'g', generationId: 1, memberId: leader.memberId, groupInstanceId: null };
    expect(a.ask(heartbeatApi, 3, identity).errorCode).toBe('REBALANCE_IN_PROGRESS');
    a.send(joinGroupApi, 3, join({ memberId: leader.memberId }));
    expect(a.answer(joinGroupApi, 3)).toMatchObject({ generationId: 2, members: [{}, {}] });
    expect(b.answer(joinGroupApi, 3)).toMatchObject({ generationId: 2, members: [] });
    expect(b.answer(apiVersionsApi, 2)?.errorCode).toBe('NONE');
  });

  it('goes on when a member hangs up while its join is parked', () => {
    const world = new KafkaWorld();
    const [a, b] = [world.connect(), world.connect()];
    const { memberId } = a.ask(joinGroupApi, 3, join());
    b.send(joinGroupApi, 3, join());
    b.close();
    a.send(joinGroupApi, 3, join({ memberId }));
    expect(a.answer(joinGroupApi, 3)?.members).toHaveLength(2);
    expect(world.errors).toEqual([]);
  });

  it('refuses a node that does not coordinate the group', () => {
    const world = new KafkaWorld({ nodes: 2 });
    const codes = [1, 2].map((node) => world.connect(node).ask(joinGroupApi, 3, join()).errorCode);
    expect(codes.sort()).toEqual(['NONE', 'NOT_COORDINATOR']);
  });
});
