// ECR says an image was scanned: what was found in images that serve is told or blocked, as the manifest says.
import { parseImageScannedEvent } from '#contracts/image-scanned-event.ts';
import { observeScan } from '#flows/remediation/observe-scan.ts';
import { subscriberHandler } from '#runtime/subscriber-handler.ts';

export const handler = subscriberHandler(parseImageScannedEvent, observeScan);
