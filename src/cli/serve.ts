import { type Broker, type BrokerUrls, createBroker } from '../broker.js';
import { afterRealTime } from '../core/clock.js';
import { BrokerError } from '../core/errors.js';
import type { ServeCommand } from './options.js';
import { UsageError } from './usage.js';

/** What the command needs of its process; tests bring their own. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Calls `fn` at every such signal. */
  readonly onSignal: (name: 'SIGINT' | 'SIGTERM' | 'SIGHUP', fn: () => void) => void;
  readonly exit: (code: number) => void;
}

const DAY_MS = 24 * 3_600_000;

/**
 * Starts a broker, says where it is, and stops it on SIGINT or SIGTERM; SIGHUP restarts it on the same ports.
 *
 * @throws UsageError when a port or a directory cannot be had, or a broker refuses what it is told
 */
export async function serve(command: ServeCommand, terminal: Terminal): Promise<Broker> {
  const broker = await start(command);
  // Sockets of a broker hold no process open, so this does.
  let stopStaying = () => {};
  const stay = () => {
    stopStaying = afterRealTime(DAY_MS, stay);
  };
  stay();
  broker.on('error', (error) => terminal.err(`tribroker: ${error instanceof Error ? error.stack : String(error)}\n`));
  let stopping = false;
  const stop = () => {
    if (stopping) return terminal.exit(0);
    stopping = true;
    stopStaying();
    broker.close().then(
      () => terminal.exit(0),
      () => terminal.exit(0),
    );
  };
  terminal.onSignal('SIGINT', stop);
  terminal.onSignal('SIGTERM', stop);
  terminal.onSignal('SIGHUP', () => {
    broker.restart().then(
      () => terminal.err('tribroker: restarted\n'),
      (error) => terminal.err(`tribroker: ${error}\n`),
    );
  });
  terminal.out(command.json ? `${JSON.stringify(readyLine(broker.urls))}\n` : banner(broker.urls));
  return broker;
}

/** Makes the topics that are not there already, then listens. */
async function start({ options, topics }: ServeCommand): Promise<Broker> {
  let broker: Broker | undefined;
  try {
    broker = createBroker(options);
    for (const { name, partitions } of topics) {
      if (!broker.kafka.topic(name).exists) broker.kafka.createTopic(name, { partitions });
    }
    return await broker.listen(options);
  } catch (error) {
    await broker?.close();
    if (error instanceof BrokerError) throw new UsageError(error.message, { cause: error });
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UsageError(`cannot start: ${message}`, { cause: error });
  }
}

/** The line that `--json` prints. */
function readyLine({ kafka, amqp, redis, inspector }: BrokerUrls) {
  return { kafka, amqp, redis, http: inspector };
}

function banner({ kafka, amqp, redis, inspector }: BrokerUrls): string {
  return [
    `  kafka  ${kafka}`,
    `  amqp   ${amqp}  (guest / guest)`,
    `  redis  ${redis}`,
    `  http   ${inspector}  (Ctrl-C to stop)`,
    '',
    `export KAFKA_BROKERS=${kafka}`,
    `export AMQP_URL=${amqp}`,
    `export REDIS_URL=${redis}`,
    '',
  ].join('\n');
}
