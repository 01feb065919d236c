// What goes wrong with services outside of deployments: counts by minute, the incidents folded from them, and words nobody has
// classified. Counting is one atomic write per event, whatever the number of events, and the same event counted twice is one.
import type { ServiceKey } from '#core/deployment/deployment.ts';
import type { Incident, Sighting, SightingMinute } from '#core/remediation/incident.ts';

export interface CountedSighting {
  /** It had been counted before: its event came again. */
  readonly repeated: boolean;
  /** The minute's counts with it. */
  readonly minute: SightingMinute;
}

export interface VersionedIncident {
  readonly incident: Incident;
  readonly version: number;
}

export interface IncidentStore {
  /** Counts it in the minute of `sighting.at`. Repeats are told apart among the first SIGHTINGS_TOLD_APART_MAX of a minute. */
  count(serviceKey: ServiceKey, subject: string, sighting: Sighting): Promise<CountedSighting>;
  /** Minutes in which something was counted, from `since` on, oldest first, at most INCIDENT_MINUTES_MAX. Strongly consistent. */
  minutes(serviceKey: ServiceKey, subject: string, since: number): Promise<readonly SightingMinute[]>;
  /** The newest incident of a subject. Strongly consistent. */
  load(serviceKey: ServiceKey, subject: string): Promise<VersionedIncident | undefined>;
  /** @throws ConflictError when somebody else wrote first */
  save(incident: Incident, expectedVersion: number | undefined, writeId: string): Promise<number>;
  /**
   * Keeps words nobody has classified, verbatim, by what such words have in common.
   * @returns what is known of such words on this service; it is forgotten UNKNOWN_REASON_KEPT_DAYS after the last time
   */
  recordUnknownReason(serviceKey: ServiceKey, fingerprint: string, text: string, at: number): Promise<UnknownReason>;
  /** People were told. */
  recordUnknownReasonTold(serviceKey: ServiceKey, fingerprint: string, at: number): Promise<void>;
}

export interface UnknownReason {
  /** How often, this time included. */
  readonly seen: number;
  /** The first time, epoch milliseconds. */
  readonly firstAt: number;
  /** Whether people know. */
  readonly told: boolean;
}

/** Far above every threshold a runbook has; in a storm repeats no longer matter. */
export const SIGHTINGS_TOLD_APART_MAX = 64;
/** Days since the last time. */
export const UNKNOWN_REASON_KEPT_DAYS = 30;
