/**
 * Who of a group reads which partition: pure functions of members, their subscriptions and the sizes of topics.
 *
 * `range`, `round-robin`, `sticky` and `cooperative-sticky` are those of the clients, run by a native consumer that
 * leads its group; the server's own for groups with member epochs are `range` and `uniform`, which is sticky.
 *
 * Invariants: every partition of a subscribed topic has one owner, who subscribed to it (cooperative: at most one, an
 * old owner first gives it up); the order in which members are listed does not matter.
 */
import type { Assignor } from './assignment.js';
import { cooperativeStickyAssignor } from './cooperative-sticky.js';
import { rangeAssignor } from './range.js';
import { kafkajsRoundRobinAssignor, roundRobinAssignor } from './round-robin.js';
import { assignSticky, stickyAssignor } from './sticky.js';

export type { Assignment, Assignor, AssignorMember } from './assignment.js';

/** Assignors of the clients, by name. */
export const ASSIGNORS: ReadonlyMap<string, Assignor> = new Map(
  [rangeAssignor, roundRobinAssignor, kafkajsRoundRobinAssignor, stickyAssignor, cooperativeStickyAssignor].map(
    (assignor) => [assignor.name, assignor],
  ),
);

/** Assignors of the server, by name. */
export const SERVER_ASSIGNORS: ReadonlyMap<string, Assignor> = new Map(
  [{ name: 'uniform', assign: assignSticky }, rangeAssignor].map((assignor) => [assignor.name, assignor]),
);
