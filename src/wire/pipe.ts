import { Duplex } from 'node:stream';

/**
 * One end of a connection inside the process, with as much of a socket's face as clients touch.
 *
 * Bytes are copied on their way, as a real connection does: both ends may reuse their buffers. What one end writes is
 * taken only as fast as the other reads.
 */
export class PipeEnd extends Duplex {
  /** True until the event `connect`, as on a socket. */
  connecting = true;
  #peer: PipeEnd | undefined;
  /** What waits until the peer reads on. */
  #resumePeer: (() => void) | undefined;
  /** Whether the peer knows that nothing more comes. */
  #goneForPeer = false;

  /** @param allowHalfOpen whether it may still write after the peer has ended: a server may, a client may not */
  constructor(allowHalfOpen: boolean) {
    super({ allowHalfOpen });
  }

  /** Two ends that are connected to each other; both tell so by `connect`, in a later microtask. */
  static pair(): readonly [client: PipeEnd, server: PipeEnd] {
    const ends = [new PipeEnd(false), new PipeEnd(true)] as const;
    ends[0].#peer = ends[1];
    ends[1].#peer = ends[0];
    queueMicrotask(() => {
      for (const end of ends) {
        end.connecting = false;
        if (!end.destroyed) end.emit('connect');
      }
    });
    return ends;
  }

  override _read(): void {
    const resume = this.#resumePeer;
    this.#resumePeer = undefined;
    resume?.();
  }

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    const peer = this.#peer as PipeEnd;
    if (peer.destroyed || peer.push(Buffer.from(chunk))) done();
    else peer.#resumePeer = done;
  }

  override _final(done: () => void): void {
    this.#tellEnd();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    // What the peer has not read yet is still there for it, as in the buffers of a socket.
    this.#tellEnd();
    this._read();
    done(error);
  }

  #tellEnd(): void {
    if (this.#goneForPeer) return;
    this.#goneForPeer = true;
    if (!this.#peer?.destroyed) this.#peer?.push(null);
  }

  /** Closes after everything written has been taken. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  // What clients set on a socket, and a pipe has no use for.
  readonly setNoDelay = (): this => this;
  readonly setKeepAlive = (): this => this;
  readonly setTimeout = (): this => this;
  readonly ref = (): this => this;
  readonly unref = (): this => this;
}
