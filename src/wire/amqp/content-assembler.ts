import { copyBytes } from '../../core/message.js';
import { AmqpError, type BasicProperties } from '../../models/amqp/index.js';
import { PropertyReader, readContentHead } from './content.js';
import { FRAME_BODY, FRAME_HEADER, type Frame } from './frame.js';
import type { METHODS, MethodValues } from './method.js';
import { MalformedBytesError, type TableLimits } from './reader.js';

export type PublishValues = MethodValues<typeof METHODS.basicPublish>;

/** A publish with its content. */
export interface Publication {
  readonly values: PublishValues;
  readonly properties: BasicProperties;
  readonly body: Uint8Array;
}

const NOTHING = new Uint8Array(0);
const NO_PARTS: Uint8Array[] = [];

/**
 * Puts a publish together: method, then header, then body frames up to the announced size.
 *
 * ```
 * method --publish--> header --size 0--> method
 *                     header --size n--> body --n bytes--> method
 * ```
 */
export class ContentAssembler {
  readonly #limits: TableLimits;
  readonly #largestBytes: number;
  readonly #properties = new PropertyReader();
  #publish: PublishValues | undefined;
  #head: BasicProperties | undefined;
  #parts = NO_PARTS;
  #missingBytes = 0;

  constructor(limits: TableLimits, largestBytes: number) {
    this.#limits = limits;
    this.#largestBytes = largestBytes;
  }

  /** True between a publish and the last byte of its body, when no method may come. */
  get busy(): boolean {
    return this.#publish !== undefined;
  }

  begin(values: PublishValues): void {
    this.#publish = values;
  }

  /** Forgets a half publish. */
  clear(): void {
    this.#publish = undefined;
    this.#head = undefined;
    this.#parts = NO_PARTS;
  }

  /** The error for a frame that is not the one that has to come now. */
  unexpected(): AmqpError {
    const text = this.#head
      ? 'expected content body, got non content body frame instead'
      : 'expected content header for class 60, got non content header frame instead';
    return new AmqpError('UNEXPECTED_FRAME', text);
  }

  /**
   * Takes a header or body frame and returns the publish when it is whole.
   *
   * @throws AmqpError UNEXPECTED_FRAME, or PRECONDITION_FAILED for a body that is announced too large
   */
  take(frame: Frame): Publication | undefined {
    const publish = this.#publish;
    if (!publish) {
      throw new AmqpError('UNEXPECTED_FRAME', 'expected method frame, got non method frame instead');
    }
    const properties = this.#head;
    if (!properties) {
      this.#head = this.#takeHeader(frame);
      if (this.#missingBytes > 0) return undefined;
      return this.#complete(publish, this.#head, NOTHING);
    }
    if (frame.type !== FRAME_BODY || frame.payload.length > this.#missingBytes) throw this.unexpected();
    return this.#takeBody(publish, properties, frame.payload);
  }

  #takeHeader(frame: Frame): BasicProperties {
    if (frame.type !== FRAME_HEADER) throw this.unexpected();
    const head = readContentHead(frame.payload);
    if (!head) throw new AmqpError('FRAME_ERROR', 'a content header that ends before its property flags');
    if (head.weight !== 0) throw this.unexpected();
    if (head.classId !== 60) {
      const text = `expected content header for class 60, got one for class ${head.classId} instead`;
      throw new AmqpError('UNEXPECTED_FRAME', text);
    }
    if (head.bodyBytes > this.#largestBytes) {
      const text = `message size ${head.bodyBytes} is larger than configured max size ${this.#largestBytes}`;
      throw new AmqpError('PRECONDITION_FAILED', text);
    }
    this.#missingBytes = head.bodyBytes;
    try {
      return this.#properties.read(frame.payload, this.#limits);
    } catch (error) {
      if (!(error instanceof MalformedBytesError)) throw error;
      throw new AmqpError('FRAME_ERROR', `cannot decode the properties: ${error.message}`);
    }
  }

  #takeBody(publish: PublishValues, properties: BasicProperties, part: Uint8Array): Publication | undefined {
    this.#missingBytes -= part.length;
    if (this.#missingBytes === 0 && this.#parts.length === 0) {
      return this.#complete(publish, properties, copyBytes(part));
    }
    if (this.#parts === NO_PARTS) this.#parts = [];
    this.#parts.push(part);
    if (this.#missingBytes > 0) return undefined;
    return this.#complete(publish, properties, Buffer.concat(this.#parts));
  }

  #complete(values: PublishValues, properties: BasicProperties, body: Uint8Array): Publication {
    this.clear();
    return { values, properties, body };
  }
}
