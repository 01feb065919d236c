// The SdkHttpMetadata and SdkResponseMetadata that optimized integrations add to a result.
import type { Region } from '../../region.ts';
import type { JsonObject } from '../evaluation/json.ts';

/** @param extra headers beside the usual ones (X-Amz-Executed-Version). */
export function sdkMetadata(
  region: Region,
  contentLength: number,
  contentType: string,
  extra: Readonly<Record<string, string>> = {},
  status = 200,
): JsonObject {
  const requestId = region.ids.uuid();
  const headers: Record<string, string> = {
    ...extra,
    Connection: 'keep-alive',
    'x-amzn-RequestId': requestId,
    'Content-Length': String(contentLength),
    Date: new Date(region.clock.now()).toUTCString(),
    'Content-Type': contentType,
  };
  return {
    SdkHttpMetadata: {
      AllHttpHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
      HttpHeaders: headers,
      HttpStatusCode: status,
    },
    SdkResponseMetadata: { RequestId: requestId },
  };
}
