// Everything that is compared, in the order of the report.
import { argoDocumented, argoOneMinute } from './anchors/argo-rollouts.ts';
import { cloudWatchOneOfOne, cloudWatchTwoOfThree } from './anchors/cloudwatch-alarm.ts';
import { ecsExpressMode } from './anchors/ecs-express-mode.ts';
import { flaggerCodeDefault, flaggerDocumented } from './anchors/flagger.ts';
import { kayentaFiveMinutes, kayentaGrowing, kayentaMinutes } from './anchors/kayenta-judge.ts';
import { lindonMalek } from './anchors/lindon-malek.ts';
import { zTestEveryMinute } from './anchors/z-test.ts';
import type { Decider } from './decider.ts';
import type { Cell } from './scenarios/cell.ts';
import { weir, weirSticky } from './weir-decider.ts';

/**
 * weir: what is measured. tool: a rule as a deployment tool documents it; the oracle of the fair duel picks among these. briefTool: one
 * that watches only the first minutes, and so has fewer chances to be wrong in the hour. test: a statistical test no tool documents.
 * variant: Weir with other settings.
 */
export type Role = 'weir' | 'tool' | 'briefTool' | 'test' | 'variant';

export interface Entry {
  readonly decider: Decider;
  readonly role: Role;
  /** Cells it takes part in; absent: all. */
  readonly takesPart?: (cell: Cell) => boolean;
}

const tool = (decider: Decider): Entry => ({ decider, role: 'tool' });
const test = (decider: Decider): Entry => ({ decider, role: 'test' });

export const entries: readonly Entry[] = [
  tool(cloudWatchOneOfOne),
  tool(cloudWatchTwoOfThree),
  { decider: ecsExpressMode, role: 'briefTool' },
  tool(flaggerDocumented),
  tool(flaggerCodeDefault),
  tool(argoDocumented),
  tool(argoOneMinute),
  tool(kayentaMinutes),
  tool(kayentaFiveMinutes),
  tool(kayentaGrowing),
  test(zTestEveryMinute),
  test(lindonMalek),
  { decider: weir, role: 'weir' },
  { decider: weirSticky, role: 'variant', takesPart: ({ group }) => group === 'stickyClients' || group === 'heavyBursts' },
];

export function decidersOf(cell: Cell, wanted: readonly string[]): readonly Decider[] {
  return entries.filter(({ decider, takesPart }) => wanted.includes(decider.name) && (takesPart?.(cell) ?? true)).map(({ decider }) => decider);
}

/** Names of the deciders with one of these roles. */
export function named(...roles: readonly Role[]): readonly string[] {
  return entries.filter(({ role }) => roles.includes(role)).map(({ decider }) => decider.name);
}
