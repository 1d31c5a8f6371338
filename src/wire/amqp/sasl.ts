import { decodeText } from '../../core/message.js';
import type { AmqpVersion } from '../../models/amqp/index.js';
import { MalformedBytesError } from './reader.js';
import { readBareTable } from './table.js';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** What a mechanism makes of the client's response: who it claims to be, or undefined when it makes no sense. */
type Mechanism = (response: Uint8Array) => Credentials | undefined;

const NUL = '\0';

/** `authzid NUL user NUL password`, with an empty authzid. */
const plain: Mechanism = (response) => {
  const parts = decodeText(response).split(NUL);
  if (parts.length !== 3 || parts[0] !== '') return undefined;
  return { user: parts[1] as string, password: parts[2] as string };
};

/** A field table without its length: LOGIN and PASSWORD. */
const amqplain: Mechanism = (response) => {
  try {
    const table = readBareTable(response);
    const user = table.get('LOGIN');
    const password = table.get('PASSWORD');
    return typeof user === 'string' && typeof password === 'string' ? { user, password } : undefined;
  } catch (error) {
    if (error instanceof MalformedBytesError) return undefined;
    throw error;
  }
};

/** Whoever comes is the guest. */
const anonymous: Mechanism = () => ({ user: 'guest', password: 'guest' });

const MECHANISMS: Readonly<Record<AmqpVersion, ReadonlyMap<string, Mechanism>>> = {
  '3': new Map([
    ['AMQPLAIN', amqplain],
    ['PLAIN', plain],
  ]),
  '4': new Map([
    ['PLAIN', plain],
    ['AMQPLAIN', amqplain],
    ['ANONYMOUS', anonymous],
  ]),
};

/** The names that connection.start offers, separated by spaces. */
export function offeredMechanisms(version: AmqpVersion): string {
  return [...MECHANISMS[version].keys()].join(' ');
}

/** Who the client claims to be; undefined for an unknown mechanism (names count case) or a response without sense. */
export function readCredentials(
  version: AmqpVersion,
  mechanism: string,
  response: Uint8Array,
): Credentials | undefined {
  return MECHANISMS[version].get(mechanism)?.(response);
}
