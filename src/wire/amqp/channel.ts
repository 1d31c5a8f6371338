import {
  type AmqpChannel,
  type AmqpConnection,
  AmqpError,
  type AmqpErrorCode,
  type BasicProperties,
  type ChannelSink,
  type Confirmation,
  type Delivery,
  type ReturnedMessage,
} from '../../models/amqp/index.js';
import { ContentAssembler, type Publication, type PublishValues } from './content-assembler.js';
import type { Fields, Values } from './field.js';
import type { Frame } from './frame.js';
import type { Call, Handler } from './handler.js';
import { HANDLERS, publish } from './handlers/index.js';
import { type AnyMethod, METHODS, type Method } from './method.js';
import type { AmqpSession } from './session.js';

const BY_METHOD: ReadonlyMap<Method, Handler> = new Map(HANDLERS.map((each) => [each.method, each]));

const UNANSWERED: ReadonlySet<AnyMethod> = new Set<AnyMethod>([
  METHODS.basicPublish,
  METHODS.basicAck,
  METHODS.basicNack,
  METHODS.basicReject,
  METHODS.basicRecoverAsync,
]);

/**
 * One channel of a connection.
 *
 * ```
 * starting  --channel.open-->  open
 * open      --an error-->      closing   ignores everything but close, close-ok and open
 * open, closing  --close, close-ok-->  gone
 * ```
 */
type State = 'starting' | 'open' | 'closing';

/** The door's side of a channel: puts publishes together, hands methods to handlers, writes what the model posts. */
export class SessionChannel implements Call, ChannelSink {
  readonly number: number;
  readonly #session: AmqpSession;
  readonly #assembler: ContentAssembler;
  #model: AmqpChannel | undefined;
  #state: State = 'starting';

  constructor(session: AmqpSession, number: number) {
    this.#session = session;
    this.number = number;
    const { limits } = session.door.context;
    this.#assembler = new ContentAssembler(limits, session.door.largestMessageBytes);
  }

  // ---- what handlers see

  get channel(): AmqpChannel {
    return this.#model as AmqpChannel;
  }

  readonly reply = <F extends Fields>(method: Method<F>, values: Values<F>): void => {
    if (this.#state === 'open') this.#session.output.method(this.number, method, values);
  };

  readonly replyContent = <F extends Fields>(
    method: Method<F>,
    values: Values<F>,
    properties: BasicProperties,
    body: Uint8Array,
  ): void => {
    if (this.#state === 'open') this.#session.output.content(this.number, method, values, properties, body);
  };

  // ---- what the session hands over

  /** True between a publish and the end of its body. */
  get busy(): boolean {
    return this.#assembler.busy;
  }

  /** A method came where content was due. */
  refuseMethod(): void {
    this.#session.fail(this.#assembler.unexpected(), this, METHODS.basicPublish as unknown as Method);
  }

  takeContent(frame: Frame): void {
    if (this.#state === 'closing') return;
    const method = this.busy ? (METHODS.basicPublish as unknown as Method) : undefined;
    let publication: Publication | undefined;
    try {
      publication = this.#assembler.take(frame);
    } catch (error) {
      return this.#session.fail(error, this, method);
    }
    if (!publication) return;
    if (this.#state === 'starting') this.#fail(notOpen(), METHODS.basicPublish as unknown as AnyMethod);
    else this.#publish(publication);
  }

  takeMethod(method: AnyMethod, values: unknown): void {
    switch (this.#state) {
      case 'starting':
        return this.#start(method, values);
      case 'closing':
        return this.#takeWhileClosing(method);
      case 'open':
        return this.#takeWhileOpen(method, values);
      default:
        return this.#state satisfies never;
    }
  }

  #start(method: AnyMethod, values: unknown): void {
    // A publish is looked at when it is whole, here as well.
    if (method === METHODS.basicPublish) return this.#assembler.begin(values as PublishValues);
    if (method !== METHODS.channelOpen) return this.#fail(notOpen(), method);
    try {
      this.#model = (this.#session.connection as AmqpConnection).openChannel(this.number, this);
    } catch (error) {
      return this.#session.fail(error);
    }
    this.#state = 'open';
    this.reply(METHODS.channelOpenOk, { channelId: new Uint8Array() });
  }

  #takeWhileClosing(method: AnyMethod): void {
    switch (method) {
      case METHODS.channelCloseOk:
        this.#session.channels.delete(this.number);
        return;
      case METHODS.channelClose:
        return this.#session.output.method(this.number, METHODS.channelCloseOk, {});
      case METHODS.channelOpen:
        return this.#fail(secondOpen(), method);
      default:
        return;
    }
  }

  #takeWhileOpen(method: AnyMethod, values: unknown): void {
    // While RabbitMQ finds an answer, it hears what queues say of the publishes before.
    if (!UNANSWERED.has(method)) this.#session.door.context.outbox.flushLate();
    switch (method) {
      case METHODS.channelOpen:
        return this.#fail(secondOpen(), method);
      case METHODS.channelClose:
        this.#session.channels.delete(this.number);
        this.#model?.close();
        this.#session.output.method(this.number, METHODS.channelCloseOk, {});
        return;
      case METHODS.basicPublish:
        this.#assembler.begin(values as PublishValues);
        return;
      default: {
        const handler = BY_METHOD.get(method as unknown as Method);
        if (!handler) return this.#fail(new AmqpError('COMMAND_INVALID', 'unimplemented method'), method);
        this.#intercept(method as unknown as Method, () => handler.handle(values as never, this));
      }
    }
  }

  #publish(publication: Publication): void {
    const session = this.#session;
    if (session.alarm !== undefined) return session.holdForAlarm(() => this.#publish(publication));
    this.#intercept(METHODS.basicPublish as unknown as Method, () => publish(publication, this));
  }

  /** Faults first, then the method itself. */
  #intercept(method: Method, run: () => void): void {
    const session = this.#session;
    const { interceptors, clock } = session.door.context;
    if (!interceptors.active) return this.#run(method, run);
    const verdict = interceptors.decide({
      model: 'amqp',
      operation: method.name,
      connection: session.info,
      clientName: session.clientName,
    });
    if (!verdict) return this.#run(method, run);
    const resume = () => this.#run(method, run);
    switch (verdict.kind) {
      case 'reply':
        return session.fail(injected(verdict.error), this, method);
      case 'delay':
        return session.hold((release) => clock.schedule(clock.now + verdict.delayMs, release), resume);
      case 'hold':
        return session.hold((release) => verdict.release.then(release, release), resume);
      case 'drop':
        return;
      case 'cut':
        session.cutAfter(verdict.bytes);
        return resume();
      case 'close':
        return session.hangUp();
      default:
        return verdict satisfies never;
    }
  }

