/** Which protocol a connection speaks, told by its first bytes. */
export type Protocol = 'kafka' | 'amqp' | 'redis' | 'http' | 'tls';

const HTTP_METHOD = /^(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH) $/;
const LONGEST_METHOD = 8;
const LONGEST_REQUEST_LINE = 64 * 1024;

/**
 * Decides by the first bytes, or returns undefined when more are needed.
 *
 * ```
 * 00                     Kafka: a request length below 16 MiB
 * "AMQP"                 AMQP 0-9-1 protocol header
 * 16                     TLS ClientHello
 * METHOD … " HTTP/1.x"   HTTP, told by its whole first line: `GET key` alone is an inline Redis command;
 *                        nothing is posted to `/`, so that goes to Redis, which closes such connections
 * anything else          Redis
 * ```
 */
export function sniff(bytes: Uint8Array): Protocol | undefined {
  if (bytes.length === 0) return undefined;
  if (bytes[0] === 0x00) return 'kafka';
  if (bytes[0] === 0x16) return 'tls';
  const head = latin1(bytes.subarray(0, LONGEST_METHOD));
  if (head.startsWith('AMQP')) return 'amqp';
  if ('AMQP'.startsWith(head)) return undefined;
  const space = head.indexOf(' ');
  if (space === -1) return couldBecomeMethod(head) ? undefined : 'redis';
  if (!HTTP_METHOD.test(head.slice(0, space + 1))) return 'redis';
  const lineEnd = bytes.indexOf(0x0a);
  if (lineEnd === -1) return bytes.length > LONGEST_REQUEST_LINE ? 'redis' : undefined;
  const line = latin1(bytes.subarray(0, lineEnd));
  return / HTTP\/1\.[01]\r?$/.test(line) && !line.startsWith('POST / ') ? 'http' : 'redis';
}

const METHODS = ['GET ', 'HEAD ', 'POST ', 'PUT ', 'DELETE ', 'OPTIONS ', 'PATCH '];

function couldBecomeMethod(head: string): boolean {
  return METHODS.some((method) => method.startsWith(head));
}

function latin1(bytes: Uint8Array): string {
  let out = '';
  for (const byte of bytes) out += String.fromCharCode(byte);
  return out;
}
