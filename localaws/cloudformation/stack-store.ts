// The stacks of a region, shared by the loader that makes them and the service that describes them.
import type { Region } from '../region.ts';

export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  readonly madeAt: number;
}

export interface StackOutput {
  readonly key: string;
  readonly value: string;
  readonly description: string | undefined;
  readonly exportName: string | undefined;
}

export interface Stack {
  readonly name: string;
  readonly id: string;
  readonly description: string;
  readonly templateText: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly madeAt: number;
  readonly resources: readonly StackResource[];
  readonly outputs: readonly StackOutput[];
}

const stacksByRegion = new WeakMap<Region, Map<string, Stack>>();

/** The stacks of a region by name. */
export function stacksOf(region: Region): Map<string, Stack> {
  const known = stacksByRegion.get(region);
  if (known !== undefined) return known;
  const made = new Map<string, Stack>();
  stacksByRegion.set(region, made);
  return made;
}

/** Exported values of all stacks, by export name. */
export function exportsOf(region: Region): Map<string, string> {
  const exports = new Map<string, string>();
  for (const stack of stacksOf(region).values()) {
    for (const output of stack.outputs) if (output.exportName !== undefined) exports.set(output.exportName, output.value);
  }
  return exports;
}
