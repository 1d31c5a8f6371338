import { CONFIG_OPERATIONS } from '../../../models/kafka/index.js';
import { alterEach } from '../config-access.js';
import { array, boolean, error, int8, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_AlterConfigs */
export const alterConfigsApi = defineApi({
  name: 'AlterConfigs',
  key: 33,
  versions: [0, 2],
  flexibleSince: 2,
  offered: { standard: [0, 2], lean: [0, 2] },
  request: {
    resources: array({
      resourceType: int8,
      resourceName: string,
      configs: array({
        name: string,
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

export const alterConfigs = alterConfigsApi.handler({
  handle(request, call) {
    const { configAdmin } = call.broker;
    return {
      responses: alterEach(
        request.resources,
        call,
        ({ configs }) => configs.map((setting) => ({ ...setting, operation: CONFIG_OPERATIONS.set })),
        (asked, changes) => configAdmin.replace(asked, changes, request.validateOnly, call.nodeId),
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
