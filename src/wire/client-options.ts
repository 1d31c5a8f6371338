import type { PipeEnd } from './pipe.js';

/** How clients that take a stream are given one that needs no port. */
export interface MemoryOption {
  /** Connect inside the process; the broker need not listen. Default false. */
  readonly memory?: boolean;
}

/** What `new Kafka(...)` of kafkajs takes. */
export interface KafkajsOptions {
  brokers: string[];
  /** 0: nothing is logged. */
  logLevel: number;
  retry: { initialRetryTime: number; retries: number };
  socketFactory?: (target: { host: string; port: number; onConnect: () => void }) => never;
}

/** What `new Redis(...)` of ioredis takes. */
export interface IoredisOptions {
  host?: string;
  port?: number;
  Connector?: never;
  /** Milliseconds until the next try. */
  retryStrategy: (times: number) => number;
}

/** Options of real clients, to be passed on as they are or spread into more. */
export interface ClientOptions {
  /** @throws BrokerError NOT_LISTENING without a port, unless `memory` is set */
  kafkajs(options?: MemoryOption): KafkajsOptions;
  /** @throws BrokerError NOT_LISTENING without a port, unless `memory` is set */
  ioredis(options?: MemoryOption): IoredisOptions;
  /**
   * What `amqplib.connect(url, options)` takes second. Without `noDelay` one message at a time waits 40 ms for the
   * acknowledgement of the one before.
   */
  amqplib(): { noDelay: true };
}

interface Reached {
  readonly nodeIds: readonly number[];
  readonly urls: () => { readonly kafka: string; readonly redis: string };
  readonly connect: (nodeId?: number) => PipeEnd;
}

const RETRY_MS = 10;

/** The options of clients of one broker. */
export function createClientOptions(broker: Reached): ClientOptions {
  return {
    kafkajs: ({ memory = false } = {}) => ({
      brokers: memory ? nodeAddresses(broker.nodeIds) : broker.urls().kafka.split(','),
      logLevel: 0,
      retry: { initialRetryTime: RETRY_MS, retries: 3 },
      ...(memory && { socketFactory: kafkajsSocketFactory(broker) as never }),
    }),
    ioredis: ({ memory = false } = {}) => ({
      ...(memory ? { Connector: ioredisConnector(broker) as never } : hostAndPort(broker.urls().redis)),
      retryStrategy: () => RETRY_MS,
    }),
    amqplib: () => ({ noDelay: true }),
  };
}

function nodeAddresses(nodeIds: readonly number[]): string[] {
  return nodeIds.map((nodeId) => `memory:${nodeId}`);
}

function hostAndPort(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) };
}

function kafkajsSocketFactory(broker: Reached) {
  return ({ port, onConnect }: { port: number; onConnect: () => void }) =>
    broker.connect(port).once('connect', onConnect);
}

/** ioredis makes one for each client and asks it for a stream whenever it connects. */
function ioredisConnector(broker: Reached) {
  return class MemoryConnector {
    stream: PipeEnd | undefined;

    check(): boolean {
      return true;
    }

    async connect(): Promise<PipeEnd> {
      this.stream = broker.connect();
      return this.stream;
    }

    disconnect(): void {
      this.stream?.end();
    }
  };
}
