// What every operation of CodeDeploy is made from: the region, what is remembered, the runner of deployments, the switches.
import type { Region } from '../region.ts';
import type { CodeDeployBehaviour } from './behaviour.ts';
import type { LifecycleRunner } from './lifecycle/run-lifecycle.ts';
import type { Store } from './store.ts';

export interface CodeDeployContext {
  readonly region: Region;
  readonly store: Store;
  readonly runner: LifecycleRunner;
  readonly behaviour: CodeDeployBehaviour;
}

/** ARNs in the forms IAM and the tagging operations use. */
export function applicationArn(region: Region, name: string): string {
  return region.arn('codedeploy', `application:${name}`);
}

export function deploymentGroupArn(region: Region, application: string, group: string): string {
  return region.arn('codedeploy', `deploymentgroup:${application}/${group}`);
}

export function deploymentConfigArn(region: Region, name: string): string {
  return region.arn('codedeploy', `deploymentconfig:${name}`);
}

/** For IAM: the ARN of a request's named resource; before validation the name may be anything. */
export function nameForArn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
