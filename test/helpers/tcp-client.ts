/** A plain socket for tests: collects what arrives and waits on events, never on time. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export class TcpClient {
  readonly socket: Socket;
  /** Resolves when the socket is gone, with or without an error. */
  readonly closed: Promise<void>;
  #received = Buffer.alloc(0);
  #arrived: () => void = () => {};

  private constructor(socket: Socket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#arrived();
    });
    socket.on('close', () => this.#arrived());
  }

  /** @param url `host:port`, with or without a scheme */
  static async connect(url: string): Promise<TcpClient> {
    const { hostname, port } = new URL(url.includes('://') ? url : `tcp://${url}`);
    const socket = connect({ host: hostname, port: Number(port) });
    await once(socket, 'connect');
    return new TcpClient(socket);
  }

  send(bytes: string | Uint8Array): this {
    this.socket.write(bytes);
    return this;
  }

  /** Everything received, as latin1 text. */
  get text(): string {
    return this.#received.toString('latin1');
  }

  /** Waits until what arrived satisfies `enough`, or the connection is closed; returns all of it. */
  async until(enough: (text: string) => boolean): Promise<string> {
    while (!enough(this.text) && !this.socket.closed) {
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
    return this.text;
  }

  /** Closes our side for good. */
  async close(): Promise<void> {
    this.socket.destroy();
    await this.closed;
  }
}
