import { encodeText } from '../../core/message.js';
import { type AmqpBroker, AmqpError, type FieldTable, type FieldValue } from '../../models/amqp/index.js';
import type { Fields, Values } from './field.js';
import { type AnyMethod, METHODS, type Method, type MethodValues } from './method.js';
import { offeredMechanisms, readCredentials } from './sasl.js';
import { serverProperties } from './server-properties.js';
import { offeredTuning, refuseTuning, type Tuning } from './tune.js';

/** What a client says about itself before the connection is open. */
export interface ClientIdentity {
  readonly user: string;
  readonly mechanism: string;
  readonly properties: FieldTable;
  /** Names of the capabilities that the client declared true. */
  readonly capabilities: ReadonlySet<string>;
}

/** What the negotiation needs of its session. */
export interface NegotiationPeer {
  readonly broker: AmqpBroker;
  readonly limits: { readonly amqpChannelCount: number; readonly amqpFrameMaxBytes: number };
  send<F extends Fields>(method: Method<F>, values: Values<F>): void;
  tuned(tuning: Tuning): void;
  /** Opens the vhost. @throws AmqpError NOT_ALLOWED */
  open(vhost: string, identity: ClientIdentity): void;
  /** Closes without a word: RabbitMQ's answer to what makes no sense before the connection is open. */
  hangUp(reason: string): void;
}

/**
 * The part of a connection before it is open.
 *
 * ```
 * start-ok --credentials fit--> tune-ok --values accepted--> open --vhost exists, access--> done
 * ```
 * A method out of turn ends the connection, until it is tuned without an answer.
 */
export class Negotiation {
  readonly #peer: NegotiationPeer;
  readonly #offered: Tuning;
  #awaited: 'start-ok' | 'tune-ok' | 'open' = 'start-ok';
  #identity: ClientIdentity | undefined;

  constructor(peer: NegotiationPeer) {
    this.#peer = peer;
    this.#offered = offeredTuning(peer.limits);
  }

  start(): void {
    const { broker } = this.#peer;
    this.#peer.send(METHODS.connectionStart, {
      versionMajor: 0,
      versionMinor: 9,
      serverProperties: serverProperties(broker),
      mechanisms: encodeText(offeredMechanisms(broker.version)),
      locales: encodeText('en_US'),
    });
  }

  /** Takes a method on channel 0. @throws AmqpError */
  take(method: AnyMethod, values: unknown): void {
    if (method === METHODS.connectionStartOk && this.#awaited === 'start-ok') {
      return this.#startOk(values as MethodValues<typeof METHODS.connectionStartOk>);
    }
    if (method === METHODS.connectionTuneOk && this.#awaited === 'tune-ok') {
      return this.#tuneOk(values as MethodValues<typeof METHODS.connectionTuneOk>);
    }
    if (method === METHODS.connectionOpen && this.#awaited === 'open') {
      const { virtualHost } = values as MethodValues<typeof METHODS.connectionOpen>;
      return this.#peer.open(virtualHost, this.#identity as ClientIdentity);
    }
    if (this.#awaited === 'open') throw new AmqpError('CHANNEL_ERROR', 'unexpected method in connection state opening');
    this.#peer.hangUp(`${method.name} while connection.${this.#awaited} was due`);
  }

  #startOk(values: MethodValues<typeof METHODS.connectionStartOk>): void {
    const capabilities = trueNames(values.clientProperties.get('capabilities'));
    const { mechanism } = values;
    const credentials = readCredentials(this.#peer.broker.version, mechanism, values.response);
    if (!credentials) return this.#peer.hangUp(`no sense in the response for SASL mechanism '${mechanism}'`);
    if (!this.#peer.broker.authenticate(credentials.user, credentials.password)) {
      const text = `Login was refused using authentication mechanism ${mechanism}. For details see the broker logfile.`;
      if (!capabilities.has('authentication_failure_close')) return this.#peer.hangUp(text);
      throw new AmqpError('ACCESS_REFUSED', text, 'connection');
    }
    this.#identity = { user: credentials.user, mechanism, properties: values.clientProperties, capabilities };
    this.#awaited = 'tune-ok';
    this.#peer.send(METHODS.connectionTune, this.#offered);
  }

  #tuneOk(asked: Tuning): void {
    const refusal = refuseTuning(asked, this.#offered, this.#peer.broker.version);
    if (refusal) return this.#peer.hangUp(refusal);
    this.#awaited = 'open';
    this.#peer.tuned(asked);
  }
}

function trueNames(capabilities: FieldValue | undefined): ReadonlySet<string> {
  if (!(capabilities instanceof Map)) return new Set();
  return new Set([...capabilities].filter(([, value]) => value === true).map(([name]) => name));
}
