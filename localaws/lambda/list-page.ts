// Pages of Lambda's lists.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape } from '../region.ts';
import { invalidParameter } from './function-settings.ts';
import { LIST_ITEMS_DEFAULT, LIST_ITEMS_MAX } from './limits.ts';

/** A page of a list whose marker is a position. */
export function listPage<T>(items: readonly T[], input: AwsShape): { page: T[]; NextMarker?: string } {
  const size = input['MaxItems'] === undefined ? LIST_ITEMS_DEFAULT : Number(input['MaxItems']);
  if (!Number.isInteger(size) || size < 1 || size > LIST_ITEMS_MAX) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value '${String(input['MaxItems'])}' at 'maxItems' failed to satisfy constraint: Member must be between 1 and ${LIST_ITEMS_MAX}`,
    );
  }
  const from = input['Marker'] === undefined ? 0 : Number(Buffer.from(String(input['Marker']), 'base64').toString());
  if (!Number.isInteger(from) || from < 0) throw invalidParameter('Invalid Marker');
  const page = items.slice(from, from + size);
  return from + size < items.length ? { page, NextMarker: Buffer.from(String(from + size)).toString('base64') } : { page };
}
