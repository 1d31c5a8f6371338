/** Runs a program on a broker, and says after each operation what every channel saw and how long every queue is. */
import { AmqpWorld, type PeerItem } from '../helpers/amqp-wire.js';
import { AmqpClient, type MethodItem, show, shown } from './amqp-client.js';
import { inspect } from './amqp-inspection.js';
import type { ChannelPlan, Operation, Program, Settle, Table } from './amqp-program.js';

/** A broker that programs run on. */
export interface Site {
  connect(): Promise<AmqpClient>;
  wait(ms: number): Promise<void>;
  /** Asks the management API. @returns the body of the answer */
  management(method: string, path: string, body?: unknown): Promise<unknown>;
  /** Whether its queues and channels run side by side, so that one has to wait for them. */
  readonly isConcurrent: boolean;
}

export function rabbitAt(port: number): Site {
  return {
    connect: () => AmqpClient.connect(port),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    management: async (method, path, body) => {
      const headers = {
        authorization: `Basic ${Buffer.from('guest:guest').toString('base64')}`,
        'content-type': 'application/json',
      };
      const request = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
      const ask = () => fetch(`http://127.0.0.1:${port + MANAGEMENT_PORT_OFFSET}${path}`, request);
      let answer = await ask();
      // RabbitMQ trips over queues of other programs that go while it lists them.
      for (let again = 0; answer.status >= 500 && method === 'GET' && again < 20; again++) answer = await ask();
      const text = await answer.text();
      return text === '' ? '' : JSON.parse(text);
    },
    isConcurrent: true,
  };
}

export function tribroker(): Site {
  const world = new AmqpWorld();
  return {
    connect: () => AmqpClient.inside(world),
    wait: async (ms) => world.advance(ms),
    management: async (method, path, body) => (await world.http(method, path, body)).body,
    isConcurrent: false,
  };
}

/** From a broker's AMQP port to that of its management API, as 5672 to 15672. */
const MANAGEMENT_PORT_OFFSET = 10_000;

/** @returns a text for each operation */
export async function run(program: Program, site: Site): Promise<string[]> {
  const runner = new Runner(program, site);
  const lines: string[] = [];
  try {
    await runner.prepare();
    for (const operation of program.operations) lines.push(await runner.step(operation));
  } finally {
    await runner.clean();
  }
  return lines;
}

/** How often nothing new is seen before replicated queues are taken to be done. */
const CALM_LOOKS = 2;
/** Its connection is cut, so that it stands for nothing. */
const CUT_CHANNEL = 99;
/** A replicated queue beside those of the program: what it confirms was logged behind all that they were told before; behind this comes the prefix. */
const LOG_QUEUE = 'log.';

/** Names that a broker makes up. */
const MADE_UP = /(amq\.gen-|amq\.ctag-|amq\.rabbitmq\.reply-to\.)[\w+/=.-]{20,}/g;

interface Unsettled {
  readonly tag: number;
  /** What tells it from others whatever its tag. */
  readonly key: string;
}

/** A channel of the program, open or not. */
class ChannelState {
  readonly plan: ChannelPlan;
  readonly number: number;
  unsettled: Unsettled[] = [];
  /** Settled in the transaction that runs. */
  held: Unsettled[] = [];
  unconfirmed: number[] = [];
  published = 0;
  consumers: string[] = [];
  /** The queue of each consumer, and whether it acks. */
  readonly queueOf = new Map<string, { readonly queue: string; readonly noAck: boolean }>();
  /** The number of each publish that waits for its confirm, by its body. */
  readonly numberOf = new Map<string, number>();
  /** What it got last. */
  last: MethodItem | undefined;

  constructor(plan: ChannelPlan, number: number) {
    this.plan = plan;
    this.number = number;
  }

  reset(): void {
    this.unsettled = [];
    this.held = [];
    this.unconfirmed = [];
    this.published = 0;
    this.consumers = [];
    this.queueOf.clear();
    this.numberOf.clear();
    this.last = undefined;
  }

  consumes(tag: string, queue: string, noAck: boolean): void {
    this.consumers.push(tag);
    this.queueOf.set(tag, { queue, noAck });
  }
}

