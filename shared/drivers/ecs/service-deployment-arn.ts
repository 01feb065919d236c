// ARNs of service deployments: how an ECS deployment is told from one of CodeDeploy, and whose service it is of.

/** Source: ECS API: `arn:PARTITION:ecs:REGION:ACCOUNT:service-deployment/CLUSTER/SERVICE/ID`. */
const form = /^arn:[^:]+:ecs:[^:]*:\d{12}:service-deployment\/([A-Za-z0-9_-]+)\/([A-Za-z0-9_-]+)\/[A-Za-z0-9_-]+$/;

/** The service a deployment is of; undefined for anything that is not the ARN of a service deployment. */
export function serviceOfDeployment(arn: string): { readonly cluster: string; readonly service: string } | undefined {
  const [, cluster, service] = form.exec(arn) ?? [];
  return cluster === undefined || service === undefined ? undefined : { cluster, service };
}
