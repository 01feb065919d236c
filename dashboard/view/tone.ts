// How urgent something looks: the page's colours, each always beside a word and a shape.
import { assertNever } from '#core/deployment/assert-never.ts';
import type { DeploymentStatus } from '#core/deployment/deployment.ts';

/** busy: under way. attention: waits for a person. */
export type Tone = 'good' | 'bad' | 'busy' | 'attention' | 'quiet';

export function toneOf(status: DeploymentStatus): Tone {
  switch (status) {
    case 'Succeeded':
      return 'good';
    case 'RolledBack':
    case 'Failed':
    case 'RollingBack':
      return 'bad';
    case 'Held':
      return 'attention';
    case 'Requested':
    case 'Queued':
    case 'Planning':
    case 'Shifting':
      return 'busy';
    case 'Refused':
    case 'Superseded':
      return 'quiet';
    default:
      return assertNever(status);
  }
}

const words: Readonly<Partial<Record<DeploymentStatus, string>>> = { RollingBack: 'Rolling back', RolledBack: 'Rolled back' };

export function statusWord(status: DeploymentStatus): string {
  return words[status] ?? status;
}
