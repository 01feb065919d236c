// What a deployment is asked for where nobody pushed an image: something that went wrong is to be put right.
import type { CapacityProviderStrategyItem } from '#core/remediation/action.ts';

/** What is deployed, and how, where it is not simply a new image: asked for by a runbook or the guard window. */
export interface Remedy {
  /** Who asks, for the record, such as `remediation 20261123T0900-ab12`. */
  readonly by: string;
  readonly why: string;
  /** restore: back to what worked. change: something new, which has to prove itself like a pushed image. */
  readonly purpose: 'change' | 'restore';
  readonly taskDefinition: /** The serving one with the requested image. */
    | { readonly kind: 'serving' }
    /** An earlier one with the requested image. */
    | { readonly kind: 'revision'; readonly taskDefinitionArn: string }
    /** The serving one with other memory. MiB and CPU units; undefined: as it is. */
    | ({ readonly kind: 'memory' } & MemoryChange);
  /** Instead of the manifest's, where the service can do it; absent: the manifest's. */
  readonly strategy?: 'allAtOnce';
  readonly capacityProviderStrategy?: readonly CapacityProviderStrategyItem[];
}

export interface MemoryChange {
  readonly container: string;
  readonly containerMemory?: number | undefined;
  readonly taskMemory?: number | undefined;
  readonly taskCpu?: number | undefined;
}
