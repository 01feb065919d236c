// Checks of the service itself: is it there, does the driver fit, does the task definition fit what runs it.

import type { TaskDefinitionView } from '#core/inspection/task-definition-view.ts';
import { fargateSizes, isFargateSize } from '#core/remediation/fargate-size.ts';
import type { Finding, VerifyFacts, VerifyTarget } from './verify-facts.ts';

const controllers = { codedeploy: 'CODE_DEPLOY', ecs: 'ECS' } as const;

export function checkService({ observed, cluster, service, account, region }: VerifyFacts): readonly Finding[] {
  if (observed === undefined) {
    return [
      fault(
        'service',
        `there is no service ${service} in cluster ${cluster} of account ${account}, ${region}`,
        'create it, or mend service and cluster in the manifest',
      ),
    ];
  }
  if (observed.status !== 'ACTIVE') return [fault('service', `service ${service} is ${observed.status}`, 'deploy to a service that is ACTIVE')];
  if (observed.desiredCount === 0) {
    return [fault('desiredCount', `service ${service} wants 0 tasks: there is nothing to shift traffic from`, 'set a desired count of at least 1')];
  }
  return [];
}

export function checkController({ observed }: VerifyFacts, { driver }: VerifyTarget): readonly Finding[] {
  if (observed === undefined || observed.deploymentController === controllers[driver]) return [];
  const other = observed.deploymentController === 'ECS' ? 'ecs' : 'codedeploy';
  return [
    fault(
      'controller',
      `the service's deployment controller is ${observed.deploymentController}, and the ${driver} driver needs ${controllers[driver]}`,
      `write driver.kind: ${other}, or change the service's deployment controller`,
    ),
  ];
}

export function checkDeploymentGroup({ groups, cluster, service }: VerifyFacts, { deploymentGroup }: VerifyTarget): readonly Finding[] {
  if (deploymentGroup === undefined || groups.some((group) => `${group.application}/${group.deploymentGroup}` === deploymentGroup)) return [];
  return [
    fault(
      'deploymentGroup',
      `no CodeDeploy deployment group ${deploymentGroup} deploys ${cluster}/${service}`,
      'create it, or mend driver.application and driver.deploymentGroup; weir init finds the group of a service',
    ),
  ];
}

export function checkContainers(facts: VerifyFacts, target: VerifyTarget, view: TaskDefinitionView): readonly Finding[] {
  const names = view.containers.map(({ name }) => name);
  if (target.container !== undefined && !names.includes(target.container)) {
    return [fault('container', `the task definition has no container ${target.container}; it has ${names.join(', ')}`, 'mend image.container in the manifest')];
  }
  if (target.container === undefined && names.length > 1) {
    return [
      fault('container', `the task definition has ${names.length} containers: ${names.join(', ')}`, 'name the one that gets the image as image.container'),
    ];
  }
  return (facts.observed?.balancers ?? []).flatMap(({ containerName, containerPort }) => {
    const container = view.containers.find(({ name }) => name === containerName);
    if (container === undefined) {
      return [
        fault(
          'containerPort',
          `the load balancer sends to container ${containerName}, which the task definition does not have`,
          `name a container of the task definition in the service's load balancer`,
        ),
      ];
    }
    if (container.ports.includes(containerPort)) return [];
    const has = container.ports.length === 0 ? 'none' : container.ports.join(', ');
    return [
      fault(
        'containerPort',
        `the load balancer sends to port ${containerPort} of container ${containerName}, which maps ${has}`,
        `add a port mapping for ${containerPort} to container ${containerName}, or mend the port in the service's load balancer`,
      ),
    ];
  });
}

export function checkTaskSize({ observed }: VerifyFacts, { cpu, memory }: TaskDefinitionView): readonly Finding[] {
  if (observed?.onFargate !== true) return [];
  if (cpu === undefined || memory === undefined)
    return [
      fault('taskSize', 'the task definition has no task-level cpu and memory, which Fargate needs', 'set cpu and memory of the task, such as 256 and 512'),
    ];
  if (isFargateSize({ cpu, memory })) return [];
  const row = fargateSizes.find((candidate) => candidate.cpu === cpu);
  const offered = row?.memory ?? [];
  const remedy =
    offered.length === 0
      ? `take cpu from ${fargateSizes.map((candidate) => candidate.cpu).join(', ')}`
      : `with cpu ${cpu} take memory from ${offered[0]} to ${offered.at(-1)} MiB, as Fargate offers it`;
  return [fault('taskSize', `Fargate has no tasks of cpu ${cpu} and memory ${memory}`, remedy)];
}

export function checkAlarms({ alarms }: VerifyFacts, { alarms: wanted }: VerifyTarget): readonly Finding[] {
  if (alarms === undefined) return [];
  const state = (name: string): string | undefined => alarms.find((alarm) => alarm.name === name)?.state;
  return wanted.flatMap((name): Finding[] => {
    if (state(name) === undefined) return [fault('alarms', `alarm ${name} does not exist`, 'create it, or take it out of health.alarms')];
    if (state(name) !== 'ALARM') return [];
    return [{ check: 'alarms', level: 'warning', problem: `alarm ${name} is in ALARM now`, remedy: 'find out why: deployments are refused while it is red' }];
  });
}

function fault(check: string, problem: string, remedy: string): Finding {
  return { check, level: 'fault', problem, remedy };
}
