import { expect, it } from 'vitest';
import type { AmqpConnection } from '../../../src/models/amqp/connection.js';
import { checkChannelLimit, checkConnectionLimits } from '../../../src/models/amqp/connection-limit.js';
import { User } from '../../../src/models/amqp/user.js';
import type { VirtualHost } from '../../../src/models/amqp/virtual-host.js';

const vhost = { name: '/', limits: new Map() } as unknown as VirtualHost;

function open(user: User, ...channelCounts: number[]): ReadonlySet<AmqpConnection> {
  return new Set(channelCounts.map((size) => ({ user, vhost, channels: { size } }) as unknown as AmqpConnection));
}

it('a connection more than a user or a vhost may have is refused, in words that tell which', () => {
  const user = new User('u', {}, []);
  expect(() => checkConnectionLimits(open(user, 0, 0), user, vhost)).not.toThrow();
  user.limits.set('max-connections', 2);
  expect(() => checkConnectionLimits(open(user, 0), user, vhost)).not.toThrow();
  expect(() => checkConnectionLimits(open(user, 0, 0), user, vhost)).toThrow('user connection limit (2) is reached');
  const full = { name: '/', limits: new Map([['max-connections', 0]]) } as unknown as VirtualHost;
  expect(() => checkConnectionLimits(open(user), user, full)).toThrow(
    "access to vhost '/' refused for user 'u': connection limit (0) is reached",
  );
});

it('channels of a user count over all connections, those of others do not', () => {
  const user = new User('u', {}, []);
  user.limits.set('max-channels', 3);
  expect(() => checkChannelLimit(open(user, 1, 1), user)).not.toThrow();
  expect(() => checkChannelLimit(open(user, 1, 2), user)).toThrow('maximum allowed user limit of (3)');
  expect(() => checkChannelLimit(open(new User('v', {}, []), 9), user)).not.toThrow();
});
