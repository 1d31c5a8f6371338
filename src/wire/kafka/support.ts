import type { VersionRange } from './handler.js';
import { HANDLERS } from './handlers/index.js';

/** What the door serves of one API. */
export interface SupportedApi {
  readonly name: string;
  readonly key: number;
  readonly standard: VersionRange;
  /** Undefined when the lean profile leaves it out. */
  readonly lean: VersionRange | undefined;
}

/** Every API that is served, by key: what the table in the README is made from. */
export function supportedApis(): SupportedApi[] {
  return HANDLERS.map(({ api }) => ({
    name: api.name,
    key: api.key,
    standard: served(api.offered('standard'), api.definition.versions) as VersionRange,
    lean: served(api.offered('lean'), api.definition.versions),
  })).sort((a, b) => a.key - b.key);
}

/** Versions that are offered for the sake of old clients, but not described, are refused. */
function served(offered: VersionRange | undefined, described: VersionRange): VersionRange | undefined {
  return offered && [Math.max(offered[0], described[0]), Math.min(offered[1], described[1])];
}
