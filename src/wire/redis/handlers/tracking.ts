/**
 * CLIENT TRACKING, CACHING, GETREDIR and TRACKINGINFO.
 *
 * @see https://redis.io/docs/latest/commands/client-tracking/
 */
import { RedisError, SYNTAX_ERROR } from '../../../models/redis/index.js';
import { type Command, command } from '../handler.js';
import { bulk, bulks, cString, integer, map, OK, set } from '../reply.js';
import { strictInteger } from '../request-parser.js';
import type { Session } from '../session.js';
import type { TrackingOptions } from '../tracking.js';

/** @throws RedisError */
function readOptions(client: Session, args: readonly string[]): TrackingOptions {
  let redirect = 0;
  const prefixes: string[] = [];
  const words = new Set<string>();
  for (let i = 3; i < args.length; i++) {
    const word = (args[i] as string).toLowerCase();
    const value = args[i + 1];
    if (word === 'redirect' && value !== undefined) {
      if (redirect !== 0) throw new RedisError('ERR A client can only redirect to a single other client');
      const id = strictInteger(value);
      if (id === undefined) throw new RedisError('ERR value is not an integer or out of range');
      if (!client.door.sessions.has(id)) throw new RedisError('ERR The client ID you want redirect to does not exist');
      redirect = id;
      i++;
    } else if (word === 'prefix' && value !== undefined) {
      prefixes.push(value);
      i++;
    } else if (['bcast', 'optin', 'optout', 'noloop'].includes(word)) words.add(word);
    else throw new RedisError(SYNTAX_ERROR);
  }
  return {
    redirect,
    prefixes,
    bcast: words.has('bcast'),
    optIn: words.has('optin'),
    optOut: words.has('optout'),
    noLoop: words.has('noloop'),
  };
}

const SWITCH_FIRST = 'before disabling tracking for this client, and then re-enabling it with a different mode.';

/** What cannot be asked for together, or not after what was asked for before. @throws RedisError */
function checkOptions({ tracking }: Session, { bcast, optIn, optOut, prefixes }: TrackingOptions): void {
  if (!bcast && prefixes.length > 0) throw new RedisError('ERR PREFIX option requires BCAST mode to be enabled');
  if (tracking && tracking.bcast !== bcast) {
    throw new RedisError(`ERR You can't switch BCAST mode on/off ${SWITCH_FIRST}`);
  }
  if (bcast && (optIn || optOut)) throw new RedisError('ERR OPTIN and OPTOUT are not compatible with BCAST');
  if (optIn && optOut) throw new RedisError("ERR You can't specify both OPTIN mode and OPTOUT mode");
  if ((optIn && tracking?.optOut) || (optOut && tracking?.optIn)) {
    throw new RedisError(`ERR You can't switch OPTIN/OPTOUT mode ${SWITCH_FIRST}`);
  }
  prefixes.forEach((prefix, i) => {
    checkOverlap(prefix, tracking?.prefixes ?? [], 'an existing prefix');
    checkOverlap(prefix, prefixes.slice(i + 1), 'another provided prefix');
  });
}

function checkOverlap(prefix: string, others: readonly string[], what: string): void {
  const other = others.find((one) => one.startsWith(prefix) || prefix.startsWith(one));
  if (other === undefined) return;
  throw new RedisError(
    `ERR Prefix '${cString(prefix)}' overlaps with ${what} '${cString(other)}'. Prefixes for a single client must not ` +
      'overlap.',
  );
}

function tracking(client: Session, args: readonly string[]): string {
  const options = readOptions(client, args);
  const word = (args[2] as string).toLowerCase();
  if (word === 'off') client.door.tracking.disable(client);
  else if (word !== 'on') throw new RedisError(SYNTAX_ERROR);
  else {
    checkOptions(client, options);
    const everyKey = options.bcast && options.prefixes.length === 0;
    client.door.tracking.enable(client, everyKey ? { ...options, prefixes: [''] } : options);
  }
  return OK;
}

function caching({ tracking: state }: Session, args: readonly string[]): string {
  if (!state) {
    throw new RedisError(
      'ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled',
    );
  }
  const word = (args[2] as string).toUpperCase();
  if (word !== 'YES' && word !== 'NO') throw new RedisError(SYNTAX_ERROR);
  const [enabled, mode] = word === 'YES' ? [state.optIn, 'OPTIN'] : [state.optOut, 'OPTOUT'];
  if (!enabled)
    throw new RedisError(`ERR CLIENT CACHING ${word} is only valid when tracking is enabled in ${mode} mode.`);
  state.caching = true;
  return OK;
}

function trackingInfo({ tracking: state, protocol }: Session): string {
  const flags: Array<readonly [word: string, on: boolean | undefined]> = [
    [state ? 'on' : 'off', true],
    ['bcast', state?.bcast],
    ['optin', state?.optIn],
    ['caching-yes', state?.optIn && state.caching],
    ['optout', state?.optOut],
    ['caching-no', state?.optOut && state.caching],
    ['noloop', state?.noLoop],
    ['broken_redirect', state?.brokenRedirect],
  ];
  const words = flags.filter(([, on]) => on).map(([word]) => bulk(word));
  return map(
    [
      [bulk('flags'), set(words, protocol)],
      [bulk('redirect'), integer(state?.redirect ?? -1)],
      [bulk('prefixes'), bulks(state?.prefixes ?? [])],
    ],
    protocol,
  );
}

const sub = (shape: string, run: NonNullable<Command['run']>) => command(shape, { categories: ['connection'], run });

export const trackingSubcommands: readonly Command[] = [
  sub('client|tracking -3 lst', tracking),
  sub('client|trackinginfo 2 lst', trackingInfo),
  sub('client|getredir 2 lst', (client) => integer(client.tracking?.redirect ?? -1)),
  sub('client|caching 3 lst', caching),
];
