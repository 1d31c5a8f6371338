/** One publication, as tests look at it afterwards. */
export interface Publication {
  /** Byte strings. */
  readonly channel: string;
  readonly payload: string;
  /** How many times it was delivered. */
  readonly deliveries: number;
}

/**
 * The most recent publications, so that a test can ask what went over a channel without having subscribed before.
 * Bounded in number and in bytes: the oldest go first.
 */
export class PublicationLog {
  readonly #largestCount: number;
  readonly #largestBytes: number;
  #entries: Publication[] = [];
  /** Entries before it are gone. */
  #first = 0;
  #bytes = 0;

  constructor(largestCount: number, largestBytes: number) {
    this.#largestCount = largestCount;
    this.#largestBytes = largestBytes;
  }

  add(publication: Publication): void {
    this.#entries.push(publication);
    this.#bytes += publication.payload.length;
    while (this.#entries.length - this.#first > this.#largestCount || this.#bytes > this.#largestBytes) {
      this.#bytes -= (this.#entries[this.#first++] as Publication).payload.length;
    }
    if (this.#first > this.#largestCount) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
  }

  /** Publications on a channel, oldest first. */
  of(channel: string): Publication[] {
    return this.#entries.slice(this.#first).filter((entry) => entry.channel === channel);
  }

  clear(): void {
    this.#entries = [];
    this.#first = 0;
    this.#bytes = 0;
  }
}