class Runner {
  readonly #program: Program;
  readonly #site: Site;
  readonly #clients: Array<AmqpClient | undefined> = [];
  readonly #channels: readonly ChannelState[];
  #control!: AmqpClient;
  /** Where the last request that came wants its reply. */
  #replyTo: string | undefined;

  constructor(program: Program, site: Site) {
    this.#program = program;
    this.#site = site;
    this.#channels = program.channels.map((plan, i) => new ChannelState(plan, i + 1));
  }

  async prepare(): Promise<void> {
    this.#control = await this.#site.connect();
    await this.#control.call(1, 'channel.open');
    if (this.#program.isReplicated && this.#site.isConcurrent) {
      const args = { 'x-queue-type': 'quorum', 'x-max-length': 1 };
      await this.#control.call(1, 'queue.declare', declaration(this.#logQueue, args));
      await this.#control.call(1, 'confirm.select');
    }
    const { exchanges, queues, bindings } = this.#program;
    for (const exchange of exchanges.keys()) await this.#control.call(1, 'exchange.declare', this.#exchange(exchange));
    for (const queue of queues.keys()) await this.#control.call(1, 'queue.declare', this.#queue(queue));
    for (const { queue, exchange, key } of bindings) {
      await this.#control.call(1, 'queue.bind', { queue, exchange, routingKey: key });
    }
  }

