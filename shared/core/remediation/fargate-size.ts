// Fargate's task sizes: which memory goes with which CPU, and the next larger one. Source: ECS API, RegisterTaskDefinition, `cpu` and
// `memory`, and ECS developer guide, "Troubleshoot Amazon ECS task definition invalid CPU or memory errors" (operating systems).

export interface TaskSize {
  /** CPU units; 1,024 are one vCPU. */
  readonly cpu: number;
  /** MiB. */
  readonly memory: number;
}

interface SizeRow {
  readonly cpu: number;
  /** MiB. */
  readonly memory: readonly number[];
  readonly windows: boolean;
}

const GIB = 1_024;

export const fargateSizes: readonly SizeRow[] = [
  { cpu: 256, memory: [512, 1 * GIB, 2 * GIB], windows: false },
  { cpu: 512, memory: steps(1, 4, 1), windows: false },
  { cpu: 1_024, memory: steps(2, 8, 1), windows: true },
  { cpu: 2_048, memory: steps(4, 16, 1), windows: true },
  { cpu: 4_096, memory: steps(8, 30, 1), windows: true },
  // Linux platform version 1.4.0 or later.
  { cpu: 8_192, memory: steps(16, 60, 4), windows: false },
  { cpu: 16_384, memory: steps(32, 120, 8), windows: false },
];

export function isFargateSize({ cpu, memory }: TaskSize): boolean {
  return fargateSizes.some((row) => row.cpu === cpu && row.memory.includes(memory));
}

/**
 * The smallest valid size with at least this memory and no less CPU: more CPU only where the present one cannot have so much memory.
 * Undefined when Fargate has none.
 */
export function fargateSizeFor(memory: number, cpu: number, windows = false): TaskSize | undefined {
  for (const row of fargateSizes) {
    if (row.cpu < cpu || (windows && !row.windows)) continue;
    const fitting = row.memory.find((offered) => offered >= memory);
    if (fitting !== undefined) return { cpu: row.cpu, memory: fitting };
  }
  return undefined;
}

function steps(fromGiB: number, toGiB: number, byGiB: number): readonly number[] {
  return Array.from({ length: (toGiB - fromGiB) / byGiB + 1 }, (_, index) => (fromGiB + index * byGiB) * GIB);
}
