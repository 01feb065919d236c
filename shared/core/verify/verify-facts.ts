// What verify judges: the live service, everything its next deployment depends on, and what the manifest wants of them.

import type { DriverKind } from '#core/deployment/driver-kind.ts';
import type {
  AlarmFacts,
  HookFunctionFacts,
  ImageFacts,
  LogGroupFacts,
  PermissionFacts,
  RoleFacts,
  SecretFacts,
  ServiceFacts,
} from '#core/inspection/service-facts.ts';

/** An image that a container runs, or will run. */
export interface ContainerImage extends ImageFacts {
  readonly container: string;
  /** By digest: what is pulled is always the same. */
  readonly pinned: boolean;
}

/** A hook's function: Weir's own, or one of the user's that Weir's function asks. */
export interface HookFacts extends HookFunctionFacts {
  readonly owner: 'weir' | 'user';
  /** The role whose permission to invoke it is needed; undefined where it is not known. */
  readonly invokerRoleArn: string | undefined;
}

export interface VerifyFacts extends ServiceFacts {
  readonly images: readonly ContainerImage[];
  readonly roles: readonly RoleFacts[];
  /** Answers of IAM's simulator to neededPermissions; what is missing here could not be asked. */
  readonly permissions: readonly PermissionFacts[];
  readonly secrets: readonly SecretFacts[];
  readonly logGroups: readonly LogGroupFacts[];
  readonly hooks: readonly HookFacts[];
  /** Of the manifest's alarms, those that exist; undefined when they could not be read. */
  readonly alarms: readonly AlarmFacts[] | undefined;
}

/** The manifest's part in it. */
export interface VerifyTarget {
  readonly driver: DriverKind;
  /** `application/group` of CodeDeploy; undefined with the ecs driver. */
  readonly deploymentGroup: string | undefined;
  /** Container that gets the image; undefined: the only one. */
  readonly container: string | undefined;
  readonly repository: string;
  readonly alarms: readonly string[];
  readonly smokeChecks: number;
  /** Tasks are replaced and no traffic is shifted. */
  readonly rolling: boolean;
}

/** fault: a deployment would fail, or go wrong. warning: it would pass now, and may not tomorrow. */
export type FindingLevel = 'fault' | 'warning';

export interface Finding {
  /** Name of the check, for programs. */
  readonly check: string;
  readonly level: FindingLevel;
  readonly problem: string;
  /** What to do about it, in one line. */
  readonly remedy: string;
}
