import { attempt } from '../attempt.js';
import type { Call } from '../call.js';
import type { ErrorName } from '../error-code.js';
import { array, error, int8, int32, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_FindCoordinator */
export const findCoordinatorApi = defineApi({
  name: 'FindCoordinator',
  key: 10,
  versions: [0, 6],
  flexibleSince: 3,
  offered: { standard: [0, 6], lean: [0, 4] },
  request: {
    key: string.until(3),
    keyType: int8.since(1),
    coordinatorKeys: array(string).since(4).default([]),
  },
  response: {
    throttleTimeMs: throttle.since(1),
    errorCode: error.until(3),
    errorMessage: string.nullable().since(1).until(3).default(null),
    nodeId: int32.until(3),
    host: string.until(3),
    port: int32.until(3),
    coordinators: array({
      key: string,
      nodeId: int32,
      host: string,
      port: int32,
      errorCode: error,
      errorMessage: string.nullable().default(null),
    })
      .since(4)
      .default([]),
  },
});

/** What a key may be of. */
const KEY_KINDS = ['group', 'transaction'] as const;
/** The shares of later versions are known to version 6 and coordinated by nobody. */
const SHARE = 2;

export const findCoordinator = findCoordinatorApi.handler({
  handle(request, call) {
    const keys = call.version >= 4 ? request.coordinatorKeys : [request.key];
    const coordinators = keys.map((key) =>
      attempt(
        () => coordinatorOf(request.keyType, key, call),
        (errorCode, message) => nowhere(key, errorCode, message),
      ),
    );
    // Since version 4 no more is said than the code.
    return answer(call.version >= 4 ? coordinators.map((one) => ({ ...one, errorMessage: '' })) : coordinators);
  },
  fail(request, errorCode, errorMessage) {
    const keys = request.coordinatorKeys.length > 0 ? request.coordinatorKeys : [request.key];
    return answer(keys.map((key) => nowhere(key, errorCode, errorMessage)));
  },
});

interface Coordinator {
  readonly key: string;
  readonly errorCode: ErrorName;
  readonly errorMessage: string | null;
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
}

function coordinatorOf(keyType: number, key: string, call: Call<never>): Coordinator {
  const kind = KEY_KINDS[keyType];
  if (keyType === SHARE && call.version >= 6) {
    return nowhere(key, 'COORDINATOR_NOT_AVAILABLE', 'nobody coordinates share groups here');
  }
  if (!kind) return nowhere(key, 'INVALID_REQUEST', `key type ${keyType} is not known`);
  call.demand('describe', kind === 'group' ? 'group' : 'transactionalId', key);
  const nodeId = call.broker.cluster.coordinatorOf(kind, key);
  const address = nodeId < 0 ? undefined : call.address(nodeId);
  if (!address) return nowhere(key, 'COORDINATOR_NOT_AVAILABLE', `no node coordinates ${kind} '${key}' at present`);
  return { key, errorCode: 'NONE', errorMessage: 'NONE', nodeId, ...address };
}

function nowhere(key: string, errorCode: ErrorName, errorMessage: string): Coordinator {
  return { key, errorCode, errorMessage, nodeId: -1, host: '', port: -1 };
}

/** One coordinator on top of the answer, as old versions want it, and all of them in a list. */
function answer(coordinators: readonly Coordinator[]) {
  const [first = nowhere('', 'INVALID_REQUEST', 'no key was given')] = coordinators;
  const { key: _, ...fields } = first;
  return { ...fields, coordinators };
}
