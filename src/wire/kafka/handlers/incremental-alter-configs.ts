import { KafkaError } from '../../../models/kafka/index.js';
import { attempt } from '../attempt.js';
import { demandConfigAccess, keyOfResource as keyOf, TWICE } from '../config-access.js';
import { array, boolean, error, int8, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';
import { repeated } from '../repeated.js';

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
    const twice = repeated(request.resources.map(keyOf));
    return {
      responses: request.resources.map((resource) => {
        const { resourceType, resourceName, configs } = resource;
        return attempt(
          () => {
            if (twice.has(keyOf(resource))) throw new KafkaError('INVALID_REQUEST', TWICE);
            demandConfigAccess(call, 'alterConfigs', resourceType, resourceName);
            const changes = configs.map(({ configOperation, ...change }) => ({
              ...change,
              operation: configOperation,
            }));
            const asked = { type: resourceType, name: resourceName };
            call.broker.configAdmin.edit(asked, changes, request.validateOnly, call.nodeId);
            return { resourceType, resourceName, errorCode: 'NONE' as const };
          },
          (errorCode, errorMessage) => ({ resourceType, resourceName, errorCode, errorMessage }),
        );
      }),
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