  /** Runs a handler: what it replies leaves before the deliveries that it causes. */
  #run(method: Method, run: () => void): void {
    if (this.#state !== 'open') return;
    try {
      this.#session.door.context.outbox.run(run);
    } catch (error) {
      this.#session.fail(error, this, method);
    }
  }

  #fail(error: AmqpError, method: AnyMethod): void {
    this.#session.fail(error, this, method as unknown as Method);
  }

  /** Closes the channel with an error; the model's side ends at once. */
  refuse(error: AmqpError, method?: Method): void {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.#assembler.clear();
    this.#model?.close();
    this.#session.output.method(this.number, METHODS.channelClose, {
      replyCode: error.replyCode,
      replyText: error.replyText,
      classId: method?.classId ?? 0,
      methodId: method?.methodId ?? 0,
    });
  }

  /** The connection ends; its model takes the channels with it. */
  abandon(): void {
    this.#state = 'closing';
  }

  // ---- what the model posts

  deliver(delivery: Delivery): void {
    this.replyContent(METHODS.basicDeliver, delivery, delivery.properties, delivery.body);
  }

  returned(message: ReturnedMessage): void {
    this.replyContent(METHODS.basicReturn, message, message.properties, message.body);
  }

  confirm(confirmation: Confirmation): void {
    if (this.#state === 'open') this.#session.output.confirm(this.number, confirmation);
  }

  cancelled(consumerTag: string): void {
    this.reply(METHODS.basicCancel, { consumerTag, nowait: true });
  }

  committed(): void {
    this.reply(METHODS.txCommitOk, {});
  }

  closed(error: AmqpError, byCommit: boolean): void {
    this.#session.fail(error, this, byCommit ? (METHODS.txCommit as unknown as Method) : undefined);
  }
}

function notOpen(): AmqpError {
  return new AmqpError('CHANNEL_ERROR', "expected 'channel.open'");
}

function secondOpen(): AmqpError {
  return new AmqpError('CHANNEL_ERROR', "second 'channel.open' seen");
}

const FAULT_CODES: ReadonlySet<string> = new Set<AmqpErrorCode>([
  'CONNECTION_FORCED',
  'ACCESS_REFUSED',
  'NOT_FOUND',
  'RESOURCE_LOCKED',
  'PRECONDITION_FAILED',
  'RESOURCE_ERROR',
  'NOT_ALLOWED',
  'NOT_IMPLEMENTED',
  'INTERNAL_ERROR',
]);

/** An error by its code's name, as a fault gives it. */
function injected(name: string): AmqpError {
  if (!FAULT_CODES.has(name)) return new AmqpError('INTERNAL_ERROR', `injected fault: ${name}`);
  return new AmqpError(name as AmqpErrorCode, 'injected fault');
}
