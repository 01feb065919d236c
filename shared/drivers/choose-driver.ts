// Both drivers behind the one port: what is to be started says by its target which, what runs says it by its id.
import type { DriverKind } from '#core/deployment/driver-kind.ts';
import type { DeploymentDriver, DriverTarget } from '#ports/deployment-driver.ts';
import { lazyMembers } from '#ports/lazy-members.ts';
import { serviceOfDeployment } from './ecs/service-deployment-arn.ts';

/** @param makers each driver is made when first needed and kept: most functions need one of them or none */
export function chooseDriver(makers: Readonly<Record<DriverKind, () => DeploymentDriver>>): DeploymentDriver {
  const drivers = lazyMembers<Record<DriverKind, DeploymentDriver>>(makers);
  const ofTarget = ({ kind }: DriverTarget): DeploymentDriver => drivers[kind];
  const ofDeployment = (id: string): DeploymentDriver => drivers[serviceOfDeployment(id) === undefined ? 'codedeploy' : 'ecs'];
  return {
    observeGroup: (target, deploymentId) => ofTarget(target).observeGroup(target, deploymentId),
    start: (request) => ofTarget(request.target).start(request),
    observe: (id) => ofDeployment(id).observe(id),
    stop: (id, mode) => ofDeployment(id).stop(id, mode),
    endTerminationWait: (id) => ofDeployment(id).endTerminationWait(id),
    continueReady: (id) => ofDeployment(id).continueReady(id),
    ownerOf: (id) => ofDeployment(id).ownerOf(id),
    answerHook: (id, executionId, answer) => ofDeployment(id).answerHook(id, executionId, answer),
  };
}
