import { array, boolean, error, int16, int64, string, throttle } from '../field.js';
import { defineApi, offeredApis, type Profile } from '../handler.js';
import type { Writer } from '../writer.js';

export const API_VERSIONS_KEY = 18;

/** @see https://kafka.apache.org/protocol#The_Messages_ApiVersions */
export const apiVersionsApi = defineApi({
  name: 'ApiVersions',
  key: API_VERSIONS_KEY,
  versions: [0, 4],
  flexibleSince: 3,
  offered: { standard: [0, 4], lean: [0, 3] },
  plainResponseHeader: true,
  request: {
    clientSoftwareName: string.since(3),
    clientSoftwareVersion: string.since(3),
  },
  response: {
    errorCode: error,
    apiKeys: array({
      apiKey: int16,
      minVersion: int16,
      maxVersion: int16,
    }),
    throttleTimeMs: throttle.since(1),
    supportedFeatures: array({
      name: string,
      minVersion: int16,
      maxVersion: int16,
    })
      .since(3)
      .tag(0),
    finalizedFeaturesEpoch: int64.since(3).default(-1).tag(1),
    finalizedFeatures: array({
      name: string,
      maxVersionLevel: int16,
      minVersionLevel: int16,
    })
      .since(3)
      .tag(2),
    zkMigrationReady: boolean.since(3).tag(3),
  },
});

export const apiVersions = apiVersionsApi.handler({
  handle(request, call) {
    if (call.version >= 3) {
      const { clientSoftwareName: name, clientSoftwareVersion: version } = request;
      if (!isSoftwareName(name) || !isSoftwareName(version)) return { errorCode: 'INVALID_REQUEST', apiKeys: [] };
      call.clientSoftware = { name, version };
    }
    call.authentication.versionsTold();
    return { apiKeys: call.offered };
  },
  fail: (_request, errorCode) => ({ errorCode, apiKeys: [] }),
});

/**
 * The answer to a version that is not on offer: in version 0, with the range of ApiVersions alone. Clients ask again
 * in a version of it.
 */
export function unsupportedVersion(writer: Writer, profile: Profile): void {
  const apiKeys = offeredApis([apiVersionsApi], profile);
  apiVersionsApi.codec(0).response.write(writer, { errorCode: 'UNSUPPORTED_VERSION', apiKeys });
}

function isSoftwareName(text: string): boolean {
  return /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/.test(text);
}
