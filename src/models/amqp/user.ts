import type { VirtualHost } from './virtual-host.js';

export type Operation = 'configure' | 'write' | 'read';

/** Patterns of the resources that a user may use in a virtual host. */
export type Permissions = Readonly<Record<Operation, string>>;

/** Who may log in, and what they may do where. */
export class User {
  readonly name: string;
  password: string;
  tags: readonly string[];
  /** By virtual host. */
  readonly permissions = new Map<string, Permissions>();

  constructor(name: string, password: string, tags: readonly string[]) {
    this.name = name;
    this.password = password;
    this.tags = tags;
  }

  /** @throws AmqpError ACCESS_REFUSED */
  check(_vhost: VirtualHost, _operation: Operation, _kind: 'queue' | 'exchange', _name: string): void {}
}
