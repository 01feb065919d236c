// What would fail in the next deployment of a service, before it does. Called by `weir verify` with what was read.
import { viewTaskDefinition } from '#core/inspection/task-definition-view.ts';
import { checkHookFunctions, checkLogGroups, checkPermissions, checkRoles, checkSecrets } from './check-access.ts';
import { checkHealthChecks, checkRoutes, checkTargetGroups } from './check-balancing.ts';
import { checkImagesExist, checkPlatforms, checkTagsCannotMove } from './check-image.ts';
import { checkAlarms, checkContainers, checkController, checkDeploymentGroup, checkService, checkTaskSize } from './check-service.ts';
import type { Finding, VerifyFacts, VerifyTarget } from './verify-facts.ts';

/** Faults first; within a level in the order of the checks. Checks of what could not be read find nothing. */
export function verifyService(facts: VerifyFacts, target: VerifyTarget): readonly Finding[] {
  const view = facts.taskDefinition === undefined ? undefined : viewTaskDefinition(facts.taskDefinition);
  const findings = [
    ...checkService(facts),
    ...checkController(facts, target),
    ...checkDeploymentGroup(facts, target),
    ...(view === undefined ? [] : checkContainers(facts, target, view)),
    ...(view === undefined ? [] : checkTaskSize(facts, view)),
    ...checkImagesExist(facts),
    ...(view === undefined ? [] : checkPlatforms(facts, view)),
    ...checkTagsCannotMove(facts),
    ...checkRoles(facts, view),
    ...checkSecrets(facts),
    ...(view === undefined ? [] : checkLogGroups(facts, view)),
    ...checkHookFunctions(facts),
    ...checkPermissions(facts, view),
    ...checkTargetGroups(facts, view),
    ...checkHealthChecks(facts),
    ...checkRoutes(facts, target),
    ...checkAlarms(facts, target),
  ];
  return [...findings.filter(({ level }) => level === 'fault'), ...findings.filter(({ level }) => level === 'warning')];
}
