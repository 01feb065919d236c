// Marker pagination as every ELBv2 Describe has it.
import type { AwsShape } from '../region.ts';
import { PAGE_SIZE_MAX } from './limits.ts';
import { integer, text, validationError } from './request-members.ts';

/** The page an input asks for, under `member`, with NextMarker when there is more. Markers are positions in creation order. */
export function pageOf<T>(input: AwsShape, member: string, all: readonly T[], describe: (item: T) => AwsShape): AwsShape {
  const size = integer(input, 'PageSize', { min: 1, max: PAGE_SIZE_MAX }) ?? PAGE_SIZE_MAX;
  const marker = text(input, 'Marker');
  const start = marker === undefined || marker === '' ? 0 : Number(Buffer.from(marker, 'base64').toString('utf8'));
  if (!Number.isInteger(start) || start < 0) throw validationError(`The marker '${marker}' is not valid`);
  const end = start + size;
  return {
    [member]: all.slice(start, end).map(describe),
    ...(end < all.length ? { NextMarker: Buffer.from(String(end)).toString('base64') } : {}),
  };
}
