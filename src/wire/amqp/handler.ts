import type { AmqpChannel, BasicProperties } from '../../models/amqp/index.js';
import type { Publication } from './content-assembler.js';
import type { Fields, Values } from './field.js';
import type { Method } from './method.js';

/** What a handler has to do with: the model's channel, and ways to answer before what the command causes. */
export interface Call {
  readonly channel: AmqpChannel;
  readonly reply: <F extends Fields>(method: Method<F>, values: Values<F>) => void;
  readonly replyContent: <F extends Fields>(
    method: Method<F>,
    values: Values<F>,
    properties: BasicProperties,
    body: Uint8Array,
  ) => void;
}

/** Answers one method that a client may send on a channel. */
export interface Handler {
  readonly method: Method;
  /** One call into the model; its errors (AmqpError) close the channel or the connection. */
  readonly handle: (values: never, call: Call) => void;
  /** What the support table says about the method, where there is more to say than that it works. */
  readonly note: string | undefined;
}

/** Defines a handler. */
export function handler<F extends Fields>(
  method: Method<F>,
  handle: (values: Values<F>, call: Call) => void,
  note?: string,
): Handler {
  return { method: method as unknown as Method, handle: handle as Handler['handle'], note };
}

/** Answers a publish, which comes with its content. */
export type PublishHandler = (publication: Publication, call: Call) => void;
