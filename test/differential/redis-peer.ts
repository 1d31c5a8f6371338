import { connect, type Socket } from 'node:net';
import { encodeRequest, readReplies } from '../helpers/resp.js';

/** One connection to the real server; bytes in and out as byte strings. */
export class Peer {
  closed = false;
  #received = '';
  readonly #socket: Socket;
  #wake: (() => void) | undefined;

  constructor(host: string, port: number) {
    this.#socket = connect({ host, port, noDelay: true });
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (chunk) => {
      this.#received += chunk;
      this.#wake?.();
    });
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => {
      this.closed = true;
      this.#wake?.();
    });
  }

  get received(): string {
    return this.#received;
  }

  write(bytes: string): void {
    this.#socket.write(bytes, 'latin1');
  }

  take(): string {
    const taken = this.#received;
    this.#received = '';
    return taken;
  }

  /** Resolves when the condition holds, false when it has not within the time. */
  async until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
    const end = Date.now() + timeoutMs;
    while (!condition()) {
      const left = end - Date.now();
      if (left <= 0) return false;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return true;
  }

  /** Sends commands and waits for as many replies, or for the end of the connection. */
  async ask(...commands: string[][]): Promise<string> {
    this.write(commands.map((args) => encodeRequest(args)).join(''));
    const answered = () => (readReplies(this.#received)?.length ?? 0) >= commands.length;
    if (!(await this.until(() => answered() || this.closed, 5_000)))
      throw new Error(`no answer to ${commands.join('; ')}`);
    return this.take();
  }

  end(): void {
    this.#socket.destroy();
  }
}