  async clean(): Promise<void> {
    for (const client of this.#clients) if (client?.isOpen) await client.call(0, 'connection.close');
    const control = this.#control;
    if (!control.openChannels.has(1)) await control.call(1, 'channel.open');
    for (const queue of [...this.#program.queues.keys(), this.#logQueue]) {
      await control.call(1, 'queue.delete', { queue });
    }
    for (const exchange of this.#program.exchanges.keys()) await control.call(1, 'exchange.delete', { exchange });
    const policies = new Set(
      this.#program.operations.flatMap((each) => (each.do === 'policy' ? [`${each.operator} ${each.name}`] : [])),
    );
    for (const [operator, name] of [...policies].map((each) => each.split(' ') as [string, string])) {
      await this.#setPolicy(operator === 'true', name, undefined);
    }
    for (const client of [...this.#clients, control]) client?.close();
  }

  async step(operation: Operation): Promise<string> {
    const channel = this.#channels[operation.channel] as ChannelState;
    const client = await this.#open(channel);
    const answers = await this.#act(client, channel, operation);
    if (this.#program.waitMs > 0) await this.#site.wait(this.#program.waitMs);
    const counts = await this.#settledCounts();
    const seen = this.#channels.flatMap((each) => this.#seen(each));
    return [...answers, ...seen, counts].join('\n    ').replaceAll(MADE_UP, '$1*');
  }

  /** Counts, asked for until nothing has come for a while where queues answer before they are done. */
  async #settledCounts(): Promise<string> {
    const look = async () => {
      const counts = await this.#counts();
      await Promise.all(this.#channels.map((each) => this.#syncTwice(each)));
      return counts;
    };
    let counts = await look();
    if (!this.#program.isReplicated || !this.#site.isConcurrent) return counts;
    const eventCount = () => this.#clients.reduce((sum, client) => sum + (client?.events.length ?? 0), 0);
    for (let calm = 0, events = eventCount(); calm < CALM_LOOKS; calm++) {
      await this.#passLog();
      const next = await look();
      if (next !== counts || eventCount() !== events) calm = -1;
      counts = next;
      events = eventCount();
    }
    return counts;
  }

  get #logQueue(): string {
    return LOG_QUEUE + this.#program.prefix;
  }

  async #passLog(): Promise<void> {
    const control = this.#control;
    control.publish(1, { exchange: '', routingKey: this.#logQueue }, {}, '');
    while (!control.takeEvents().some(({ name }) => name === 'basic.ack')) await control.call(1, 'basic.qos');
  }

  /** Waits until a channel has done what it does not answer. @returns the error if it was one */
  async #unanswered(client: AmqpClient, { number }: ChannelState): Promise<string[]> {
    const answer = await this.#sync(client, number);
    return answer.startsWith('exchange.declare-ok') ? [] : [answer];
  }

  /** A channel answers this after all that it was told before; behind this comes the prefix. */
  #sync(client: AmqpClient, channel: number): Promise<string> {
    return client.call(channel, 'exchange.declare', { exchange: 'amq.direct', type: 'direct', passive: true });
  }

  /** Confirms leave a channel after the answer that it was busy with. */
  async #syncTwice(channel: ChannelState): Promise<void> {
    const client = this.#clients[channel.plan.connection];
    if (!client?.openChannels.has(channel.number)) return;
    const args = { exchange: 'amq.direct', type: 'direct', passive: true };
    const first = client.ask(channel.number, 'exchange.declare', args);
    if (this.#site.isConcurrent) await client.ask(channel.number, 'exchange.declare', args);
    await first;
  }

  async #open(channel: ChannelState): Promise<AmqpClient> {
    const at = channel.plan.connection;
    let client = this.#clients[at];
    if (!client?.isOpen) {
      client = await this.#site.connect();
      this.#clients[at] = client;
    }
    if (client.openChannels.has(channel.number)) return client;
    channel.reset();
    await client.call(channel.number, 'channel.open');
    if (channel.plan.mode === 'confirm') await client.call(channel.number, 'confirm.select');
    if (channel.plan.mode === 'tx') await client.call(channel.number, 'tx.select');
    return client;
  }

  /** Messages and consumers of each queue. */
  async #counts(): Promise<string> {
    const control = this.#control;
    const queues = [...this.#program.queues.keys()];
    // A queue that has gone ends the channel, so that each is asked on a channel of its own.
    const ask = async (queue: string, number: number): Promise<PeerItem> => {
      if (!control.openChannels.has(number)) await control.ask(number, 'channel.open');
      return control.ask(number, 'queue.declare', { queue, passive: true });
    };
    // Once for what the operation did, and once more for each queue that a message may die through.
    const rounds = this.#site.isConcurrent && !this.#program.isReplicated ? this.#program.hops + 2 : 1;
    let answers: PeerItem[] = [];
    for (let round = 0; round < rounds; round++) {
      answers = await Promise.all(queues.map((queue, i) => ask(queue, i + 2)));
    }
    // A stream tells its length of some seconds ago.
    const isStream = (at: number) => this.#program.queues.get(queues[at] as string)?.['x-queue-type'] === 'stream';
    return answers.map((answer, i) => (isStream(i) ? '-' : countsOf(answer))).join(' ');
  }

  async #act(client: AmqpClient, channel: ChannelState, operation: Operation): Promise<string[]> {
    const call = (name: string, args: Record<string, unknown> = {}) => client.call(channel.number, name, args);
    switch (operation.do) {
      case 'publish':
        for (const { body, mandatory, immediate, props } of operation.messages) {
          const { exchange, key } = operation;
          if (!client.openChannels.has(channel.number)) break;
          this.#publish(client, channel, { exchange, routingKey: key, mandatory, immediate }, props, body);
        }
        return this.#unanswered(client, channel);
      case 'republish': {
        const { exchange, key: routingKey } = operation;
        const { props = {}, body = '' } = channel.last ?? {};
        this.#publish(client, channel, { exchange, routingKey }, props, body);
        return this.#unanswered(client, channel);
      }
      case 'reply':
        if (this.#replyTo === undefined) return [];
        this.#publish(client, channel, { routingKey: this.#replyTo, mandatory: operation.mandatory }, {}, 'reply');
        return this.#unanswered(client, channel);
      case 'get':
        return Promise.all(Array.from({ length: operation.times }, () => this.#get(client, channel, operation)));
      case 'consume': {
        const { queue, tag, noAck, exclusive, args } = operation;
        const answer = await call('basic.consume', { queue, consumerTag: tag, noAck, exclusive, args });
        if (answer.startsWith('basic.consume-ok')) channel.consumes(tag, queue, noAck);
        return [answer];
      }
      case 'cancel': {
        const mayGo = channel.consumers.filter((tag) => !this.#isSingleActive(channel.queueOf.get(tag)?.queue));
        const tag = mayGo[operation.pick % Math.max(1, mayGo.length)];
        if (tag === undefined) return [];
        channel.consumers.splice(channel.consumers.indexOf(tag), 1);
        return [await call('basic.cancel', { consumerTag: tag })];
      }
      case 'qos':
        return [await call('basic.qos', { prefetchCount: operation.count, global: operation.global })];
      case 'settle':
      case 'settle-all':
      case 'settle-up-to':
        this.#settle(client, channel, operation);
        return this.#unanswered(client, channel);
      case 'recover':
        channel.unsettled = [];
        return [await call('basic.recover', { requeue: true })];
      case 'commit':
        channel.held = [];
        return [await call('tx.commit')];
      case 'rollback':
        channel.unsettled = [...channel.unsettled, ...channel.held.splice(0)].sort((a, b) => a.tag - b.tag);
        return [await call('tx.rollback')];
      case 'call':
        return this.#call(client, channel, operation);
      default:
        return [await this.#manage(client, channel, operation)];
    }
  }

  /** See `amqp-freedom`. */
  #isSingleActive(queue = ''): boolean {
    const args = this.#program.queues.get(queue) ?? {};
    return args['x-single-active-consumer'] === true && args['x-queue-type'] !== 'quorum';
  }

  #publish(client: AmqpClient, channel: ChannelState, args: Table, props: Table, body: string): void {
    if (channel.plan.mode === 'confirm') {
      channel.unconfirmed.push(++channel.published);
      channel.numberOf.set(body, channel.published);
    }
    client.publish(channel.number, args, props, body);
  }

  /** Remembers what a channel got. */
  #got(channel: ChannelState, item: MethodItem): void {
    channel.last = item;
    if (item.props?.replyTo?.startsWith('amq.rabbitmq.reply-to.')) this.#replyTo = item.props.replyTo;
  }

  async #call(
    client: AmqpClient,
    channel: ChannelState,
    { method, args, answered }: Extract<Operation, { do: 'call' }>,
  ): Promise<string[]> {
    if (!answered) client.send(channel.number, method, args);
    const answer = answered ? await client.ask(channel.number, method, args) : undefined;
    const failed = answered ? [] : await this.#unanswered(client, channel);
    if (method === 'basic.consume' && failed.length === 0) {
      const consumerTag = answer?.kind === 'method' ? answer.args.consumerTag : args.consumerTag;
      if (consumerTag !== undefined) channel.consumes(consumerTag, String(args.queue), args.noAck === true);
    }
    return answer ? [shown(answer)] : failed;
  }

  async #manage(
    client: AmqpClient,
    channel: ChannelState,
    operation: Exclude<
      Operation,
      { do: 'publish' | 'republish' | 'reply' | 'get' | 'consume' | 'cancel' | 'qos' | 'recover' | 'call' }
    >,
  ): Promise<string> {
    const call = (name: string, args: Record<string, unknown> = {}) => client.call(channel.number, name, args);
    switch (operation.do) {
      case 'close-channel': {
        const answer = await call('channel.close');
        channel.reset();
        return answer;
      }
      case 'close-connection': {
        await this.#closeBeside(client, channel);
        const answer = await client.call(0, 'connection.close');
        client.close();
        client.openChannels.clear();
        return answer;
      }
      case 'cut-connection':
        await this.#closeBeside(client, channel);
        await this.#cut(client);
        return 'cut';
      case 'declare-exclusive':
        return call('queue.declare', { queue: operation.queue, exclusive: true });
      case 'bind-exchange':
      case 'unbind-exchange': {
        const { from, to, key } = operation;
        const name = operation.do === 'bind-exchange' ? 'exchange.bind' : 'exchange.unbind';
        return call(name, { source: from, destination: to, routingKey: key });
      }
      case 'purge':
        return call('queue.purge', { queue: operation.queue });
      case 'delete-queue':
        return call('queue.delete', { queue: operation.queue });
      case 'declare-queue':
        return call('queue.declare', this.#queue(operation.queue));
      case 'delete-exchange':
        return call('exchange.delete', { exchange: operation.exchange });
      case 'declare-exchange':
        return call('exchange.declare', this.#exchange(operation.exchange));
      case 'bind':
      case 'unbind': {
        const { queue, exchange, key } = operation;
        return call(`queue.${operation.do}`, { queue, exchange, routingKey: key });
      }
      case 'wrong':
        return this.#wrong(client, channel, operation.what);
      case 'inspect':
        return inspect(this.#site, this.#program.prefix);
      case 'policy':
        return this.#setPolicy(operation.operator, operation.name, operation.policy);
      default:
        throw new Error(`no operation ${operation.do}`);
    }
  }

  async #setPolicy(operator: boolean, name: string, policy: Table | undefined): Promise<string> {
    const path = `/api/${operator ? 'operator-' : ''}policies/%2F/${name}`;
    const answer = await this.#site.management(policy ? 'PUT' : 'DELETE', path, policy);
    return JSON.stringify(answer);
  }

  /** Closes the other channels of a connection that is to end: together they would end in any order. */
  async #closeBeside(client: AmqpClient, channel: ChannelState): Promise<void> {
    for (const { number, plan } of this.#channels) {
      if (plan.connection !== channel.plan.connection || number === channel.number) continue;
      if (client.openChannels.has(number)) await client.call(number, 'channel.close');
    }
  }

  /** Cuts a connection and waits for a queue of its own to go with it. */
  async #cut(client: AmqpClient): Promise<void> {
    const queue = `${[...this.#program.queues.keys()][0]}.cut`;
    await client.call(CUT_CHANNEL, 'channel.open');
    await client.call(CUT_CHANNEL, 'queue.declare', { queue, exclusive: true });
    client.close();
    client.openChannels.clear();
    const control = this.#control;
    for (let answer = ''; !answer.includes('NOT_FOUND'); ) {
      if (!control.openChannels.has(CUT_CHANNEL)) await control.call(CUT_CHANNEL, 'channel.open');
      answer = await control.call(CUT_CHANNEL, 'queue.declare', { queue, passive: true });
    }
  }

  async #wrong(client: AmqpClient, { number }: ChannelState, what: string): Promise<string> {
    const [queue] = this.#program.queues.keys();
    switch (what) {
      case 'tag':
        client.send(number, 'basic.ack', { deliveryTag: 9999 });
        return this.#sync(client, number);
      case 'redeclare':
        return client.call(number, 'queue.declare', {
          ...this.#queue(queue as string),
          args: { 'x-max-length': 77 },
        });
      case 'absent':
        return client.call(number, 'queue.declare', { queue: 'nowhere', passive: true });
      default:
        client.publish(number, { exchange: 'nowhere', routingKey: '' }, {}, '');
        return this.#sync(client, number);
    }
  }

  async #get(client: AmqpClient, channel: ChannelState, { queue, noAck }: { queue: string; noAck: boolean }) {
    const item = await client.ask(channel.number, 'basic.get', { queue, noAck });
    if (item.kind !== 'method') return item.kind;
    if (item.name === 'basic.get-ok') this.#got(channel, item);
    if (item.name === 'basic.get-ok' && !noAck) {
      channel.unsettled.push({ tag: item.args.deliveryTag, key: `${queue} ${item.body}` });
    }
    return show(item);
  }

  #settle(
    client: AmqpClient,
    channel: ChannelState,
    operation: Extract<Operation, { do: 'settle' | 'settle-all' | 'settle-up-to' }>,
  ): void {
    const list = channel.unsettled;
    if (channel.plan.home === undefined) list.sort((a, b) => (a.key < b.key ? -1 : 1));
    if (operation.do === 'settle-all') {
      if (list.length === 0) return;
      return this.#settled(client, channel, operation.how, 0, list.splice(0));
    }
    if (operation.do === 'settle-up-to') {
      if (list.length === 0) return;
      const gone = list.splice(0, (operation.pick % list.length) + 1);
      return this.#settled(client, channel, operation.how, (gone.at(-1) as Unsettled).tag, gone, true);
    }
    for (let i = 0; i < operation.times && list.length > 0; i++) {
      const gone = list.splice(operation.pick % list.length, 1);
      this.#settled(client, channel, operation.how, (gone[0] as Unsettled).tag, gone);
    }
  }

