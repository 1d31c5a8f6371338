import type { FieldTable } from './field-table.js';

export type PolicyTarget = 'queues' | 'exchanges' | 'all' | 'classic_queues' | 'quorum_queues' | 'streams';

/** Settings for the queues and exchanges whose names match a pattern. */
export interface Policy {
  readonly name: string;
  readonly pattern: string;
  readonly applyTo: PolicyTarget;
  readonly priority: number;
  readonly definition: FieldTable;
}
