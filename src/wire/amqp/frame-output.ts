import type { BasicProperties, Confirmation } from '../../models/amqp/index.js';
import { writeContentHeader } from './content.js';
import type { Fields, Values } from './field.js';
import { FRAME_BODY, FRAME_END, FRAME_HEADER, FRAME_METHOD, FRAME_OVERHEAD_BYTES } from './frame.js';
import { METHODS, type Method } from './method.js';
import { Writer } from './writer.js';

/** Bodies up to this size are copied beside their frames, larger ones are handed over as they are. */
const COPY_BELOW_BYTES = 4096;
const SIZE_MARK = 3;

/** Builds frames and hands them out as bytes. */
export class FrameOutput {
  readonly #writer = new Writer();
  readonly #send: (bytes: Uint8Array) => void;
  /** Largest body frame, without its eight bytes. */
  #bodyMaxBytes = 4096 - FRAME_OVERHEAD_BYTES;
  constructor(send: (bytes: Uint8Array) => void) {
    this.#send = send;
  }

  set frameMax(bytes: number) {
    this.#bodyMaxBytes = bytes - FRAME_OVERHEAD_BYTES;
  }

  /** Confirms a publish, or several. */
  confirm(channel: number, { ack, deliveryTag, multiple }: Confirmation): void {
    if (ack) this.method(channel, METHODS.basicAck, { deliveryTag, multiple });
    else this.method(channel, METHODS.basicNack, { deliveryTag, multiple, requeue: false });
  }

  method<F extends Fields>(channel: number, method: Method<F>, values: Values<F>): void {
    this.#writeMethod(channel, method, values);
    this.#send(this.#writer.take());
  }

  /** A method with its content; an empty body has no frame. */
  content<F extends Fields>(
    channel: number,
    method: Method<F>,
    values: Values<F>,
    properties: BasicProperties,
    body: Uint8Array,
  ): void {
    const writer = this.#writer;
    this.#writeMethod(channel, method, values);
    const start = this.#begin(FRAME_HEADER, channel);
    writeContentHeader(writer, properties, body.length);
    this.#end(start);
    for (let at = 0; at < body.length; at += this.#bodyMaxBytes) {
      this.#writeBody(channel, body.subarray(at, at + this.#bodyMaxBytes));
    }
    this.#send(writer.take());
  }

  #writeMethod<F extends Fields>(channel: number, method: Method<F>, values: Values<F>): void {
    const writer = this.#writer;
    const start = this.#begin(FRAME_METHOD, channel);
    writer.uint16(method.classId);
    writer.uint16(method.methodId);
    method.codec.write(writer, values);
    this.#end(start);
  }

  #writeBody(channel: number, part: Uint8Array): void {
    const writer = this.#writer;
    writer.uint8(FRAME_BODY);
    writer.uint16(channel);
    writer.uint32(part.length);
    if (part.length <= COPY_BELOW_BYTES) writer.bytes(part);
    else {
      this.#send(writer.take());
      this.#send(part);
    }
    writer.uint8(FRAME_END);
  }

  /** Writes the head of a frame whose size is not known yet; returns where it begins. */
  #begin(type: number, channel: number): number {
    const writer = this.#writer;
    const start = writer.mark;
    writer.uint8(type);
    writer.uint16(channel);
    writer.uint32(0);
    return start;
  }

  #end(start: number): void {
    const writer = this.#writer;
    writer.patchUint32(start + SIZE_MARK, writer.mark - start - (FRAME_OVERHEAD_BYTES - 1));
    writer.uint8(FRAME_END);
  }
}
