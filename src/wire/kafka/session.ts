import type { Timer } from '../../core/clock.js';
import { BrokerError } from '../../core/errors.js';
import type { AclOperation, AclResource, KafkaBroker } from '../../models/kafka/index.js';
import { ByteQueue } from '../byte-queue.js';
import type { ConnectionInfo, Session, Transport } from '../door.js';
import type { DoorContext } from '../door-context.js';
import type { Verdict } from '../interceptors.js';
import { accessDenied, deniedRequest } from './access.js';
import { Authentication } from './authentication.js';
import { type Call, CLOSED, type ClientSoftware, LATER, type Outcome, SILENT, type StartWaiting } from './call.js';
import { type ErrorName, isErrorName } from './error-code.js';
import { type Handler, offeredApis, type Profile } from './handler.js';
import { API_VERSIONS_KEY, unsupportedVersion } from './handlers/api-versions.js';
import { HANDLERS } from './handlers/index.js';
import { MalformedRequestError, Reader } from './reader.js';
import { Writer } from './writer.js';

const SIZE_BYTES = 4;
/** Key, version, correlation id and the length of the client id. */
const LEAST_REQUEST_BYTES = 10;

const BY_KEY: ReadonlyMap<number, Handler> = new Map(HANDLERS.map((handler) => [handler.api.key, handler]));

const APIS = HANDLERS.map((handler) => handler.api);
const OFFERED = { standard: offeredApis(APIS, 'standard'), lean: offeredApis(APIS, 'lean') };

/** A request whose answer is not sent yet. */
interface Request {
  readonly handler: Handler;
  readonly version: number;
  readonly correlationId: number;
  readonly clientId: string;
  /** Answer bytes after which the connection is reset, by a fault. */
  cutAfterBytes: number | undefined;
}

/**
 * One connection as a state machine without a socket.
 *
 * Requests are served one at a time: while one waits for its answer, those behind it stay in the queue, so answers
 * leave in the order of the requests. What cannot be understood closes the connection, as Kafka does.
 */
export class KafkaSession implements Session {
  readonly #broker: KafkaBroker;
  readonly #context: DoorContext;
  readonly #transport: Transport;
  readonly #connection: ConnectionInfo;
  readonly #profile: Profile;
  readonly #authentication: Authentication;
  readonly #input = new ByteQueue();
  #clientSoftware: ClientSoftware | undefined;
  /** The request that waits for its answer, or is held by a fault. */
  #waiting: Request | undefined;
  #abandon: (() => void) | undefined;
  #timer: Timer | undefined;
  #pumping = false;
  #paused = false;
  #ended = false;

  constructor(broker: KafkaBroker, context: DoorContext, transport: Transport, connection: ConnectionInfo) {
    this.#broker = broker;
    this.#context = context;
    this.#transport = transport;
    this.#connection = connection;
    this.#profile = broker.options.apiVersions ?? 'standard';
    this.#authentication = new Authentication(broker, context);
  }

