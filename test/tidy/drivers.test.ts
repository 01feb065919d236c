// docs/drivers.md says what each driver can and cannot do; the drivers' own capability tables have the last word.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { driverCapabilities } from '../../shared/drivers/capabilities.ts';

const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'drivers.md'), 'utf8');

function cells(title: string): { readonly codedeploy: string; readonly ecs: string } {
  const row = text.split('\n').find((line) => line.startsWith(`| ${title} |`));
  const [, , codedeploy = '', ecs = ''] = (row ?? '').split('|').map((cell) => cell.trim());
  return { codedeploy, ecs };
}

describe('docs/drivers.md', () => {
  test.each([
    ['Held before a step until the evidence is enough', 'holdsAtStep'],
    ['Back in several steps', 'shiftsBackGradually'],
  ] as const)('%s: as the drivers say', (title, capability) => {
    const { codedeploy, ecs } = cells(title);
    expect(codedeploy.startsWith('yes')).toBe(driverCapabilities.codedeploy[capability]);
    expect(ecs.startsWith('yes')).toBe(driverCapabilities.ecs[capability]);
  });

  test('the strategies are named as they are', () => {
    const { codedeploy, ecs } = cells('Strategies');
    expect(driverCapabilities.codedeploy.strategies.map((kind) => (kind === 'allAtOnce' ? 'all at once' : kind)).join(', ')).toBe(codedeploy);
    const more = driverCapabilities.ecs.strategies.filter((kind) => !driverCapabilities.codedeploy.strategies.includes(kind));
    expect(ecs).toBe(`the same, and ${more.join(', ')}`);
  });
});
