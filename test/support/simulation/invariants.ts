// What must always hold. Each effect of any call in the region is looked at when it is done; the rest is looked at when the story is over.

import { recordIn, type Truth } from '#rehearsal/region/truth.ts';
import type { World } from '#rehearsal/region/world.ts';
import type { AwsShape, Call } from '../../../localaws/region.ts';
import { type RemedyWatch, watchRemedies } from './remedy-invariants.ts';

export const invariantNames = [
  'the fencing number only grows',
  'at most one deployment holds a service',
  'a queue never drops the newest push',
  'a deployment starts its driver once',
  'an ended deployment stays as it ended',
  'a record changes by one version at a time',
  'opposite requests have one outcome',
  'one request is carried out once',
  'Succeeded means that green serves all production traffic',
  'the weights of the listener sum to 100',
  'traffic never goes to a target group without healthy targets',
  'blue is never removed while it serves',
  'nobody acts on a service that another holds',
  'an ended remediation stays as it ended',
  'automatic actions keep to their budget',
  'one action at a time on a service',
  'no action against a running deployment',
  'no automatic action while the circuit breaker is open',
  'every deployment ends',
  'every remediation ends',
  'every execution ends',
  'no driver deployment is left behind',
  'scale-in is restored',
  'the record agrees with AWS when it ends',
  'a bad image never stays',
  'an image that was rolled back is quarantined',
  'the newest push is judged',
  'people are told how every deployment ended',
  'people are told what a guard window found',
  'people are told how every remediation stands',
  'dead-letter queues are empty',
  'no permission is missing',
  'nothing fails unnoticed',
] as const;

export type InvariantName = (typeof invariantNames)[number];

export interface Violation {
  readonly invariant: InvariantName;
  /** Simulated epoch milliseconds. */
  readonly at: number;
  readonly text: string;
}

export interface Watch {
  /** Deployments that left the queue and did not get the service. */
  readonly vanished: ReadonlySet<string>;
  readonly violations: readonly Violation[];
  report(invariant: InvariantName, text: string): void;
  /** Called when a function's call of ACTS_ON_SERVICE has taken effect: who acts, and for which deployment. */
  acts(functionName: string, operation: string, payload: unknown): Promise<void>;
}

interface ServiceState {
  readonly version: number;
  readonly fence: number;
  readonly active: string | undefined;
  readonly next: { readonly deploymentId: string; readonly pushedAt: number } | undefined;
}

interface DeploymentState {
  readonly version: number;
  readonly status: string;
  readonly run: number;
  /** What people asked for and who, by kind of request. */
  readonly asked: Readonly<Record<Asked, string | undefined>>;
}

const askedKinds = ['abortRequest', 'promoteRequest'] as const;
type Asked = (typeof askedKinds)[number];

const TERMINAL = new Set(['Succeeded', 'RolledBack', 'Failed', 'Held', 'Refused', 'Superseded']);

/** Calls of Weir's steps that change the service in AWS, which only the holder may do. */
export const ACTS_ON_SERVICE: ReadonlySet<string> = new Set([
  'application-autoscaling:RegisterScalableTarget',
  'codedeploy:CreateDeployment',
  'ecs:UpdateService',
  'elasticloadbalancing:ModifyListener',
  'elasticloadbalancing:ModifyRule',
]);

/** From the look at the record to the call's effect, simulated milliseconds. */
const CALL_MS_MAX = 50;

