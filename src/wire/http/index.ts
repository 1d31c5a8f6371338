/**
 * The HTTP door: what a browser or a test tool sees on the same port. It only carries requests; what they answer is
 * said by routes, pure functions that the other doors bring along.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

export interface HttpRequest {
  readonly method: string;
  /** Path without the query, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text, bytes, or a value to be written as JSON; absent for an empty answer. */
  readonly body?: unknown;
}

/** Answers a request, or undefined when it is not for this route. */
export type HttpRoute = (request: HttpRequest) => HttpResponse | undefined | Promise<HttpResponse | undefined>;

const LARGEST_BODY_BYTES = 16 * 1024 * 1024;

export class HttpDoor {
  readonly #routes: readonly HttpRoute[];
  readonly #reportError: (error: unknown) => void;
  #server: Promise<Server> | undefined;

  constructor(routes: readonly HttpRoute[], reportError: (error: unknown) => void) {
    this.#routes = routes;
    this.#reportError = reportError;
  }

  /** Serves HTTP on a paused stream that was accepted elsewhere. @param bytes what was read from it before */
  accept(stream: Duplex, bytes: Uint8Array): void {
    this.#server ??= this.#createServer();
    this.#server.then((server) => {
      server.emit('connection', stream);
      stream.emit('data', bytes);
      stream.resume();
    }, this.#reportError);
  }

  // node:http costs milliseconds to load, so it is loaded when somebody speaks HTTP.
  async #createServer(): Promise<Server> {
    const { createServer } = await import('node:http');
    return createServer((incoming, outgoing) => {
      const chunks: Uint8Array[] = [];
      let bytes = 0;
      incoming.on('data', (chunk: Uint8Array) => {
        bytes += chunk.length;
        if (bytes > LARGEST_BODY_BYTES) incoming.destroy();
        else chunks.push(chunk);
      });
      incoming.on('end', () => {
        this.#respond(incoming, Buffer.concat(chunks)).then((response) => {
          const { body, contentType } = encodeBody(response.body);
          outgoing.writeHead(response.status, {
            ...(contentType && { 'content-type': contentType }),
            ...(response.status !== 204 && { 'content-length': String(body.length) }),
            ...response.headers,
          });
          outgoing.end(body);
        }, this.#reportError);
      });
    });
  }

  async #respond(incoming: IncomingMessage, body: Uint8Array): Promise<HttpResponse> {
    const target = incoming.url ?? '/';
    // A path may begin with two slashes, so it is never read relative to a host.
    const base = target.startsWith('/') ? `http://localhost${target}` : target;
    if (!URL.canParse(base)) return { status: 400, body: { error: 'bad_request', reason: 'the target is no path' } };
    const url = new URL(base);
    return this.answer({
      method: incoming.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers as Record<string, string | undefined>,
      body,
    });
  }

  /** Asks the routes in order. */
  async answer(request: HttpRequest): Promise<HttpResponse> {
    try {
      for (const route of this.#routes) {
        const response = await route(request);
        if (response) return response;
      }
    } catch (error) {
      this.#reportError(error);
      return { status: 500, body: { error: 'internal_error', reason: String(error) } };
    }
    return { status: 404, body: { error: 'Object Not Found', reason: 'Not Found' } };
  }
}

function encodeBody(body: unknown): { body: Uint8Array; contentType?: string } {
  if (body === undefined) return { body: new Uint8Array() };
  if (body instanceof Uint8Array) return { body };
  if (typeof body === 'string') return { body: Buffer.from(body), contentType: 'text/plain; charset=utf-8' };
  return { body: Buffer.from(JSON.stringify(body)), contentType: 'application/json' };
}
