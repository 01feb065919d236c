// Where service records live. One conditional write per change.
import type { ServiceKey } from '#core/deployment/deployment.ts';
import type { ServiceRecord } from '#core/service/service-record.ts';

export interface VersionedService {
  readonly record: ServiceRecord;
  /** Grows by one with each write. */
  readonly version: number;
}

export interface ServiceStore {
  /** Strongly consistent. undefined: no manifest was ever applied for it. */
  load(key: ServiceKey): Promise<VersionedService | undefined>;
  /**
   * Writes the record if it still has `expectedVersion` (undefined: if there is none yet); answers the new version.
   * A write whose answer was lost and that is tried again with the same `writeId` succeeds.
   * @throws ConflictError when somebody else wrote first
   */
  save(record: ServiceRecord, expectedVersion: number | undefined, writeId: string): Promise<number>;
  /** Up to one page of all service keys, in key order, and where to go on. */
  keys(after: string | undefined): Promise<{ readonly keys: readonly ServiceKey[]; readonly after: string | undefined }>;
}
