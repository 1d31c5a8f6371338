import { checkLimit, type Limits } from '../../core/limits.js';
import { plainFields } from './plain-fields.js';

/** Numbers of the wire, as `describe`, `create` and `delete` use them. */
export const ACL_RESOURCES = {
  any: 1,
  topic: 2,
  group: 3,
  cluster: 4,
  transactionalId: 5,
  delegationToken: 6,
  user: 7,
} as const;
export const ACL_PATTERNS = { any: 1, match: 2, literal: 3, prefixed: 4 } as const;
export const ACL_OPERATIONS = {
  any: 1,
  all: 2,
  read: 3,
  write: 4,
  create: 5,
  delete: 6,
  alter: 7,
  describe: 8,
  clusterAction: 9,
  describeConfigs: 10,
  alterConfigs: 11,
  idempotentWrite: 12,
  createTokens: 13,
  describeTokens: 14,
} as const;
export const ACL_PERMISSIONS = { any: 1, deny: 2, allow: 3 } as const;

export type AclOperation = keyof typeof ACL_OPERATIONS;
export type AclResource = keyof typeof ACL_RESOURCES;

/** The name of the one cluster. */
export const CLUSTER_RESOURCE = 'kafka-cluster';
const WILDCARD = '*';
const ANYBODY = 'User:*';

/** Who may, or may not, do what with what, from where. */
export interface AclBinding {
  readonly resourceType: number;
  readonly resourceName: string;
  readonly patternType: number;
  readonly principal: string;
  readonly host: string;
  readonly operation: number;
  readonly permissionType: number;
}

/** Null and `any` accept everything. */
export interface AclFilter {
  readonly resourceType: number;
  readonly resourceName: string | null;
  readonly patternType: number;
  readonly principal: string | null;
  readonly host: string | null;
  readonly operation: number;
  readonly permissionType: number;
}

/** Switches the authorizer on. */
export interface AuthorizerOptions {
  /** They may do everything: `User:admin`. */
  readonly superUsers?: readonly string[];
  /** Whether a resource without any rule is open to everybody. Default false. */
  readonly allowEveryoneIfNoAclFound?: boolean;
}

/** What an operation is allowed by, beside itself and `all`. */
const IMPLIED_BY: Partial<Record<AclOperation, readonly AclOperation[]>> = {
  describe: ['read', 'write', 'delete', 'alter'],
  describeConfigs: ['alterConfigs'],
};

/** Rules of access. A denial counts more than any permission. */
export class AclStore {
  readonly #options: AuthorizerOptions | undefined;
  readonly #limits: Limits;
  readonly #changed: () => void;
  #bindings: AclBinding[] = [];

  /** @param changed called after each change */
  constructor(options: AuthorizerOptions | undefined, limits: Limits, changed: () => void = () => {}) {
    this.#options = options;
    this.#limits = limits;
    this.#changed = changed;
  }

  /** Off, everything is allowed and nothing is stored. */
  get enabled(): boolean {
    return this.#options !== undefined;
  }

  /** In the order in which they were added. */
  get bindings(): readonly AclBinding[] {
    return this.#bindings;
  }

