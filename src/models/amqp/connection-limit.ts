/** How many connections and channels a user or a virtual host may have, in RabbitMQ's words. */
import type { AmqpConnection } from './connection.js';
import { notAllowed } from './errors.js';
import type { User } from './user.js';
import type { VirtualHost } from './virtual-host.js';

export function accessRefusedText(user: string, vhost: string): string {
  return `access to vhost '${vhost}' refused for user '${user}'`;
}

/** @throws AmqpError NOT_ALLOWED when one more connection would be too many */
export function checkConnectionLimits(open: ReadonlySet<AmqpConnection>, user: User, vhost: VirtualHost): void {
  const ofVhost = vhost.limits.get('max-connections') ?? Infinity;
  if (count(open, (each) => each.vhost === vhost) >= ofVhost) {
    throw notAllowed(`${accessRefusedText(user.name, vhost.name)}: connection limit (${ofVhost}) is reached`);
  }
  const ofUser = user.limits.get('max-connections') ?? Infinity;
  if (count(open, (each) => each.user === user) >= ofUser) {
    throw notAllowed(`connection refused for user '${user.name}': user connection limit (${ofUser}) is reached`);
  }
}

/** @throws AmqpError NOT_ALLOWED when the user has too many channels, over all connections */
export function checkChannelLimit(open: ReadonlySet<AmqpConnection>, user: User): void {
  const limit = user.limits.get('max-channels');
  if (limit === undefined) return;
  let channels = 0;
  for (const connection of open) if (connection.user === user) channels += connection.channels.size;
  if (channels < limit) return;
  throw notAllowed(
    `number of channels opened for user '${user.name}' has reached the maximum allowed user limit of (${limit})`,
  );
}

function count(open: ReadonlySet<AmqpConnection>, isCounted: (connection: AmqpConnection) => boolean): number {
  let counted = 0;
  for (const connection of open) if (isCounted(connection)) counted++;
  return counted;
}
