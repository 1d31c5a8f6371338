import { apiVersionsApi } from '../../src/wire/kafka/handlers/api-versions.js';
import { createTopicsApi } from '../../src/wire/kafka/handlers/create-topics.js';
import { listOffsetsApi } from '../../src/wire/kafka/handlers/list-offsets.js';
import { metadataApi } from '../../src/wire/kafka/handlers/metadata.js';
import { encodeRequest as encodeKafka, KafkaWorld } from '../helpers/kafka-wire.js';
import { type DoorWorld, sessionContract } from './session.js';

const local = { address: '127.0.0.1', port: 1 };
const info = { id: 'c1', nodeId: 1, local, remote: { address: '127.0.0.1', port: 2 } };

sessionContract({
  name: 'Kafka',
  create: (): DoorWorld => {
    const world = new KafkaWorld();
    world.context.journal.on = false;
    return { open: (transport) => world.door.open(transport, info), errors: world.errors };
  },
  streams: {
    'versions, a topic, metadata, offsets': Buffer.concat([
      encodeKafka(apiVersionsApi, 3, { clientSoftwareName: 'test', clientSoftwareVersion: '1' }, 1),
      encodeKafka(
        createTopicsApi,
        4,
        {
          topics: [{ name: 't', numPartitions: 2, replicationFactor: 1, assignments: [], configs: [] }],
          timeoutMs: 100,
          validateOnly: false,
        },
        2,
      ),
      encodeKafka(
        metadataApi,
        5,
        {
          topics: [{ name: 't', topicId: '00000000-0000-0000-0000-000000000000' }],
          allowAutoTopicCreation: false,
          includeTopicAuthorizedOperations: false,
        },
        3,
      ),
      encodeKafka(
        listOffsetsApi,
        2,
        {
          replicaId: -1,
          isolationLevel: 0,
          timeoutMs: 0,
          topics: [{ name: 't', partitions: [{ partitionIndex: 0, timestamp: -1 }] }],
        },
        4,
      ),
    ]),
  },
});
