// Deployment ids: the same push always gets the same id, so that an event delivered five times is one deployment.
import type { EpochMillis, ServiceKey } from './deployment.ts';

/** Characters of the hash that are kept: 40 bits, enough apart for the pushes of one service in one second. */
const HASH_LENGTH = 10;

/**
 * `20261116T015434-3f0c2a91be`: the push's time (so that ids sort) and a hash of service, digest and push. Valid as a Step
 * Functions execution name. The manifest's version is not part of it: applying a manifest between two deliveries of one event
 * must not make two deployments.
 * @param pushId what tells two pushes of one digest apart: the event id, or `sweep:<pushedAt>` for a push whose event was lost
 * @param sha256Hex hexadecimal SHA-256 of a text; given, so that the core stays free of platform code
 */
export function deploymentId(serviceKey: ServiceKey, digest: string, pushId: string, pushedAt: EpochMillis, sha256Hex: (text: string) => string): string {
  return `${compactTime(pushedAt)}-${sha256Hex(`${serviceKey}\n${digest}\n${pushId}`).slice(0, HASH_LENGTH)}`;
}

/** UTC time as `YYYYMMDDTHHMMSS`. Civil-from-days after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
export function compactTime(at: EpochMillis): string {
  const seconds = Math.floor(at / 1000);
  const days = Math.floor(seconds / 86_400);
  const inDay = seconds - days * 86_400;
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthIndex = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthIndex + 2) / 5) + 1;
  const month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${year}${two(month)}${two(day)}T${two(Math.floor(inDay / 3600))}${two(Math.floor((inDay % 3600) / 60))}${two(inDay % 60)}`;
}

/** The Step Functions execution name of a deployment's n-th run (at most 80 characters, `[0-9A-Za-z-_]`). */
export function executionName(id: string, run: number): string {
  return run === 1 ? id : `${id}-r${run}`;
}
