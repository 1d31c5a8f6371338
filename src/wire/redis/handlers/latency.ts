/**
 * The LATENCY container. Only DEBUG SLEEP takes the broker's time: every call stands in the histogram's first place.
 *
 * Not done: GRAPH draws nothing, DOCTOR has no advice.
 *
 * @see https://redis.io/docs/latest/commands/?group=server
 */
import { RedisError } from '../../../models/redis/index.js';
import { type Command, command } from '../handler.js';
import type { LatencySample } from '../latency-monitor.js';
import { array, bulk, cString, integer, map, verbatim } from '../reply.js';
import type { Session } from '../session.js';
import { withHelp } from './help.js';

const DISABLED =
  "I'm sorry, Dave, I can't do that. Latency monitoring is disabled in this Redis instance. You may use " +
  '"CONFIG SET latency-monitor-threshold <milliseconds>." in order to enable it. If we weren\'t in a deep space mission ' +
  "I'd suggest to take a look at https://redis.io/topics/latency-monitor.\n";
const NOTHING_SEEN =
  'Dave, no latency spike was observed during the lifetime of this Redis instance, not in the slightest bit. I ' +
  'honestly think you ought to sit down calmly, take a stress pill, and think things over.\n';

function doctor(client: Session): string {
  const watching = client.door.broker.config.number('latency-monitor-threshold') > 0;
  return verbatim(watching ? NOTHING_SEEN : DISABLED, client.protocol);
}

/** Each event: when it was last seen, how long it took then, and at most. */
function latest({ door }: Session): string {
  const { latency } = door;
  return array(
    latency.events.map((event) => {
      const last = latency.samples(event).at(-1) as LatencySample;
      const numbers = [last.atSeconds, last.durationMs, latency.longestMs(event)];
      return array([bulk(event), ...numbers.map(integer)]);
    }),
  );
}

function history({ door }: Session, args: readonly string[]): string {
  const samples = door.latency.samples(args[2] as string);
  return array(samples.map(({ atSeconds, durationMs }) => array([integer(atSeconds), integer(durationMs)])));
}

function reset({ door }: Session, args: readonly string[]): string {
  const events = args.length > 2 ? args.slice(2) : door.latency.events;
  return integer(events.filter((event) => door.latency.forget(event)).length);
}

function graph(_client: Session, args: readonly string[]): never {
  throw new RedisError(`ERR No samples available for event '${cString(args[2] as string)}'`);
}

/** Calls by command; a container stands for its subcommands. */
function histogram(client: Session, args: readonly string[]): string {
  const { protocol, door } = client;
  const asked = args.slice(2).map((name) => name.toLowerCase());
  const isAsked = (name: string) =>
    asked.length === 0 || asked.includes(name) || asked.includes(name.split('|')[0] as string);
  const called = [...door.stats.byCommand].filter(([name, { calls }]) => calls > 0 && isAsked(name));
  const histograms = called.map(([name, { calls }]): [string, string] => [
    bulk(name),
    map(
      [
        [bulk('calls'), integer(calls)],
        [bulk('histogram_usec'), map([[integer(1), integer(calls)]], protocol)],
      ],
      protocol,
    ),
  ]);
  return map(histograms, protocol);
}

export const latencyCommand: Command = command('latency -2', {
  subcommands: withHelp([
    command('latency|latest 2 alst', latest),
    command('latency|reset -2 alst', reset),
    command('latency|doctor 2 alst', doctor),
    command('latency|graph 3 alst', graph),
    command('latency|history 3 alst', history),
    command('latency|histogram -2 alst', histogram),
  ]),
});
