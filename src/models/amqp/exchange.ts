import type { Binding } from './binding.js';
import type { Matcher } from './exchange-type.js';
import type { FieldTable } from './field-table.js';
import type { Policy } from './policy.js';

export interface ExchangeDefinition {
  readonly name: string;
  readonly type: string;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly internal: boolean;
  readonly arguments: FieldTable;
}

/** A named set of bindings of one type. */
export class Exchange implements ExchangeDefinition {
  readonly kind = 'exchange';
  readonly name: string;
  readonly type: string;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly internal: boolean;
  readonly arguments: FieldTable;
  readonly matcher: Matcher;
  /** Bindings from here, by identity. */
  readonly bindings = new Map<string, Binding>();
  /** Bindings that lead here. */
  readonly incoming = new Set<Binding>();
  /** The policy in force. */
  policy: Policy | undefined;
  /** Where messages go that match nothing here: the argument, else the policy's. */
  alternate: string | undefined;
  /** False once it was deleted. */
  alive = true;
  /** Messages published to it by clients, ever. */
  publishedCount = 0;
  /** Copies of them that went to queues. */
  routedCount = 0;

  constructor(definition: ExchangeDefinition, matcher: Matcher) {
    this.name = definition.name;
    this.type = definition.type;
    this.durable = definition.durable;
    this.autoDelete = definition.autoDelete;
    this.internal = definition.internal;
    this.arguments = definition.arguments;
    this.matcher = matcher;
    this.applyPolicy(undefined);
  }

  /** A message went to so many queues. The default exchange counts one for its name, be there a queue or not. */
  countRouted(queueCount: number): void {
    this.routedCount += this.name === '' ? Math.max(queueCount, 1) : queueCount;
  }

  /** Adds a binding; false when an equal one exists. */
  bind(binding: Binding): boolean {
    if (this.bindings.has(binding.identity)) return false;
    this.bindings.set(binding.identity, binding);
    this.matcher.add(binding);
    return true;
  }

  /** Removes a binding and returns it; undefined when there is none. */
  unbind(identity: string): Binding | undefined {
    const binding = this.bindings.get(identity);
    if (!binding) return undefined;
    this.bindings.delete(identity);
    this.matcher.remove(binding);
    return binding;
  }

  applyPolicy(policy: Policy | undefined): void {
    this.policy = policy;
    const own = this.arguments.get('alternate-exchange') ?? policy?.definition.get('alternate-exchange');
    this.alternate = typeof own === 'string' ? own : undefined;
  }
}