  #settled(client: AmqpClient, channel: ChannelState, how: Settle, tag: number, gone: Unsettled[], upTo = false): void {
    if (channel.plan.mode === 'tx') channel.held.push(...gone);
    const args = { deliveryTag: tag, multiple: upTo || tag === 0 };
    if (how === 'ack') client.send(channel.number, 'basic.ack', args);
    else if (args.multiple) client.send(channel.number, 'basic.nack', { ...args, requeue: how === 'requeue' });
    else client.send(channel.number, 'basic.reject', { deliveryTag: tag, requeue: how === 'requeue' });
  }

  /** What a channel saw, after which its deliveries wait to be settled. */
  #seen(channel: ChannelState): string[] {
    const client = this.#clients[channel.plan.connection];
    if (!client) return [];
    const mine = client.events.filter((event) => event.channel === channel.number);
    const rest = client.events.filter((event) => event.channel !== channel.number);
    client.events.splice(0, client.events.length, ...rest);
    const lines: string[] = [];
    const settled: string[] = [];
    for (const event of mine) {
      if (event.name === 'basic.ack' || event.name === 'basic.nack') settled.push(...confirms(channel, event));
      else lines.push(this.#shown(channel, event));
    }
    const isReturn = (line: string) => line.startsWith('basic.return');
    if (channel.plan.home === undefined) lines.sort();
    else lines.sort((a, b) => Number(isReturn(b)) - Number(isReturn(a)));
    const confirmed = settled.length > 0 ? [`confirms ${settled.sort().join(' ')}`] : [];
    return [...lines, ...confirmed].map((line) => `channel ${channel.number}: ${line}`);
  }

  #shown(channel: ChannelState, event: MethodItem): string {
    if (event.name === 'basic.cancel') {
      channel.consumers = channel.consumers.filter((tag) => tag !== event.args.consumerTag);
    }
    if (event.name === 'basic.return') {
      const number = channel.numberOf.get(String(event.body)) ?? 0;
      const isLate = channel.plan.mode === 'confirm' && !channel.unconfirmed.includes(number);
      return show(event) + (isLate ? ' behind its confirm' : '');
    }
    if (event.name !== 'basic.deliver') return show(event);
    const { deliveryTag: tag, consumerTag, ...args } = event.args;
    const from = channel.queueOf.get(consumerTag);
    if (from && !from.noAck) channel.unsettled.push({ tag, key: `${from.queue} ${event.body}` });
    this.#got(channel, event);
    if (channel.plan.home === undefined) return show({ ...event, args: { ...args, consumerTag } });
    return show(event);
  }

  #queue(queue: string): Record<string, unknown> {
    const autoDelete = this.#program.autoDeleted.has(queue);
    return { ...declaration(queue, this.#program.queues.get(queue) as Table), autoDelete };
  }

  #exchange(exchange: string): Record<string, unknown> {
    const { type, args } = this.#program.exchanges.get(exchange) as { type: string; args: unknown };
    return { exchange, type, args };
  }
}

function declaration(queue: string, args: Table): Record<string, unknown> {
  return { queue, durable: args['x-queue-type'] !== undefined, args };
}

/** Which publishes a confirm settles: `3+` or `4-`. */
function confirms(channel: ChannelState, { name, args }: MethodItem): string[] {
  const isCovered = (number: number) => (args.multiple ? number <= args.deliveryTag : number === args.deliveryTag);
  const covered = channel.unconfirmed.filter(isCovered);
  channel.unconfirmed = channel.unconfirmed.filter((number) => !isCovered(number));
  if (covered.length === 0) return [`${args.deliveryTag}?`];
  return covered.map((number) => `${number}${name === 'basic.ack' ? '+' : '-'}`);
}

function countsOf(answer: PeerItem): string {
  if (answer.kind !== 'method' || answer.name !== 'queue.declare-ok') {
    return answer.kind === 'method' && answer.args.replyCode === 405 ? 'locked' : 'gone';
  }
  return `${answer.args.messageCount}/${answer.args.consumerCount}`;
}
