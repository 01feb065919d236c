// The stores of deployments and services as the functions have them: whoever touches a record of one is about it from then on, in logs,
// metrics and trace. Reads of many (keys, unfinished, guarded, history) name none.
import type { DeploymentStore } from '#ports/deployment-store.ts';
import type { ServiceStore } from '#ports/service-store.ts';
import { correlate } from './correlation.ts';

export function observedDeployments(store: DeploymentStore): DeploymentStore {
  return {
    create(deployment) {
      correlate({ serviceKey: deployment.serviceKey, deploymentId: deployment.id });
      return store.create(deployment);
    },
    load(serviceKey, deploymentId) {
      correlate({ serviceKey, deploymentId });
      return store.load(serviceKey, deploymentId);
    },
    loadWithService(serviceKey, deploymentId) {
      correlate({ serviceKey, deploymentId });
      return store.loadWithService(serviceKey, deploymentId);
    },
    save(deployment, expectedVersion, writeId) {
      correlate({ serviceKey: deployment.serviceKey, deploymentId: deployment.id });
      return store.save(deployment, expectedVersion, writeId);
    },
    signal(serviceKey, deploymentId, signal) {
      correlate({ serviceKey, deploymentId });
      return store.signal(serviceKey, deploymentId, signal);
    },
    await(serviceKey, deploymentId, token, seenSignals) {
      correlate({ serviceKey, deploymentId });
      return store.await(serviceKey, deploymentId, token, seenSignals);
    },
    unfinished: (after) => store.unfinished(after),
    guarded: (after) => store.guarded(after),
    history: (serviceKey, limit) => store.history(serviceKey, limit),
  };
}

export function observedServices(store: ServiceStore): ServiceStore {
  return {
    load(key) {
      correlate({ serviceKey: key });
      return store.load(key);
    },
    save(record, expectedVersion, writeId) {
      correlate({ serviceKey: record.key });
      return store.save(record, expectedVersion, writeId);
    },
    keys: (after) => store.keys(after),
  };
}
