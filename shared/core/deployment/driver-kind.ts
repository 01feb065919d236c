// What shifts the traffic of a deployment, and what people call it.

export const driverKinds = ['codedeploy', 'ecs'] as const;
/** codedeploy: AWS CodeDeploy blue/green. ecs: deployments of ECS's own controller. */
export type DriverKind = (typeof driverKinds)[number];

/** The driver in texts for people. Records from before there were two drivers name none. */
export function driverName(kind: DriverKind | undefined): string {
  return kind === 'ecs' ? 'ECS' : 'CodeDeploy';
}