/** Looks at every effect in the region from now on. */
export function watchInvariants(world: World, truth: Truth): Watch {
  const violations: Violation[] = [];
  const deployments = new Map<string, DeploymentState>();
  const drivers = new Map<string, ReadonlySet<string>>();
  /** Pushes that left the queue without a trace so far. */
  const vanished = new Set<string>();
  const pushedAtOf = new Map<string, number>();
  const state: { service: ServiceState | undefined } = { service: undefined };
  let released: { readonly deploymentId: string; readonly at: number } | undefined;
  const watch: Watch = {
    violations,
    vanished,
    report(invariant, text) {
      violations.push({ invariant, at: world.clock.now(), text });
      world.history.add({ at: world.clock.now(), who: 'INVARIANT', what: invariant, outcome: text });
    },
    async acts(functionName, operation, payload) {
      if (operation === 'codedeploy:CreateDeployment' || operation === 'ecs:UpdateService') await lookAtStart(payload);
      const { deploymentId, fence } = payload as { deploymentId?: string; fence?: number };
      if (deploymentId === undefined) return;
      const { service } = await truth.records();
      const active = service?.['active'] as { deploymentId: string; fence: number } | undefined;
      if ((active?.deploymentId !== deploymentId || active.fence !== fence) && !wasUnderWay(deploymentId, active?.deploymentId)) {
        watch.report(
          'nobody acts on a service that another holds',
          `${functionName} of ${deploymentId} calls ${operation}; ${active?.deploymentId ?? 'nobody'} holds it`,
        );
      }
    },
  };
  const remedies: RemedyWatch = watchRemedies(watch, () => world.clock.now());
  world.localAws.dispatcher.intercept(async (call, input, next) => {
    const answer = await next();
    await look(call, input);
    return answer;
  });

  async function look(call: Call, input: AwsShape): Promise<void> {
    if (call.service === 'dynamodb' && (call.operation === 'UpdateItem' || call.operation === 'PutItem')) return lookAtItem(call.operation, input);
    if (call.service === 'elasticloadbalancing' && (call.operation === 'ModifyListener' || call.operation === 'ModifyRule')) {
      // What somebody else does by hand is a fault, not Weir's doing.
      return call.principal.kind === 'root' ? undefined : lookAtWeights(input);
    }
    if (call.service === 'ecs' && call.operation === 'DeleteTaskSet') return lookAtRemoval(input);
  }

  async function lookAtItem(operation: string, input: AwsShape): Promise<void> {
    const isPut = operation === 'PutItem';
    const key = (isPut ? input['Item'] : input['Key']) as AwsShape | undefined;
    const sortKey = String(key?.['sk']?.S ?? '');
    const record = recordIn(isPut ? input['Item'] : { record: input['ExpressionAttributeValues']?.[':record'] });
    if (record === undefined) return;
    const version = Number((isPut ? input['Item']?.['version'] : input['ExpressionAttributeValues']?.[':version'])?.N ?? 0);
    if (sortKey === 'SERVICE') lookAtService(version, record);
    if (sortKey === 'SERVICE') remedies.onService(record);
    if (sortKey === 'ACTIONS' && String(key?.['pk']?.S).startsWith('SERVICE#')) remedies.onActions(record);
    if (sortKey.startsWith('REMEDIATION#')) remedies.onRemediation(sortKey.slice('REMEDIATION#'.length), record);
    if (sortKey.startsWith('DEPLOYMENT#')) await lookAtDeployment(sortKey.slice('DEPLOYMENT#'.length), version, record);
  }

  function lookAtService(version: number, record: AwsShape): void {
    const before = state.service;
    const active = record['active'] as { deploymentId: string } | undefined;
    const after: ServiceState = {
      version,
      fence: Number(record['fence']),
      active: active?.deploymentId,
      next: record['next'] as ServiceState['next'],
    };
    state.service = after;
    if (before?.active !== undefined && after.active === undefined) released = { deploymentId: before.active, at: world.clock.now() };
    if (before === undefined) return;
    if (after.version !== before.version + 1) watch.report('a record changes by one version at a time', `service: ${before.version} -> ${after.version}`);
    if (after.fence < before.fence) watch.report('the fencing number only grows', `${before.fence} -> ${after.fence}`);
    if (after.active !== undefined && after.active !== before.active && after.fence <= before.fence)
      watch.report('the fencing number only grows', `${after.active} got the service with ${after.fence}, which ${before.active ?? 'another'} had`);
    const { next } = before;
    if (before.active !== undefined && after.active !== undefined && before.active !== after.active && after.active !== next?.deploymentId)
      watch.report('at most one deployment holds a service', `${after.active} took it from ${before.active}`);
    const isKept = next === undefined || after.next?.deploymentId === next.deploymentId || after.active === next.deploymentId;
    if (!isKept && (after.next?.pushedAt ?? Number.POSITIVE_INFINITY) < next.pushedAt)
      watch.report('a queue never drops the newest push', `${next.deploymentId} gave way to the older ${after.next?.deploymentId}`);
    // Whoever is not let through by the circuit breaker leaves the queue too; the record then says so.
    if (!isKept && after.next === undefined && next !== undefined && !givesWayTo(after.active, next.pushedAt)) vanished.add(next.deploymentId);
  }

  function givesWayTo(active: string | undefined, pushedAt: number): boolean {
    return active !== undefined && (pushedAtOf.get(active) ?? 0) >= pushedAt;
  }

  /** AWS takes no fencing numbers: what a function had begun before its twin gave the service back arrives all the same. */
  function wasUnderWay(deploymentId: string, holder: string | undefined): boolean {
    return holder === undefined && released?.deploymentId === deploymentId && world.clock.now() - released.at <= CALL_MS_MAX;
  }

  /** ECS may be asked for the same twice, which changes nothing there: what it runs is what counts. */
  async function lookAtStart(payload: unknown): Promise<void> {
    const { deploymentId } = payload as { deploymentId?: string };
    if (deploymentId === undefined) return;
    const known = drivers.get(deploymentId);
    const running = await truth.runningDriverDeployments();
    drivers.set(deploymentId, new Set([...(known ?? []), ...running]));
    const isSecond = known !== undefined && (world.service.driver === 'codedeploy' || running.some((id) => !known.has(id)));
    if (isSecond) watch.report('a deployment starts its driver once', `${deploymentId} starts a second deployment of its driver`);
  }

  async function lookAtDeployment(id: string, version: number, record: AwsShape): Promise<void> {
    const before = deployments.get(id);
    const after: DeploymentState = { version, status: String(record['status']), run: Number(record['run']), asked: askedOf(record) };
    pushedAtOf.set(id, (record['request'] as { pushedAt: number }).pushedAt);
    if (after.status === 'Refused' || after.status === 'Superseded') vanished.delete(id);
    deployments.set(id, after);
    if (before !== undefined) {
      if (after.version !== before.version + 1) watch.report('a record changes by one version at a time', `${id}: ${before.version} -> ${after.version}`);
      if (TERMINAL.has(before.status) && after.status !== before.status)
        watch.report('an ended deployment stays as it ended', `${id}: ${before.status} -> ${after.status}`);
      for (const kind of askedKinds) {
        const [was, is] = [before.asked[kind], after.asked[kind]];
        if (was !== undefined && was !== is) watch.report('opposite requests have one outcome', `${kind} of ${id}: ${was} -> ${is}`);
      }
      if (after.run < before.run) watch.report('the fencing number only grows', `run of ${id}: ${before.run} -> ${after.run}`);
    }
    if (after.status === 'Succeeded' && after.asked.abortRequest !== undefined)
      watch.report('opposite requests have one outcome', `${id} is reported Succeeded; ${after.asked.abortRequest} asked to abort it before`);
    if (after.status === 'Succeeded' && before?.status !== 'Succeeded') {
      const serving = await truth.servingDigest();
      const digest = (record['request'] as { digest: string }).digest;
      if (serving !== digest)
        watch.report(
          'Succeeded means that green serves all production traffic',
          `${id} is reported Succeeded; the listener serves ${world.tags.get(serving ?? '') ?? 'several versions'}`,
        );
    }
  }

  async function lookAtWeights(input: AwsShape): Promise<void> {
    const actions = (input['DefaultActions'] ?? input['Actions'] ?? []) as AwsShape[];
    const { productionListenerArn, productionRuleArn } = world.service;
    if (input['ListenerArn'] !== undefined && input['ListenerArn'] !== productionListenerArn) return;
    if (input['RuleArn'] !== undefined && productionRuleArn !== undefined && input['RuleArn'] !== productionRuleArn) return;
    const groups = actions.flatMap((action) => (action['ForwardConfig']?.['TargetGroups'] ?? []) as AwsShape[]);
    const sum = groups.reduce((total, group) => total + Number(group['Weight'] ?? 1), 0);
    if (groups.length > 1 && sum !== 100) watch.report('the weights of the listener sum to 100', `they sum to ${sum}`);
    for (const group of groups) {
      if (Number(group['Weight'] ?? 1) === 0) continue;
      const arn = String(group['TargetGroupArn']);
      if ((await truth.healthyTargets(arn)) > 0 || !(await othersAreHealthy(arn))) continue;
      // What was there before and lost its targets is somebody's misfortune; giving it traffic is somebody's mistake.
      watch.report('traffic never goes to a target group without healthy targets', `${arn.split('/')[1]} gets ${group['Weight']} %`);
    }
  }

  async function othersAreHealthy(arn: string): Promise<boolean> {
    for (const other of world.service.targetGroupArns) if (other !== arn && (await truth.healthyTargets(other)) > 0) return true;
    return false;
  }

  async function lookAtRemoval(input: AwsShape): Promise<void> {
    const removed = (await truth.taskSets()).find((taskSet) => taskSet['id'] === input['taskSet'] || taskSet['taskSetArn'] === input['taskSet']);
    const share = (await truth.weights()).get(String(removed?.['loadBalancers']?.[0]?.['targetGroupArn']));
    if (removed !== undefined && share !== undefined)
      watch.report('blue is never removed while it serves', `task set ${input['taskSet']} has ${share} % of the traffic`);
  }

  return watch;
}

function askedOf(record: AwsShape): DeploymentState['asked'] {
  const by = (kind: Asked): string | undefined => record[kind]?.['by'];
  return { abortRequest: by('abortRequest'), promoteRequest: by('promoteRequest') };
}
