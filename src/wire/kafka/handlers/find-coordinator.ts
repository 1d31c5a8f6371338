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
