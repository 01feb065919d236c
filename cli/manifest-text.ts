// A drafted manifest as the weir.yaml a person reviews: every value with a comment that says where it is from or that it was guessed.
import { stringify } from 'yaml';
import type { ManifestDraft } from '#core/onboarding/draft-manifest.ts';

/** YAML of one value on one line. */
function inline(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0, defaultStringType: 'PLAIN', defaultKeyType: 'PLAIN' }).trimEnd();
}

export function manifestText(draft: ManifestDraft): string {
  const { notes, image, driver, smokeCheck, alarms } = draft;
  const lines = [
    '# Drafted by weir init from the live service. Lines marked GUESSED are for you to check; docs/manifest.md explains every field.',
    'version: 1',
    ...comments(notes.service),
    `service: ${inline(draft.service)}`,
    `cluster: ${inline(draft.cluster)}`,
    ...comments(notes.image),
    'image:',
    `  repository: ${inline(image.repository)}`,
    ...(image.registry === undefined ? [] : [`  registry: ${JSON.stringify(image.registry)}`]),
    ...(image.container === undefined ? [] : [`  container: ${inline(image.container)}`]),
    `  tags: ${inline(image.tags)}`,
    ...comments(notes.driver),
    'driver:',
    `  kind: ${driver.kind}`,
    ...(driver.kind === 'codedeploy' ? [`  application: ${inline(driver.application)}`, `  deploymentGroup: ${inline(driver.deploymentGroup)}`] : []),
    ...strategyLines(draft),
    ...comments(notes.bakeTime),
    `bakeTimeMinutes: ${draft.bakeTimeMinutes}`,
    ...comments(notes.health),
    ...(alarms.length === 0 ? [] : ['health:', '  alarms:', ...alarms.map((name) => `    - ${inline(name)}`)]),
    ...comments(notes.smokeChecks),
    ...(smokeCheck === undefined
      ? []
      : [
          'smokeChecks:',
          '  - name: health',
          `    path: ${inline(smokeCheck.path)}`,
          `    expect: { status: ${smokeCheck.statuses.length === 1 ? String(smokeCheck.statuses[0]) : inline(smokeCheck.statuses)} }`,
        ]),
  ];
  return `${lines.join('\n')}\n`;
}

function strategyLines({ strategy }: ManifestDraft): readonly string[] {
  if (strategy === 'rolling') return ['strategy:', '  rolling: {}'];
  return [...comments(['GUESSED: the default; 10 % for 5 minutes, then the rest']), 'strategy:', '  canary: { percent: 10, intervalMinutes: 5 }'];
}

/** A name with a line break in it would end the comment. */
function comments(notes: readonly string[]): readonly string[] {
  return notes.map((note) => `# ${note.replaceAll(/\s+/g, ' ')}`);
}
