// Names out of the ARNs that ECS's events carry. Source: ECS developer guide, "Amazon Resource Names (ARNs) and IDs".

/** `arn:aws:ecs:...:cluster/prod` -> `prod`. */
export function clusterOf(clusterArn: string): string {
  return clusterArn.slice(clusterArn.lastIndexOf('/') + 1);
}

/** `arn:aws:ecs:...:service/prod/orders` -> `orders`; undefined for another kind of ARN. ARNs of the old format have no cluster. */
export function serviceOfArn(arn: string | undefined): string | undefined {
  const [, path] = /^arn:[^:]+:ecs:[^:]*:[^:]*:service\/(.+)$/.exec(arn ?? '') ?? [];
  return path?.slice(path.lastIndexOf('/') + 1);
}

/** `arn:aws:ecs:...:service/prod/orders` -> `prod/orders`; undefined for another kind of ARN and for the old format. */
export function serviceKeyOfArn(arn: string | undefined): string | undefined {
  return /^arn:[^:]+:ecs:[^:]*:[^:]*:service\/([^/]+\/[^/]+)$/.exec(arn ?? '')?.[1];
}
