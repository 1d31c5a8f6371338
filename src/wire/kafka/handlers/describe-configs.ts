import { attempt } from '../attempt.js';
import { checkResourceTypes, demandConfigAccess } from '../config-access.js';
import { array, boolean, error, int8, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_DescribeConfigs */
export const describeConfigsApi = defineApi({
  name: 'DescribeConfigs',
  key: 32,
  versions: [1, 4],
  flexibleSince: 4,
  offered: { standard: [1, 4], lean: [1, 4] },
  request: {
    resources: array({
      resourceType: int8,
      resourceName: string,
      configurationKeys: array(string).nullable(),
    }),
    includeSynonyms: boolean,
    includeDocumentation: boolean.since(3),
  },
  response: {
    throttleTimeMs: throttle,
    results: array({
      errorCode: error,
      errorMessage: string.nullable().default(null),
      resourceType: int8,
      resourceName: string,
      configs: array({
        name: string,
        value: string.nullable(),
        readOnly: boolean,
        configSource: int8.default(-1),
        isSensitive: boolean,
        synonyms: array({
          name: string,
          value: string.nullable(),
          source: int8,
        }),
        configType: int8.since(3),
        documentation: string.nullable().since(3),
      }),
    }),
  },
});

export const describeConfigs = describeConfigsApi.handler({
  handle(request, call) {
    checkResourceTypes(request.resources);
    return {
      results: request.resources.map(({ resourceType, resourceName, configurationKeys }) => {
        const resource = { resourceType, resourceName };
        // None asked for stands for all.
        const names = configurationKeys?.length === 0 ? null : configurationKeys;
        return attempt(
          () => {
            demandConfigAccess(call, 'describeConfigs', resourceType, resourceName);
            const asked = { type: resourceType, name: resourceName };
            return {
              ...resource,
              errorCode: 'NONE' as const,
              errorMessage: '',
              configs: call.broker.configAdmin.describe(asked, names, call.nodeId).map((setting) => ({
                name: setting.name,
                value: setting.value,
                readOnly: setting.readOnly,
                configSource: setting.source,
                isSensitive: setting.sensitive,
                synonyms: request.includeSynonyms ? setting.synonyms : [],
                configType: setting.type,
                documentation: null,
              })),
            };
          },
          (errorCode, message) => ({
            ...resource,
            errorCode,
            errorMessage: errorCode === 'UNKNOWN_TOPIC_OR_PARTITION' ? '' : message,
            configs: [],
          }),
        );
      }),
    };
  },
  fail: (request, errorCode, errorMessage) => ({
    results: request.resources.map(({ resourceType, resourceName }) => ({
      resourceType,
      resourceName,
      errorCode,
      errorMessage,
      configs: [],
    })),
  }),
});
