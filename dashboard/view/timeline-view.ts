// What stands out in a timeline: ends, failures, people, traffic.
import type { TimelineEntry } from '#core/deployment/deployment.ts';
import type { Tone } from './tone.ts';

const ofPeople: ReadonlySet<TimelineEntry['type']> = new Set<TimelineEntry['type']>([
  'AbortRequested',
  'PromoteRequested',
  'Paused',
  'Resumed',
  'ApprovalAsked',
  'ApprovalAnswered',
  'PersonAsked',
]);

/** quiet: what happens in every deployment. */
export function timelineTone({ type, text }: Pick<TimelineEntry, 'type' | 'text'>): Tone {
  if (ofPeople.has(type)) return 'attention';
  switch (type) {
    case 'RollbackStarted':
    case 'Refused':
      return 'bad';
    case 'Concluded':
      return text.startsWith('Succeeded') ? 'good' : 'bad';
    case 'HookAnswered':
      return /^\w+ failed: /.test(text) ? 'bad' : 'quiet';
    case 'HealthAssessed':
      return text.startsWith('Health fail') ? 'bad' : text.startsWith('Health pass') ? 'good' : 'quiet';
    case 'ShiftObserved':
      return 'busy';
    default:
      return 'quiet';
  }
}
