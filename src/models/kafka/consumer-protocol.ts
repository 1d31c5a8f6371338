/**
 * What consumers put into the opaque bytes of the group protocol (protocol type "consumer").
 *
 *     Subscription  version:i16 topics:[str] userData:bytes? (1+) owned:[topic partitions] (2+) generation:i32 (3+) rack
 *     Assignment    version:i16 assigned:[topic:str partitions:[i32]] userData:bytes?
 *
 * Sizes are 16 bits for texts, 32 for the rest; never compact. A reader that meets a higher version reads what it
 * knows and ignores the rest.
 *
 * @see https://cwiki.apache.org/confluence/display/KAFKA/KIP-429
 */
import { decodeText, encodeText } from '../../core/message.js';

/** Partitions of one topic. */
export interface TopicPartitions {
  readonly topic: string;
  readonly partitions: readonly number[];
}

export interface Subscription {
  readonly topics: readonly string[];
  readonly userData: Uint8Array | null;
  /** What the member holds while it joins: cooperative consumers keep it. */
  readonly owned: readonly TopicPartitions[];
  /** The generation in which it got `owned`, -1 when it does not say. */
  readonly generation: number;
  readonly rack: string | null;
}

export const CONSUMER_PROTOCOL_TYPE = 'consumer';

/** Highest version that is written. */
const SUBSCRIPTION_VERSION = 3;
const ASSIGNMENT_VERSION = 3;

/** @returns undefined for bytes that are no subscription */
export function decodeSubscription(bytes: Uint8Array): Subscription | undefined {
  const reader = new PlainReader(bytes);
  try {
    const version = reader.int16();
    if (version < 0) return undefined;
    const topics = reader.array(() => reader.text());
    const userData = reader.bytes();
    const owned = version >= 1 ? reader.array(() => readTopicPartitions(reader)) : [];
    const generation = version >= 2 ? reader.int32() : -1;
    const rack = version >= 3 ? reader.nullableText() : null;
    return { topics, userData, owned, generation, rack };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

export function encodeSubscription(subscription: Partial<Subscription> & Pick<Subscription, 'topics'>): Uint8Array {
  const writer = new PlainWriter();
  writer.int16(SUBSCRIPTION_VERSION);
  writer.array(subscription.topics, (topic) => writer.text(topic));
  writer.bytes(subscription.userData ?? null);
  writer.array(subscription.owned ?? [], (entry) => writeTopicPartitions(writer, entry));
  writer.int32(subscription.generation ?? -1);
  writer.nullableText(subscription.rack ?? null);
  return writer.finish();
}

/** What a member was given. No bytes at all mean nothing. @returns undefined for bytes that are no assignment */
export function decodeAssignment(bytes: Uint8Array): readonly TopicPartitions[] | undefined {
  if (bytes.length === 0) return [];
  const reader = new PlainReader(bytes);
  try {
    if (reader.int16() < 0) return undefined;
    return reader.array(() => readTopicPartitions(reader));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

export function encodeAssignment(assigned: readonly TopicPartitions[]): Uint8Array {
  const writer = new PlainWriter();
  writer.int16(ASSIGNMENT_VERSION);
  writer.array(assigned, (entry) => writeTopicPartitions(writer, entry));
  writer.bytes(null);
  return writer.finish();
}

/** Ownership as sticky consumers keep it in `userData`: `[topic partitions] generation:i32`. */
export function decodeStickyUserData(bytes: Uint8Array): Pick<Subscription, 'owned' | 'generation'> | undefined {
  const reader = new PlainReader(bytes);
  try {
    const owned = reader.array(() => readTopicPartitions(reader));
    return { owned, generation: reader.remaining >= 4 ? reader.int32() : -1 };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

export function encodeStickyUserData(owned: readonly TopicPartitions[], generation: number): Uint8Array {
  const writer = new PlainWriter();
  writer.array(owned, (entry) => writeTopicPartitions(writer, entry));
  writer.int32(generation);
  return writer.finish();
}

/** Cooperative-sticky consumers keep only the generation in `userData`. */
export function decodeGenerationUserData(bytes: Uint8Array): number {
  return bytes.length >= 4 ? new PlainReader(bytes).int32() : -1;
}

function readTopicPartitions(reader: PlainReader): TopicPartitions {
  return { topic: reader.text(), partitions: reader.array(() => reader.int32()) };
}

function writeTopicPartitions(writer: PlainWriter, entry: TopicPartitions): void {
  writer.text(entry.topic);
  writer.array(entry.partitions, (partition) => writer.int32(partition));
}

/** Throws RangeError at the end of the bytes; never allocates from a length that they cannot hold. */
class PlainReader {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  int16(): number {
    const value = this.#view.getInt16(this.#at);
    this.#at += 2;
    return value;
  }

  int32(): number {
    const value = this.#view.getInt32(this.#at);
    this.#at += 4;
    return value;
  }

  text(): string {
    const text = this.nullableText();
    if (text === null) throw new RangeError('a text is null');
    return text;
  }

  nullableText(): string | null {
    const length = this.int16();
    return length < 0 ? null : decodeText(this.#take(length));
  }

  bytes(): Uint8Array | null {
    const length = this.int32();
    return length < 0 ? null : this.#take(length);
  }

  array<T>(element: () => T): T[] {
    const count = this.int32();
    if (count > this.remaining) throw new RangeError(`${count} elements in ${this.remaining} bytes`);
    const out: T[] = [];
    for (let i = 0; i < count; i++) out.push(element());
    return out;
  }

  #take(length: number): Uint8Array {
    if (length > this.remaining) throw new RangeError(`${length} bytes, ${this.remaining} are left`);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

class PlainWriter {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  int16(value: number): void {
    const part = new Uint8Array(2);
    new DataView(part.buffer).setInt16(0, value);
    this.#push(part);
  }

  int32(value: number): void {
    const part = new Uint8Array(4);
    new DataView(part.buffer).setInt32(0, value);
    this.#push(part);
  }

  text(text: string): void {
    const part = encodeText(text);
    this.int16(part.length);
    this.#push(part);
  }

  nullableText(text: string | null): void {
    if (text === null) this.int16(-1);
    else this.text(text);
  }

  bytes(bytes: Uint8Array | null): void {
    this.int32(bytes === null ? -1 : bytes.length);
    if (bytes !== null) this.#push(bytes);
  }

  array<T>(elements: readonly T[], write: (element: T) => void): void {
    this.int32(elements.length);
    for (const element of elements) write(element);
  }

  finish(): Uint8Array {
    const out = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }

  #push(part: Uint8Array): void {
    this.#parts.push(part);
    this.#length += part.length;
  }
}
