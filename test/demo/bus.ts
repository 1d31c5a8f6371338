/** What the demo does with each broker, whatever its client calls it. */

export interface Event {
  readonly key: string;
  readonly text: string;
}

/** Somebody who listens. */
export interface Reader {
  /** All events up to the one with the text `end`, which is not among them. Never waits on time. */
  until(end: string): Promise<Event[]>;
  /** Goes away without having said that anything was worked off. */
  crash(): Promise<void>;
}

/** One way to send events to readers, driven by a real client. */
export interface Bus {
  readonly name: string;
  publish(place: string, events: readonly Event[]): Promise<void>;
  /** A reader that only sees what is published from now on, or what the broker kept for it. */
  read(place: string, reader: string, options?: { acks?: boolean }): Promise<Reader>;
  /** Ends every reader. */
  endReaders(): Promise<void>;
  /** Lets the publisher go, and come back, around a restart of the broker. */
  disconnect(): Promise<void>;
  reconnect(): Promise<void>;
  /** Makes what stands for "kept for this reader" where the broker has that. */
  prepare(place: string, reader: string): Promise<void>;
  /** Asks for everything once more. */
  replay(place: string, reader: string): Promise<Reader>;
}

/** Collects events and hands them out up to a marker. */
export class Inbox {
  readonly #events: Event[] = [];
  #arrived: () => void = () => {};

  push(event: Event): void {
    this.#events.push(event);
    this.#arrived();
  }

  async until(end: string): Promise<Event[]> {
    for (;;) {
      const at = this.#events.findIndex(({ text }) => text === end);
      if (at >= 0) return this.#events.splice(0, at + 1).slice(0, -1);
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
  }
}