  receive(chunk: Uint8Array): void {
    if (this.#ended) return;
    this.#input.push(chunk);
    this.#pump();
    this.#regulateInput();
  }

  drained(): void {
    this.#pump();
    this.#regulateInput();
  }

  shutdown(): void {
    this.#end();
  }

  closed(): void {
    this.#ended = true;
    this.#forgetWaiting();
    this.#input.clear();
  }

  /** Serves requests until one has to wait, none is complete, or the peer does not read its answers. */
  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (!this.#ended && !this.#waiting && this.#canWrite()) {
        const bareToken = this.#authentication.takesBareToken;
        const frame = this.#nextFrame(bareToken ? 0 : LEAST_REQUEST_BYTES);
        if (!frame) return;
        if (bareToken) this.#takeBareToken(frame);
        else this.#serve(frame);
      }
    } catch (error) {
      if (!(error instanceof MalformedRequestError)) throw error;
      this.#refuse(error.message);
    } finally {
      this.#pumping = false;
    }
  }

  #canWrite(): boolean {
    return this.#transport.bufferedBytes <= this.#context.limits.outputHardBytes;
  }

  /** A peer that sends much while its request waits is not read any further. */
  #regulateInput(): void {
    const full = this.#input.length > this.#context.limits.kafkaRequestBytes + SIZE_BYTES;
    if (full === this.#paused || this.#ended) return;
    this.#paused = full;
    if (full) this.#transport.pause();
    else this.#transport.resume();
  }

  #nextFrame(leastBytes: number): Uint8Array | undefined {
    const input = this.#input;
    if (input.length < SIZE_BYTES) return undefined;
    const size = input.uint32(0);
    if (size > this.#context.limits.kafkaRequestBytes || size < leastBytes) {
      throw new MalformedRequestError(
        `a request of ${size | 0} bytes; from ${leastBytes} to ${this.#context.limits.kafkaRequestBytes} are accepted`,
      );
    }
    if (input.length < SIZE_BYTES + size) return undefined;
    input.skip(SIZE_BYTES);
    return input.take(size);
  }

  #serve(frame: Uint8Array): void {
    const reader = new Reader(frame);
    const key = reader.int16();
    const version = reader.int16();
    const correlationId = reader.int32();
    const handler = BY_KEY.get(key);
    if (!handler?.api.accepts(version, this.#profile)) {
      const asksVersions = key === API_VERSIONS_KEY && this.#authentication.admit('ApiVersions') === 'serve';
      if (asksVersions) return this.#sendUnsupportedVersion(correlationId);
      throw new MalformedRequestError(`API ${key} version ${version} is not offered`);
    }
    const clientId = reader.legacyText() ?? '';
    const { flexible, request: codec } = handler.api.codec(version);
    if (flexible) reader.tags();
    const { name } = handler.api;
    const admission = this.#authentication.admit(name);
    if (admission === 'close') throw new MalformedRequestError(`${name} is not served while a client authenticates`);
    const request: Request = { handler, version, correlationId, clientId, cutAfterBytes: undefined };
    const body = codec.read(reader);
    if (admission === 'refuse') {
      const message = `Unexpected Kafka request of type ${enumName(name)} during SASL authentication.`;
      return this.#settle(request, handler.fail(body, 'ILLEGAL_SASL_STATE', message));
    }
    if (this.#context.interceptors.active) this.#intercept(request, body);
    else this.#handle(request, body);
  }

  /** Bytes are answered with bytes, a refusal by the end. */
  #takeBareToken(token: Uint8Array): void {
    const result = this.#authentication.step(token);
    if (!result.ok) return this.#end();
    const writer = new Writer();
    writer.int32(result.bytes.length);
    this.#send([...writer.parts(), result.bytes], undefined);
  }

  #handle(request: Request, body: unknown): void {
    this.#settle(request, this.#attempt(request, body));
  }

  /** Runs a handler; what a model refuses becomes the error answer of the API. */
  #attempt(request: Request, body: unknown): Outcome<unknown> {
    try {
      const call = this.#call(request);
      const denied = this.#broker.acls.enabled ? deniedRequest(request.handler.api.name, body, call) : undefined;
      if (denied) throw denied;
      return request.handler.handle(body, call);
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error;
      if (this.#waiting === request) this.#waiting = undefined; // a wait that could not even begin
      const name: ErrorName = isErrorName(error.code) ? error.code : 'UNKNOWN_SERVER_ERROR';
      return request.handler.fail(body, name, error.message);
    }
  }

  #call(request: Request): Call {
    const session = this;
    return {
      broker: this.#broker,
      context: this.#context,
      connection: this.#connection,
      nodeId: this.#connection.nodeId,
      version: request.version,
      clientId: request.clientId,
      clientHost: `/${this.#connection.remote.address}`,
      principal: this.#authentication.principal,
      offered: OFFERED[this.#profile],
      authentication: this.#authentication,
      get clientSoftware() {
        return session.#clientSoftware;
      },
      set clientSoftware(software) {
        session.#clientSoftware = software;
      },
      address: (nodeId) => {
        const at = this.#context.advertise(nodeId, this.#connection);
        return at && { host: at.address, port: at.port };
      },
      authorize: (operation, resource, name) => this.#isAllowed(operation, resource, name),
      demand: (operation, resource, name) => {
        if (!this.#isAllowed(operation, resource, name)) throw accessDenied(resource);
      },
      later: (start) => {
        this.#wait(request, start);
        return LATER;
      },
    };
  }

  #isAllowed(operation: AclOperation, resource: AclResource, name: string): boolean {
    const { acls } = this.#broker;
    if (!acls.enabled) return true;
    return acls.allows(this.#authentication.principal, this.#connection.remote.address, operation, resource, name);
  }

  #wait(request: Request, start: StartWaiting<unknown>): void {
    this.#waiting = request;
    const abandon = start((outcome) => {
      if (this.#waiting !== request) return;
      this.#waiting = undefined;
      this.#abandon = undefined;
      this.#settle(request, outcome);
      this.#pump();
      this.#regulateInput();
    });
    if (this.#waiting === request) this.#abandon = abandon;
  }

  #settle(request: Request, outcome: Outcome<unknown>): void {
    if (outcome === LATER || outcome === SILENT || this.#ended) return;
    if (outcome === CLOSED) return this.#end();
    const { api } = request.handler;
    const { flexible, response } = api.codec(request.version);
    const writer = startAnswer(request.correlationId);
    if (flexible && !api.definition.plainResponseHeader) writer.unsignedVarint(0);
    response.write(writer, outcome as never);
    this.#send(finishAnswer(writer), request.cutAfterBytes);
    if (this.#authentication.failed) this.#end();
  }

  #send(parts: readonly Uint8Array[], cutAfterBytes: number | undefined): void {
    if (cutAfterBytes === undefined) {
      for (const part of parts) this.#transport.write(part);
      return;
    }
    this.#transport.write(Buffer.concat(parts).subarray(0, cutAfterBytes));
    this.#end();
  }

  /** Version 0 is what every client can read; a newer one asks again in a version that it finds there. */
  #sendUnsupportedVersion(correlationId: number): void {
    const writer = startAnswer(correlationId);
    unsupportedVersion(writer, this.#profile);
    this.#send(finishAnswer(writer), undefined);
  }

  #intercept(request: Request, body: unknown): void {
    const verdict = this.#context.interceptors.decide({
      model: 'kafka',
      operation: request.handler.api.name,
      connection: this.#connection,
      clientName: request.clientId,
    });
    if (!verdict) return this.#handle(request, body);
    this.#carryOut(verdict, request, body);
  }

  #carryOut(verdict: Verdict, request: Request, body: unknown): void {
    const resume = () => {
      if (this.#waiting !== request) return;
      this.#waiting = undefined;
      this.#handle(request, body);
      this.#pump();
      this.#regulateInput();
    };
    switch (verdict.kind) {
      case 'reply': {
        const name: ErrorName = isErrorName(verdict.error) ? verdict.error : 'UNKNOWN_SERVER_ERROR';
        this.#authentication.spoilt(request.handler.api.name);
        return this.#settle(request, request.handler.fail(body, name, `injected fault: ${verdict.error}`));
      }
      case 'delay':
        this.#waiting = request;
        this.#timer = this.#context.clock.schedule(this.#context.clock.now + verdict.delayMs, resume);
        return;
      case 'hold':
        this.#waiting = request;
        verdict.release.then(resume, resume);
        return;
      case 'drop':
        return;
      case 'cut':
        request.cutAfterBytes = verdict.bytes;
        return this.#handle(request, body);
      case 'close':
        return this.#end();
      default:
        return verdict satisfies never;
    }
  }

  #refuse(reason: string): void {
    if (this.#context.journal.on) {
      this.#context.journal.record('kafka', 'protocol-error', { connection: this.#connection.id, reason });
    }
    this.#end();
  }

  #end(): void {
    this.#ended = true;
    this.#forgetWaiting();
    this.#transport.end();
  }

  #forgetWaiting(): void {
    this.#waiting = undefined;
    this.#context.clock.cancel(this.#timer);
    const abandon = this.#abandon;
    this.#abandon = undefined;
    abandon?.();
  }
}

/** `ListGroups` as Kafka's code calls it: `LIST_GROUPS`. */
function enumName(api: string): string {
  return api.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
}

function startAnswer(correlationId: number): Writer {
  const writer = new Writer();
  writer.int32(0); // the size, known in the end
  writer.int32(correlationId);
  return writer;
}

function finishAnswer(writer: Writer): readonly Uint8Array[] {
  const size = writer.length - SIZE_BYTES;
  const parts = writer.parts();
  const head = parts[0] as Uint8Array;
  head[0] = size >> 24;
  head[1] = size >> 16;
  head[2] = size >> 8;
  head[3] = size;
  return parts;
}
