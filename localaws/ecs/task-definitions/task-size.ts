// The cpu and memory of a task: how they may be written, and which pairs Fargate has.
import { clientError } from '../input-members.ts';

/** Memory choices in MiB for each number of CPU units: from, to, and the step between. */
const FARGATE_SIZES: Readonly<Record<number, { from: number; to: number; step: number; also?: readonly number[] }>> = {
  256: { from: 1024, to: 2048, step: 1024, also: [512] },
  512: { from: 1024, to: 4096, step: 1024 },
  1024: { from: 2048, to: 8192, step: 1024 },
  2048: { from: 4096, to: 16_384, step: 1024 },
  4096: { from: 8192, to: 30_720, step: 1024 },
  8192: { from: 16_384, to: 61_440, step: 4096 },
  16384: { from: 32_768, to: 122_880, step: 8192 },
};

const CPU_UNITS_PER_VCPU = 1024;
const MIB_PER_GIB = 1024;
const CPU_MIN = 128;
const CPU_MAX = 196_608;
const MEMORY_MIN = 4;

/** CPU units of `256`, `.25 vCPU`. @throws AwsError ClientException. */
export function parseCpu(cpu: string): number {
  const [, number = '', unit] = /^\s*(\d*\.?\d+)\s*(vcpu)?\s*$/i.exec(cpu) ?? [];
  const units = unit === undefined ? Number(number) : Number(number) * CPU_UNITS_PER_VCPU;
  if (number === '' || !Number.isInteger(units) || units < CPU_MIN || units > CPU_MAX) {
    throw clientError("Invalid 'cpu' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.");
  }
  return units;
}

/** MiB of `512`, `1GB`, `0.5 GB`. @throws AwsError ClientException. */
export function parseMemory(memory: string): number {
  const [, number = '', unit] = /^\s*(\d*\.?\d+)\s*(gb|mb)?\s*$/i.exec(memory) ?? [];
  const mebibytes = unit?.toLowerCase() === 'gb' ? Number(number) * MIB_PER_GIB : Number(number);
  if (number === '' || !Number.isInteger(mebibytes) || mebibytes < MEMORY_MIN) {
    throw clientError("Invalid 'memory' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.");
  }
  return mebibytes;
}

/** @throws AwsError ClientException when Fargate has no tasks of this size. */
export function requireFargateSize(cpu: number | undefined, memory: number | undefined): void {
  if (cpu === undefined) throw clientError("Fargate requires that 'cpu' be defined at the task level.");
  if (memory === undefined) throw clientError("Fargate requires that 'memory' be defined at the task level.");
  const sizes = FARGATE_SIZES[cpu];
  const isOffered =
    sizes !== undefined && (sizes.also?.includes(memory) === true || (memory >= sizes.from && memory <= sizes.to && (memory - sizes.from) % sizes.step === 0));
  if (!isOffered) {
    throw clientError(`No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory. See the Amazon ECS documentation for the valid values.`);
  }
}

/** Whether Fargate could run tasks of this size at all. */
export function isFargateSize(cpu: number | undefined, memory: number | undefined): boolean {
  try {
    requireFargateSize(cpu, memory);
    return true;
  } catch {
    return false;
  }
}
