// Elastic Load Balancing v2 through the AWS SDK.
import {
  type Action,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
  ModifyRuleCommand,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ProductionWeights } from '#core/deployment/watch.ts';
import { PermanentError } from '#ports/errors.ts';
import type { LoadBalancer } from '#ports/load-balancer.ts';
import { callAws, callAwsUnless } from '../operating-error.ts';

/** Rules read from one listener: AWS allows 100 by default. */
const RULE_PAGES_MAX = 10;

export function createAwsLoadBalancer(client: ElasticLoadBalancingV2Client): LoadBalancer {
  return {
    async weights(listenerArn, pair) {
      const shares = (await rulesOf(client, listenerArn)).map((rule) => sharesOf(rule.Actions ?? [], pair)).filter((share) => share !== undefined);
      if (shares.length === 0) return undefined;
      return Object.fromEntries(pair.map((arn) => [arn, shares.reduce((sum, share) => sum + (share[arn] ?? 0), 0) / shares.length]));
    },
    async sendAllTo(listenerArn, pair, targetGroupArn) {
      for (const rule of await rulesOf(client, listenerArn)) {
        if (sharesOf(rule.Actions ?? [], pair) === undefined) continue;
        const actions = (rule.Actions ?? []).map((action) => redirectTo(action, pair, targetGroupArn));
        await callAws(`set the weights of ${listenerArn}`, () =>
          rule.IsDefault && !isRule(listenerArn)
            ? client.send(new ModifyListenerCommand({ ListenerArn: listenerArn, DefaultActions: actions }))
            : client.send(new ModifyRuleCommand({ RuleArn: rule.RuleArn, Actions: actions })),
        );
      }
    },
    async targetHealth(targetGroupArn) {
      const answer = await callAws(`describe the targets of ${targetGroupArn}`, () =>
        client.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn })),
      );
      const states = (answer.TargetHealthDescriptions ?? []).map((target) => target.TargetHealth?.State ?? 'unavailable');
      // Draining targets are on their way out and belong to nobody's count.
      const present = states.filter((state) => state !== 'draining' && state !== 'unhealthy.draining');
      return {
        healthy: present.filter((state) => state === 'healthy').length,
        total: present.length,
        checked: present.length > 0 && present.every((state) => state !== 'unused'),
      };
    },
    async targetGroupArns(names) {
      if (names.length === 0) return [];
      const answer = await callAwsUnless(`describe target groups ${names.join(', ')}`, { TargetGroupNotFoundException: () => undefined }, () =>
        client.send(new DescribeTargetGroupsCommand({ Names: [...names] })),
      );
      return names.flatMap((name) => answer?.TargetGroups?.find((group) => group.TargetGroupName === name)?.TargetGroupArn ?? []);
    },
    async listenerUrl(listenerArn) {
      const listeners = await callAws(`describe listener ${listenerArn}`, () => client.send(new DescribeListenersCommand({ ListenerArns: [listenerArn] })));
      const listener = listeners.Listeners?.[0];
      const balancers = await callAws(`describe the load balancer of ${listenerArn}`, () =>
        client.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [listener?.LoadBalancerArn ?? ''] })),
      );
      const host = balancers.LoadBalancers?.[0]?.DNSName;
      if (listener?.Port === undefined || host === undefined) throw new PermanentError(`listener ${listenerArn} has no address`);
      return `${listener.Protocol === 'HTTPS' ? 'https' : 'http'}://${host}:${listener.Port}`;
    },
  };
}

function isRule(arn: string): boolean {
  return arn.includes(':listener-rule/');
}

async function rulesOf(client: ElasticLoadBalancingV2Client, listenerArn: string): Promise<readonly Rule[]> {
  if (isRule(listenerArn)) {
    const one = await callAwsUnless(`describe ${listenerArn}`, { RuleNotFoundException: () => undefined }, () =>
      client.send(new DescribeRulesCommand({ RuleArns: [listenerArn] })),
    );
    return one?.Rules ?? [];
  }
  const rules: Rule[] = [];
  let marker: string | undefined;
  for (let page = 0; page < RULE_PAGES_MAX; page++) {
    const answer = await callAws(`describe the rules of ${listenerArn}`, () =>
      client.send(new DescribeRulesCommand({ ListenerArn: listenerArn, ...(marker === undefined ? {} : { Marker: marker }) })),
    );
    rules.push(...(answer.Rules ?? []));
    marker = answer.NextMarker;
    if (marker === undefined) break;
  }
  return rules;
}

/** Percent per target group of the pair in a rule's forward action; undefined when it forwards to neither. */
function sharesOf(actions: readonly Action[], pair: readonly string[]): NonNullable<ProductionWeights> | undefined {
  for (const action of actions) {
    if (action.Type !== 'forward') continue;
    const groups = action.ForwardConfig?.TargetGroups ?? (action.TargetGroupArn === undefined ? [] : [{ TargetGroupArn: action.TargetGroupArn, Weight: 1 }]);
    if (!groups.some((group) => pair.includes(group.TargetGroupArn ?? ''))) continue;
    // A single group without a weight gets everything.
    const weightOf = (weight: number | undefined): number => weight ?? (groups.length === 1 ? 1 : 0);
    const total = groups.reduce((sum, group) => sum + weightOf(group.Weight), 0);
    if (total === 0) return Object.fromEntries(groups.map((group) => [group.TargetGroupArn ?? '', groups.length === 1 ? 100 : 0]));
    return Object.fromEntries(groups.map((group) => [group.TargetGroupArn ?? '', (100 * weightOf(group.Weight)) / total]));
  }
  return undefined;
}

function redirectTo(action: Action, pair: readonly string[], targetGroupArn: string): Action {
  if (action.Type !== 'forward' || sharesOf([action], pair) === undefined) return action;
  const { TargetGroupArn: _single, ForwardConfig, ...kept } = action;
  const stickiness = ForwardConfig?.TargetGroupStickinessConfig;
  return {
    ...kept,
    ForwardConfig: {
      TargetGroups: pair.map((arn) => ({ TargetGroupArn: arn, Weight: arn === targetGroupArn ? 100 : 0 })),
      ...(stickiness === undefined ? {} : { TargetGroupStickinessConfig: stickiness }),
    },
  };
}
