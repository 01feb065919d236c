// All types of resources the loader can make.
import { DELIVERY_KINDS } from './kinds/delivery.ts';
import { EVENT_KINDS } from './kinds/events.ts';
import { IAM_KINDS } from './kinds/iam.ts';
import { LAMBDA_KINDS } from './kinds/lambda.ts';
import { MESSAGING_KINDS } from './kinds/messaging.ts';
import { MONITORING_KINDS } from './kinds/monitoring.ts';
import { STATE_MACHINE_KINDS } from './kinds/state-machines.ts';
import { STORAGE_KINDS } from './kinds/storage.ts';
import type { ResourceKind } from './resource-kind.ts';

const KINDS: Readonly<Record<string, ResourceKind>> = {
  ...LAMBDA_KINDS,
  ...IAM_KINDS,
  ...EVENT_KINDS,
  ...MESSAGING_KINDS,
  ...STORAGE_KINDS,
  ...STATE_MACHINE_KINDS,
  ...MONITORING_KINDS,
  ...DELIVERY_KINDS,
};

export function resourceKind(type: string): ResourceKind | undefined {
  return Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
}
