import { describe, expect, test } from '@jest/globals';
import { type AlertName, alerts, anchorOf, runbookLink } from '#core/notification/alert.ts';
import { readProjectFile } from './project-files.ts';

const operations = readProjectFile('docs/operations.md');
const sections = operations
  .split(/^### /m)
  .slice(1)
  .map((section) => ({ heading: section.slice(0, section.indexOf('\n')), text: section }));

describe('docs/operations.md', () => {
  test.each(Object.keys(alerts) as AlertName[])('has a section for the alert %s, which says how severe it is', (name) => {
    const { section, severity } = alerts[name];
    const found = sections.filter(({ heading }) => heading === section);
    expect(found).toHaveLength(1);
    expect(found[0]?.text).toContain(`\`${name}\`, ${severity}.`);
    expect(runbookLink(name, 'docs/operations.md')).toBe(`docs/operations.md#${anchorOf(section)}`);
  });

  const alarms = [...readProjectFile('resources/alarms.yml').matchAll(/AlarmName: \S+?\}-\S+?\}-([a-z-]+)\n\s+AlarmDescription: .*#([a-z-]+)"/g)];

  test('has a section for every alarm of the stack, which links to it', () => {
    expect(alarms).toHaveLength(readProjectFile('resources/alarms.yml').match(/Type: AWS::CloudWatch::Alarm/g)?.length ?? 0);
    for (const [, alarm, anchor] of alarms) {
      expect(sections.find(({ heading }) => anchorOf(heading) === anchor)?.text).toContain(`\`${alarm}\`.`);
    }
  });

  test('has no section that nothing leads to', () => {
    const told = [...Object.values(alerts).map(({ section }) => anchorOf(section)), ...alarms.map(([, , anchor]) => anchor)];
    expect(sections.map(({ heading }) => anchorOf(heading)).filter((anchor) => !told.includes(anchor))).toEqual([]);
  });
});