  /** @throws BrokerLimitError */
  add(binding: AclBinding): void {
    if (this.#bindings.some((known) => sameBinding(known, binding))) return;
    checkLimit(this.#limits, 'entityCount', this.#bindings.length + 1, 'one more ACL');
    this.#bindings.push(binding);
    this.#changed();
  }

  find(filter: AclFilter): AclBinding[] {
    return this.#bindings.filter((binding) => accepts(filter, binding));
  }

  /** Removes rules that `find` has found. */
  remove(bindings: readonly AclBinding[]): void {
    this.#bindings = this.#bindings.filter((binding) => !bindings.includes(binding));
    this.#changed();
  }

  reset(): void {
    this.#bindings = [];
  }

  snapshot(): unknown {
    return this.#bindings.map((binding) => new Map<string, unknown>(Object.entries(binding)));
  }

  restore(state: unknown): void {
    this.#bindings = plainFields(state) as AclBinding[];
  }

  /**
   * Whether somebody may do something.
   *
   * @param principal `User:name`
   * @param host address of the client, without a slash
   */
  allows(principal: string, host: string, operation: AclOperation, resource: AclResource, name: string): boolean {
    if (!this.#options || this.#options.superUsers?.includes(principal)) return true;
    const about = this.#bindings.filter((binding) => covers(binding, ACL_RESOURCES[resource], name));
    if (about.length === 0) return this.#options.allowEveryoneIfNoAclFound ?? false;
    const mine = about.filter((binding) => isAbout(binding, principal, host));
    const named = (operations: readonly AclOperation[], permission: number) =>
      mine.some(
        (binding) =>
          binding.permissionType === permission &&
          (binding.operation === ACL_OPERATIONS.all ||
            operations.some((candidate) => binding.operation === ACL_OPERATIONS[candidate])),
      );
    if (named([operation], ACL_PERMISSIONS.deny)) return false;
    return named([operation, ...(IMPLIED_BY[operation] ?? [])], ACL_PERMISSIONS.allow);
  }

  /** Whether somebody may do something with any resource of a type, whether it is there or not. @see allows */
  allowsSomewhere(principal: string, host: string, operation: AclOperation, resource: AclResource): boolean {
    if (this.allows(principal, host, operation, resource, 'hardcode')) return true;
    const rules = this.#bindings.filter(
      (binding) =>
        binding.resourceType === ACL_RESOURCES[resource] &&
        isAbout(binding, principal, host) &&
        (binding.operation === ACL_OPERATIONS[operation] || binding.operation === ACL_OPERATIONS.all),
    );
    const denied = rules.filter(({ permissionType }) => permissionType === ACL_PERMISSIONS.deny);
    if (denied.some((rule) => isOf(rule, ACL_PATTERNS.literal, WILDCARD))) return false;
    return rules.some((rule) => rule.permissionType === ACL_PERMISSIONS.allow && isOpen(rule, denied));
  }
}

function isAbout(binding: AclBinding, principal: string, host: string): boolean {
  return (
    (binding.principal === principal || binding.principal === ANYBODY) &&
    (binding.host === host || binding.host === WILDCARD)
  );
}

function isOf(binding: AclBinding, patternType: number, name: string): boolean {
  return binding.patternType === patternType && binding.resourceName === name;
}

/** Whether no rule denies all that another one allows; nothing but a wildcard denies what a wildcard allows. */
function isOpen({ patternType, resourceName }: AclBinding, denied: readonly AclBinding[]): boolean {
  if (patternType === ACL_PATTERNS.literal && resourceName === WILDCARD) return true;
  return !denied.some((rule) =>
    rule.patternType === ACL_PATTERNS.prefixed
      ? resourceName.startsWith(rule.resourceName)
      : isOf(rule, patternType, resourceName),
  );
}

function covers(binding: AclBinding, resourceType: number, name: string): boolean {
  if (binding.resourceType !== resourceType) return false;
  if (binding.patternType === ACL_PATTERNS.prefixed) return name.startsWith(binding.resourceName);
  return binding.resourceName === name || binding.resourceName === WILDCARD;
}

function sameBinding(a: AclBinding, b: AclBinding): boolean {
  return (
    a.resourceType === b.resourceType &&
    a.resourceName === b.resourceName &&
    a.patternType === b.patternType &&
    a.principal === b.principal &&
    a.host === b.host &&
    a.operation === b.operation &&
    a.permissionType === b.permissionType
  );
}

function accepts(filter: AclFilter, binding: AclBinding): boolean {
  const number = (wanted: number, any: number, actual: number) => wanted === any || wanted === actual;
  const text = (wanted: string | null, actual: string) => wanted === null || wanted === actual;
  return (
    number(filter.resourceType, ACL_RESOURCES.any, binding.resourceType) &&
    number(filter.operation, ACL_OPERATIONS.any, binding.operation) &&
    number(filter.permissionType, ACL_PERMISSIONS.any, binding.permissionType) &&
    text(filter.principal, binding.principal) &&
    text(filter.host, binding.host) &&
    acceptsName(filter, binding)
  );
}

function acceptsName(filter: AclFilter, binding: AclBinding): boolean {
  const { patternType, resourceName } = filter;
  if (patternType === ACL_PATTERNS.match) {
    return resourceName === null || covers(binding, binding.resourceType, resourceName);
  }
  if (patternType !== ACL_PATTERNS.any && patternType !== binding.patternType) return false;
  return resourceName === null || resourceName === binding.resourceName;
}
