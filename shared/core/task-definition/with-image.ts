// Green's task definition: blue's with one image changed and nothing else. Called by the `register-task-definition` step.

/** A task definition as DescribeTaskDefinition answers it; members this code does not know pass through unread. */
export type TaskDefinitionDocument = Readonly<Record<string, unknown>>;

/** Members that ECS adds to what was registered and refuses when registered again. Source: ECS API, RegisterTaskDefinition request members. */
const answeredOnly = new Set([
  'taskDefinitionArn',
  'revision',
  'status',
  'requiresAttributes',
  'compatibilities',
  'registeredAt',
  'registeredBy',
  'deregisteredAt',
  'deleteRequestedAt',
]);

/**
 * What to register. `undefined` when no container has that name.
 * @param image full image reference with digest, `registry/repository@sha256:...`
 */
export function withImage(blue: TaskDefinitionDocument, containerName: string, image: string): TaskDefinitionDocument | undefined {
  const containers = blue['containerDefinitions'];
  if (!Array.isArray(containers)) return undefined;
  let found = false;
  const containerDefinitions = containers.map((container: unknown) => {
    if (typeof container !== 'object' || container === null || (container as { name?: unknown }).name !== containerName) return container;
    found = true;
    return { ...container, image };
  });
  if (!found) return undefined;
  const kept = Object.entries(blue).filter(([name]) => !answeredOnly.has(name));
  return { ...Object.fromEntries(kept), containerDefinitions };
}

/** A task definition without what ECS adds to it, its containers by name: what two of them are compared by. */
export function comparableTaskDefinition(document: TaskDefinitionDocument): TaskDefinitionDocument {
  const kept = Object.entries(document).filter(([name, value]) => !answeredOnly.has(name) && name !== 'containerDefinitions' && !isAbsent(value));
  const containers = Array.isArray(document['containerDefinitions']) ? (document['containerDefinitions'] as readonly Readonly<Record<string, unknown>>[]) : [];
  const present = (container: Readonly<Record<string, unknown>>) => Object.fromEntries(Object.entries(container).filter(([, value]) => !isAbsent(value)));
  return { ...Object.fromEntries(kept), containers: Object.fromEntries(containers.map((container) => [String(container['name']), present(container)])) };
}

/** Whether a registered task definition is what `wanted` would register: lets a repeated step adopt what its first try made. */
export function isSameTaskDefinition(registered: TaskDefinitionDocument, wanted: TaskDefinitionDocument): boolean {
  const names = new Set([...Object.keys(registered), ...Object.keys(wanted)].filter((name) => !answeredOnly.has(name)));
  return [...names].every((name) => isSame(registered[name], wanted[name]));
}

function isSame(a: unknown, b: unknown): boolean {
  if (isAbsent(a) && isAbsent(b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => isSame(item, b[index]));
  if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null && !Array.isArray(a) && !Array.isArray(b)) {
    const left = a as Record<string, unknown>;
    const right = b as Record<string, unknown>;
    return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((name) => isSame(left[name], right[name]));
  }
  return a === b;
}

/** ECS answers empty lists and maps where nothing was given. */
function isAbsent(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
