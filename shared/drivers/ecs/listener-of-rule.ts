/**
 * ARN of the listener a rule belongs to. Source: Service Authorization Reference, Elastic Load Balancing V2: `listener-rule/app/NAME/ID/LISTENER/RULE`
 * belongs to `listener/app/NAME/ID/LISTENER`.
 */
export function listenerOfRule(ruleArn: string): string {
  return ruleArn.replace(':listener-rule/', ':listener/').replace(/\/[^/]+$/, '');
}
