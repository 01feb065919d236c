// Attributes of topics and subscriptions are maps, which the query protocol writes as entries.
import { xmlMap } from '../endpoint/query-wire.ts';
import type { AwsShape } from '../region.ts';

export function queryAnswer(_action: string, output: AwsShape): AwsShape {
  const attributes: unknown = output['Attributes'];
  return typeof attributes === 'object' && attributes !== null ? { ...output, Attributes: xmlMap(attributes as AwsShape) } : output;
}
