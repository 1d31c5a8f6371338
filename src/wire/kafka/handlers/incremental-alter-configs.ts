import { alterEach } from '../config-access.js';
import { array, boolean, error, int8, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_IncrementalAlterConfigs */
export const incrementalAlterConfigsApi = defineApi({
  name: 'IncrementalAlterConfigs',
  key: 44,
  versions: [0, 1],
  flexibleSince: 1,
  offered: { standard: [0, 1], lean: [0, 1] },
  request: {
    resources: array({
      resourceType: int8,
      resourceName: string,
      configs: array({
        name: string,
        configOperation: int8,
        value: string.nullable(),
      }),
    }),
    validateOnly: boolean,
  },
  response: {
    throttleTimeMs: throttle,
    responses: array({
      errorCode: error,
      errorMessage: string.nullable().default(null),
      resourceType: int8,
      resourceName: string,
    }),
  },
});

export const incrementalAlterConfigs = incrementalAlterConfigsApi.handler({
  handle(request, call) {
    const { configAdmin } = call.broker;
    return {
      responses: alterEach(
        request.resources,
        call,
        ({ configs }) => configs.map(({ configOperation, ...change }) => ({ ...change, operation: configOperation })),
        (asked, changes) => configAdmin.edit(asked, changes, request.validateOnly, call.nodeId),
      ),
    };
  },
  fail: (request, errorCode, errorMessage) => ({
    responses: request.resources.map(({ resourceType, resourceName }) => ({
      resourceType,
      resourceName,
      errorCode,
      errorMessage,
    })),
  }),
});
