// The order in which resources can be made: each after all it refers to or depends on, else as the template has them.
import { evaluateValue, type Lookup } from './intrinsics.ts';
import type { Template, TemplateResource } from './template.ts';
import { TemplateError } from './template-error.ts';

/**
 * Resources to make, in order, conditions applied.
 * @param lookupNoting makes a lookup that tells `note` of every resource asked for
 * @throws TemplateError for unknown names and circles
 */
export function creationOrder(template: Template, lookupNoting: (note: (logicalId: string) => void) => Lookup): TemplateResource[] {
  const conditions = lookupNoting(() => undefined);
  const wanted = template.resources.filter((resource) => resource.condition === undefined || conditions.condition(resource.condition));
  const ids = new Set(wanted.map((resource) => resource.logicalId));
  const declared = new Set(template.resources.map((resource) => resource.logicalId));
  const needs = new Map(wanted.map((resource) => [resource.logicalId, needsOf(resource, ids, declared, lookupNoting)]));

  const ordered: TemplateResource[] = [];
  const done = new Set<string>();
  // Each round makes at least one resource or ends with the circle.
  for (let left = wanted; left.length > 0; left = left.filter((resource) => !done.has(resource.logicalId))) {
    const next = left.find((resource) => [...(needs.get(resource.logicalId) ?? [])].every((id) => done.has(id)));
    if (next === undefined) throw new TemplateError(`Circular dependency between resources: [${left.map((resource) => resource.logicalId).join(', ')}]`);
    ordered.push(next);
    done.add(next.logicalId);
  }
  return ordered;
}

function needsOf(
  resource: TemplateResource,
  ids: ReadonlySet<string>,
  declared: ReadonlySet<string>,
  lookupNoting: (note: (logicalId: string) => void) => Lookup,
): Set<string> {
  const { logicalId } = resource;
  const needed = new Set<string>();
  try {
    const lookup = lookupNoting((id) => needed.add(id));
    evaluateValue(resource.properties, lookup);
  } catch (cause) {
    throw new TemplateError(`${logicalId} (${resource.type}): ${cause instanceof Error ? cause.message : String(cause)}`, { logicalId, cause });
  }
  const missing = [...needed].filter((id) => !ids.has(id));
  const undeclared = resource.dependsOn.filter((id) => !declared.has(id));
  if (missing.length + undeclared.length > 0) {
    throw new TemplateError(
      `${logicalId} (${resource.type}): Unresolved resource dependencies [${[...missing, ...undeclared].join(', ')}] in the Resources block of the template`,
      { logicalId },
    );
  }
  for (const id of resource.dependsOn) if (ids.has(id)) needed.add(id);
  needed.delete(logicalId);
  return needed;
}
