// Everything CodeDeploy remembers in one region, with lookups that answer in AWS's errors.
import { AwsError } from '../endpoint/aws-error.ts';
import { FINISHED_DEPLOYMENTS_KEPT_MAX } from './limits.ts';
import { type Application, type Deployment, type DeploymentConfig, type DeploymentGroup, isActive } from './model.ts';
import { PREDEFINED_CONFIGS } from './predefined-configs.ts';

export interface Store {
  readonly applications: Map<string, Application>;
  /** Custom and predefined, by name. */
  readonly configs: Map<string, DeploymentConfig>;
  /** In order of creation. */
  readonly deployments: Map<string, Deployment>;
  /** @throws AwsError ApplicationDoesNotExistException */
  application(name: string): Application;
  /** @throws AwsError DeploymentGroupDoesNotExistException */
  group(application: Application, name: string): DeploymentGroup;
  /** @throws AwsError DeploymentConfigDoesNotExistException */
  config(name: string): DeploymentConfig;
  /** @throws AwsError DeploymentDoesNotExistException */
  deployment(id: string): Deployment;
  /** Forgets the oldest finished deployments beyond the number kept. */
  forgetOldDeployments(): void;
}

export function createStore(): Store {
  const applications = new Map<string, Application>();
  const configs = new Map(PREDEFINED_CONFIGS.map((config) => [config.name, config]));
  const deployments = new Map<string, Deployment>();
  return {
    applications,
    configs,
    deployments,
    application(name) {
      const application = applications.get(name);
      if (application === undefined) throw new AwsError('ApplicationDoesNotExistException', `No application found for name: ${name}`);
      return application;
    },
    group(application, name) {
      const group = application.groups.get(name);
      if (group === undefined) throw new AwsError('DeploymentGroupDoesNotExistException', `No Deployment Group found for name: ${name}`);
      return group;
    },
    config(name) {
      const config = configs.get(name);
      if (config === undefined) throw new AwsError('DeploymentConfigDoesNotExistException', `No Deployment Configuration found for name: ${name}`);
      return config;
    },
    deployment(id) {
      const deployment = deployments.get(id);
      if (deployment === undefined) throw new AwsError('DeploymentDoesNotExistException', `The deployment ${id} could not be found`);
      return deployment;
    },
    forgetOldDeployments() {
      const finished = [...deployments.values()].filter((deployment) => !isActive(deployment));
      for (const deployment of finished.slice(0, Math.max(0, finished.length - FINISHED_DEPLOYMENTS_KEPT_MAX))) deployments.delete(deployment.id);
    },
  };
}
