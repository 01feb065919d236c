// The AppSpec of one deployment. Source: CodeDeploy user guide, AppSpec "resources" and "hooks" sections for Amazon ECS deployments.
import { type LaunchSettings, type LifecycleHook, lifecycleHooks } from '#core/deployment/deployment.ts';

/** `BeforeInstall` -> `before-install`. */
export function hookFunctionName(prefix: string, hook: LifecycleHook): string {
  return `${prefix}-${hook.replace(/(?!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase()}`;
}

/** AppSpec as JSON text, with all five hooks of Weir. */
export function appSpec(taskDefinitionArn: string, launch: LaunchSettings, hookFunctionPrefix: string): string {
  const { platformVersion, networkConfiguration, capacityProviderStrategy } = launch;
  return JSON.stringify({
    version: 0.0,
    Resources: [
      {
        TargetService: {
          Type: 'AWS::ECS::Service',
          Properties: {
            TaskDefinition: taskDefinitionArn,
            LoadBalancerInfo: { ContainerName: launch.loadBalancerContainer, ContainerPort: launch.loadBalancerPort },
            ...(platformVersion === undefined ? {} : { PlatformVersion: platformVersion }),
            ...(networkConfiguration === undefined
              ? {}
              : {
                  NetworkConfiguration: {
                    AwsvpcConfiguration: {
                      Subnets: networkConfiguration.subnets,
                      SecurityGroups: networkConfiguration.securityGroups,
                      AssignPublicIp: networkConfiguration.assignPublicIp,
                    },
                  },
                }),
            ...(capacityProviderStrategy === undefined
              ? {}
              : {
                  CapacityProviderStrategy: capacityProviderStrategy.map(({ capacityProvider, base, weight }) => ({
                    CapacityProvider: capacityProvider,
                    Base: base,
                    Weight: weight,
                  })),
                }),
          },
        },
      },
    ],
    Hooks: lifecycleHooks.map((hook) => ({ [hook]: hookFunctionName(hookFunctionPrefix, hook) })),
  });
}
