// What names in a template mean: parameters, pseudo parameters, mappings, conditions, and resources that have been made.
import type { Region } from '../region.ts';
import { evaluateCondition, type Lookup, NO_VALUE } from './intrinsics.ts';
import type { Template } from './template.ts';
import { TemplateError } from './template-error.ts';

export interface StackIdentity {
  readonly name: string;
  readonly id: string;
}

/** How the two uses of a template value treat resources: giving their values, or only noting that they are needed. */
export interface ResourceLookup {
  readonly noting: boolean;
  ref(logicalId: string): unknown;
  attribute(logicalId: string, name: string): unknown;
}

export function createStackLookup(
  region: Region,
  stack: StackIdentity,
  template: Template,
  resources: ResourceLookup,
  exports: ReadonlyMap<string, string>,
): Lookup {
  const pseudo: Readonly<Record<string, unknown>> = {
    'AWS::AccountId': region.account,
    'AWS::Region': region.name,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stack.name,
    'AWS::StackId': stack.id,
    'AWS::NotificationARNs': [],
    'AWS::NoValue': NO_VALUE,
  };
  const truths = new Map<string, boolean>();
  const underWay = new Set<string>();
  const lookup: Lookup = {
    noting: resources.noting,
    ref(name) {
      if (Object.hasOwn(pseudo, name)) return pseudo[name];
      const parameter = template.parameters.get(name);
      return parameter === undefined ? resources.ref(name) : parameter;
    },
    attribute: (logicalId, name) => resources.attribute(logicalId, name),
    mapped(map, first, second) {
      const value = (template.mappings[map] as Record<string, Record<string, unknown>> | undefined)?.[first]?.[second];
      if (value === undefined) throw new TemplateError(`Unable to get mapping for ${map}::${first}::${second}`);
      return value;
    },
    condition(name) {
      const known = truths.get(name);
      if (known !== undefined) return known;
      if (!Object.hasOwn(template.conditions, name)) throw new TemplateError(`Unresolved condition dependency ${name}`);
      if (underWay.has(name)) throw new TemplateError(`Circular dependency between conditions: ${[...underWay].join(', ')}`);
      underWay.add(name);
      const truth = evaluateCondition(template.conditions[name], lookup);
      underWay.delete(name);
      truths.set(name, truth);
      return truth;
    },
    imported(name) {
      const value = exports.get(name);
      if (value === undefined) throw new TemplateError(`No export named ${name} found.`);
      return value;
    },
    availabilityZones: () => ['a', 'b', 'c'].map((zone) => `${region.name}${zone}`),
  };
  return lookup;
}
