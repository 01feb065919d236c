// The load balancer of the local AWS: the Elastic Load Balancing v2 API for Application Load Balancers, and behind it a real
// HTTP proxy with real health checks whose traffic becomes CloudWatch metrics.
import type { Region, Service, ServiceFactory } from '../region.ts';
import { type CheckTarget, createHealthChecker } from './health-checker.ts';
import { listenerOperations, removeListener } from './listener-operations.ts';
import { loadBalancerOperations } from './load-balancer-operations.ts';
import { createLoadBalancing } from './load-balancing-state.ts';
import { createDataPlane, UNOPENED_PORTS } from './proxy/listener-ports.ts';
import { createMetricPublisher, type MetricOptions } from './publish-metrics.ts';
import { ruleOperations } from './rule-operations.ts';
import { tagOperations } from './tag-operations.ts';
import { targetGroupOperations } from './target-group-operations.ts';
import { targetOperations } from './target-operations.ts';
import { createTrafficCounts } from './traffic-counts.ts';

export interface Elbv2Options {
  readonly metrics?: MetricOptions;
  /** Least real milliseconds a health check gets, whatever the clock's speed. */
  readonly healthCheckRealTimeoutMsMin?: number;
  /** false: listeners open no port of this machine; what they route where is only described. */
  readonly opensPorts?: boolean;
  /** Answers health checks; a request over a socket when absent. */
  readonly checkTarget?: CheckTarget;
}

/** A load balancer with other than the default switches. */
export function elbv2With(options: Elbv2Options): ServiceFactory {
  return (region) => build(region, options);
}

/** The load balancer with the default switches. */
export const createElbv2: ServiceFactory = (region) => build(region, {});

function build(region: Region, options: Elbv2Options): Service {
  const state = createLoadBalancing();
  const traffic = createTrafficCounts();
  const dataPlane = options.opensPorts === false ? UNOPENED_PORTS : createDataPlane(region, state, traffic);
  const { healthCheckRealTimeoutMsMin: floor, checkTarget } = options;
  const healthChecker = createHealthChecker(region, state, {
    ...(floor === undefined ? {} : { realTimeoutMsMin: floor }),
    ...(checkTarget === undefined ? {} : { checkTarget }),
  });
  const publisher = createMetricPublisher(region, state, traffic, options.metrics);
  const rules = { usageChanged: () => healthChecker.refreshAll() };
  return {
    name: 'elasticloadbalancing',
    iamPrefix: 'elasticloadbalancing',
    wires: [{ kind: 'query', version: '2015-12-01', xmlNamespace: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/' }],
    operations: {
      ...loadBalancerOperations(region, state, {
        created: () => publisher.start(),
        closeListeners(loadBalancer) {
          for (const listener of [...state.listeners.values()]) {
            if (listener.loadBalancerArn === loadBalancer.arn) removeListener(state, dataPlane, listener);
          }
          healthChecker.refreshAll();
        },
      }),
      ...targetGroupOperations(region, state, { deleted: (group) => healthChecker.refresh(group) }),
      ...listenerOperations(region, state, dataPlane, rules),
      ...ruleOperations(region, state, rules),
      ...targetOperations(region, state, { targetsChanged: (group) => healthChecker.refresh(group) }),
      ...tagOperations(state),
    },
    async close() {
      healthChecker.close();
      publisher.close();
      await dataPlane.closeAll();
    },
  };
}
