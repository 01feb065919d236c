// loadBalancers[].advancedConfiguration: what a service needs to have its traffic shifted, judged with AWS's own texts.
import { AwsError } from '../../endpoint/aws-error.ts';
import type { AwsShape } from '../../region.ts';
import type { Strategy } from '../deployments/deployment-records.ts';
import { forwardedGroups } from '../deployments/listener-rules.ts';
import { ECS_PRINCIPAL, type EcsWorld } from '../ecs-world.ts';
import { invalidParameter, structure, text } from '../input-members.ts';

const RULE_ARN = /^arn:[^:]+:elasticloadbalancing:[^:]*:[^:]*:listener-rule\/app\/.+$/;
const NETWORK_LISTENER_ARN = /^arn:[^:]+:elasticloadbalancing:[^:]*:[^:]*:listener\/net\/.+$/;
const ROLE_ARN = /^arn:[^:]+:iam::\d{12}:role\/.+$/;

/** The form of the load balancers of one request. @throws AwsError InvalidParameterException */
export function checkAdvancedForm(balancers: readonly AwsShape[]): void {
  const advanced = balancers.map((balancer) => structure(balancer, 'advancedConfiguration'));
  const given = advanced.filter((configuration) => configuration !== undefined);
  if (given.length > 0 && given.length < balancers.length) {
    throw invalidParameter('Either all or none of the provided loadBalancers must have advancedConfiguration defined');
  }
  const groups = balancers.flatMap((balancer, index) => [text(balancer, 'targetGroupArn'), text(advanced[index] ?? {}, 'alternateTargetGroupArn')]);
  const named = groups.filter((arn) => arn !== undefined);
  // Without the advanced configuration one group may take several ports of a service.
  const twice = given.length === 0 ? undefined : named.find((arn, index) => named.indexOf(arn) !== index);
  if (twice !== undefined) throw invalidParameter(`Duplicate targetGroupArn found: ${twice}`);
  for (const configuration of given) checkMembers(configuration);
  const production = new Set(given.map((configuration) => text(configuration, 'productionListenerRule')));
  const both = given.map((configuration) => text(configuration, 'testListenerRule')).find((rule) => rule !== undefined && production.has(rule));
  if (both !== undefined) throw invalidParameter(`The following rules cannot be used as both production and test listener rules: ${both}`);
}

function checkMembers(configuration: AwsShape): void {
  if (text(configuration, 'alternateTargetGroupArn') === undefined)
    throw invalidParameter('alternateTargetGroupArn must be specified in advancedConfiguration.');
  if (!ROLE_ARN.test(text(configuration, 'roleArn') ?? '')) throw invalidParameter('roleArn must be specified in advancedConfiguration.');
  checkRuleArn('productionListenerRule', text(configuration, 'productionListenerRule') ?? '');
  const test = text(configuration, 'testListenerRule');
  if (test !== undefined) checkRuleArn('testListenerRule', test);
}

function checkRuleArn(member: string, arn: string): void {
  if (RULE_ARN.test(arn)) return;
  if (NETWORK_LISTENER_ARN.test(arn)) {
    throw new AwsError('UnsupportedFeatureException', 'localaws: Network Load Balancers are not available on the local AWS.');
  }
  throw invalidParameter(`${member} has an invalid ARN format. Must be RuleArn for ALB or ListenerArn for NLB. Got: ${arn}`);
}

/** What a strategy asks of a service's load balancers. @throws AwsError InvalidParameterException */
export async function checkStrategyBalancers(world: EcsWorld, strategy: Strategy, balancers: readonly AwsShape[]): Promise<void> {
  if (strategy === 'ROLLING') return;
  for (const balancer of balancers) {
    const advanced: AwsShape | undefined = balancer['advancedConfiguration'];
    if (advanced === undefined) {
      throw invalidParameter('advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment strategy');
    }
    if (advanced['testListenerRule'] !== undefined) continue;
    const groups = await groupsOf(world, String(advanced['productionListenerRule']));
    const pair = [balancer['targetGroupArn'], advanced['alternateTargetGroupArn']];
    if (groups !== undefined && !pair.every((arn) => groups.includes(arn))) {
      throw invalidParameter(
        'For Application LoadBalancer, testListenerRule is required when productionListenerRule is not associated with both targetGroup and alternateTargetGroup',
      );
    }
  }
}

/** undefined when the rule cannot be read: that is found out, with AWS's text for it, when a deployment starts. */
async function groupsOf(world: EcsWorld, ruleArn: string): Promise<string[] | undefined> {
  try {
    const answer = await world.region.call('elasticloadbalancing', 'DescribeRules', { RuleArns: [ruleArn] }, ECS_PRINCIPAL);
    const rule: AwsShape | undefined = answer['Rules']?.[0];
    return rule === undefined ? undefined : forwardedGroups(rule).map((group) => group.arn);
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}
