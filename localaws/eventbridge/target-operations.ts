// A rule's targets.
import type { AwsShape, Operation, Region } from '../region.ts';
import { TARGET_SERVICES } from './call-target.ts';
import { checkedTarget } from './check-target.ts';
import type { EventBusState } from './event-bus-state.ts';
import { constraintError, limitExceeded, listOf, pageOf, requiredText } from './input-members.ts';
import { TARGET_IDS_PER_CALL_MAX, TARGETS_PER_RULE_MAX } from './limits.ts';
import { busOf, ruleArn, ruleOf } from './rule-operations.ts';

export function createTargetOperations(region: Region, state: EventBusState): Readonly<Record<string, Operation>> {
  const resources = (input: AwsShape): string[] => [ruleArn(region, input, 'Rule')];
  return {
    PutTargets: {
      resources,
      handle(input) {
        const rule = ruleOf(state, input, 'Rule');
        const given = listOf(input['Targets']);
        if (given.length === 0) throw constraintError('Targets', input['Targets'], 'Member must have length greater than or equal to 1');
        const targets = given.map((target) => checkedTarget(target, TARGET_SERVICES));
        const ids = new Set([...rule.targets.keys(), ...targets.map((target) => target.id)]);
        if (ids.size > TARGETS_PER_RULE_MAX) throw limitExceeded(`${TARGETS_PER_RULE_MAX} targets of a rule`);
        for (const target of targets) rule.targets.set(target.id, target);
        return { FailedEntryCount: 0, FailedEntries: [] };
      },
    },
    RemoveTargets: {
      resources,
      handle(input) {
        const rule = ruleOf(state, input, 'Rule');
        const ids: unknown[] = Array.isArray(input['Ids']) ? input['Ids'] : [];
        if (ids.length === 0) throw constraintError('Ids', input['Ids'], 'Member must have length greater than or equal to 1');
        if (ids.length > TARGET_IDS_PER_CALL_MAX) throw constraintError('Ids', ids, `Member must have length less than or equal to ${TARGET_IDS_PER_CALL_MAX}`);
        // Unverified: that an id which is not there is a failed entry.
        const failed = ids
          .map(String)
          .filter((id) => !rule.targets.delete(id))
          .map((id) => ({ TargetId: id, ErrorCode: 'ResourceNotFoundException', ErrorMessage: `Rule ${rule.name} does not have a target with the Id ${id}.` }));
        return { FailedEntryCount: failed.length, FailedEntries: failed };
      },
    },
    ListTargetsByRule: {
      resources,
      handle(input) {
        const { page, ...rest } = pageOf([...ruleOf(state, input, 'Rule').targets.values()], input);
        return { Targets: page.map((target) => target.given), ...rest };
      },
    },
    ListRuleNamesByTarget: {
      handle(input) {
        const arn = requiredText(input, 'TargetArn');
        const names = [...busOf(state, input).rules.values()]
          .filter((rule) => [...rule.targets.values()].some((target) => target.arn === arn))
          .map((rule) => rule.name);
        const { page, ...rest } = pageOf(names.toSorted(), input);
        return { RuleNames: page, ...rest };
      },
    },
  };
}
