// What Weir did, proposed or told about incidents, and how much it has done by itself.
import type { ServiceKey } from '#core/deployment/deployment.ts';
import type { ActionLog } from '#core/remediation/budget.ts';
import type { Remediation } from '#core/remediation/remediation-record.ts';

export interface VersionedRemediation {
  readonly remediation: Remediation;
  readonly version: number;
}

export interface VersionedActionLog {
  readonly log: ActionLog;
  /** undefined: there is none yet. */
  readonly version: number | undefined;
}

export interface ListedRemediation {
  readonly serviceKey: ServiceKey;
  readonly id: string;
}

export interface RemediationStore {
  /** Creates the record; answers the one that is there when it was created before (by anybody). */
  create(remediation: Remediation): Promise<VersionedRemediation>;
  /** Strongly consistent. */
  load(serviceKey: ServiceKey, id: string): Promise<VersionedRemediation | undefined>;
  /** @throws ConflictError when somebody else wrote first */
  save(remediation: Remediation, expectedVersion: number, writeId: string): Promise<number>;
  /** Those that nobody has begun, or told people of, asked for or ended since then: oldest first, a page at a time, eventually consistent. */
  unattended(since: number, after: string | undefined): Promise<{ readonly remediations: readonly ListedRemediation[]; readonly after: string | undefined }>;
  /** Newest first; of those about scans the last ones. */
  list(serviceKey: ServiceKey, limit: number): Promise<readonly Remediation[]>;
  /** The actions of a service, or of the whole account when undefined. Strongly consistent. */
  loadActions(serviceKey: ServiceKey | undefined): Promise<VersionedActionLog>;
  /** @throws ConflictError when somebody else wrote first */
  saveActions(serviceKey: ServiceKey | undefined, log: ActionLog, expectedVersion: number | undefined, writeId: string): Promise<void>;
}
