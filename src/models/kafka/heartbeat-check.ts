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
    `ServerAssignor ${assignor} is not supported. Supported assignors: ${assignors.join(', ')}.`,
  );
}

function problemOf(request: ConsumerHeartbeat): string | undefined {
  const { memberEpoch, memberId, instanceId, rackId } = request;
  if (instanceId === '') return "InstanceId can't be empty.";
  if (rackId === '') return "RackId can't be empty.";
  if (memberEpoch < LEAVE_STATIC_EPOCH) return 'MemberEpoch is invalid.';
  if (memberEpoch !== JOIN_EPOCH && memberId === '') return "MemberId can't be empty.";
  if (memberEpoch === LEAVE_STATIC_EPOCH && instanceId === null) return "InstanceId can't be null.";
  if (memberEpoch !== JOIN_EPOCH) return undefined;
  if (request.rebalanceTimeoutMs < 0) return 'RebalanceTimeoutMs must be provided in first request.';
  if (request.owned === null || request.owned.length > 0) return 'TopicPartitions must be empty when (re-)joining.';
  if (request.topics === null && request.topicPattern === null) {
    return 'SubscribedTopicNames must be set in first request.';
  }
  return undefined;
}
