import { SERVER_ASSIGNORS } from './assignor/index.js';
import { KafkaError } from './errors.js';
import { type ConsumerHeartbeat, JOIN_EPOCH, LEAVE_STATIC_EPOCH } from './modern-member.js';

/** @throws KafkaError INVALID_REQUEST, UNSUPPORTED_ASSIGNOR for a heartbeat that no group could understand */
export function checkHeartbeat(request: ConsumerHeartbeat, assignors: readonly string[]): void {
  const problem = problemOf(request);
  if (problem) throw new KafkaError('INVALID_REQUEST', problem);
  const { assignor } = request;
  if (assignor === null || (assignors.includes(assignor) && SERVER_ASSIGNORS.has(assignor))) return;
  throw new KafkaError(
    'UNSUPPORTED_ASSIGNOR',
    `assignor '${assignor}' is unknown; ${assignors.join(', ')} are supported`,
  );
}

function problemOf(request: ConsumerHeartbeat): string | undefined {
  const { memberEpoch, memberId, instanceId, rackId } = request;
  if (instanceId === '') return 'the instance id is empty; leave it out or give a name';
  if (rackId === '') return 'the rack id is empty; leave it out or give a name';
  if (memberEpoch < LEAVE_STATIC_EPOCH) return `member epoch ${memberEpoch} is not valid`;
  if (memberEpoch !== JOIN_EPOCH && memberId === '') return 'the member id is empty';
  if (memberEpoch === LEAVE_STATIC_EPOCH && instanceId === null) return 'only a static member leaves for a while';
  if (memberEpoch !== JOIN_EPOCH) return undefined;
  if (request.rebalanceTimeoutMs < 0) return 'a member that joins gives its rebalance timeout';
  if (request.topics === null && request.topicPattern === null) return 'a member that joins says what it reads';
  if (request.owned === null || request.owned.length > 0) return 'a member that joins holds no partitions';
  return undefined;
}
