// What a deployment used of AWS, and what that costs by the list: the control plane's own share, and the tasks that ran beside blue's.
import { type PricedUsage, priceOf } from './list-prices.ts';

/** What the control plane used from the push to the end. */
export interface ControlPlaneUsage {
  readonly lambdaRequests: number;
  readonly lambdaGbSeconds: number;
  readonly stateTransitions: number;
  readonly dynamodbWriteUnits: number;
  readonly dynamodbReadUnits: number;
  /** Metrics asked for with GetMetricData. */
  readonly metricsRead: number;
}

/** Tasks beyond the desired count. */
export interface ExtraTasks {
  readonly taskMinutes: number;
  /** Most of them at one time. */
  readonly peak: number;
  /** Of one task. */
  readonly vcpu: number;
  readonly memoryGb: number;
}

export interface CostLine {
  readonly usage: PricedUsage;
  readonly units: number;
  /** US dollars. */
  readonly dollars: number;
}

export interface DeploymentCost {
  readonly controlPlane: readonly CostLine[];
  readonly controlPlaneDollars: number;
  readonly tasks: readonly CostLine[];
  readonly tasksDollars: number;
}

export function costOf(usage: ControlPlaneUsage, tasks: ExtraTasks): DeploymentCost {
  const line = (name: PricedUsage, units: number): CostLine => ({ usage: name, units, dollars: priceOf(name, units) });
  const controlPlane = (Object.keys(usage) as (keyof ControlPlaneUsage)[]).map((name) => line(name, usage[name]));
  const hours = tasks.taskMinutes / 60;
  const ofTasks = [line('fargateVcpuHours', hours * tasks.vcpu), line('fargateGbHours', hours * tasks.memoryGb)];
  return { controlPlane, controlPlaneDollars: sum(controlPlane), tasks: ofTasks, tasksDollars: sum(ofTasks) };
}

function sum(lines: readonly CostLine[]): number {
  return lines.reduce((total, { dollars }) => total + dollars, 0);
}
