import { describe, expect, test } from '@jest/globals';
import { parseEvidenceCsv } from '#contracts/evidence-csv.ts';
import { recordedScenario } from '#rehearsal/recorded-traffic.ts';
import { type Moment, NO_STRAIN, parseScenario, type Scenario, scenarioKinds } from '#rehearsal/scenarios.ts';
import { readProjectFile } from '../../tidy/project-files.ts';

const MINUTE = 60_000;
const before: Moment = { at: 0, firstTrafficAt: undefined, fullTrafficAt: undefined };
const full: Moment = { at: 20 * MINUTE, firstTrafficAt: MINUTE, fullTrafficAt: 10 * MINUTE };

function scenario(text: string): Scenario {
  const parsed = parseScenario(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
}

describe('a scenario', () => {
  test.each(scenarioKinds.map(({ name }) => name))('%s needs no argument, and is in the docs', (name) => {
    const { label, summary } = scenario(name);
    expect(label.startsWith(name)).toBe(true);
    expect(summary).not.toBe('');
    expect(readProjectFile('docs/rehearsal.md')).toContain(`\`${label}\``);
  });

  test('does what its argument says to the new version only', () => {
    expect(scenario('errors:0.5%').strain('green', full)).toEqual({ ...NO_STRAIN, errorShare: 0.005 });
    expect(scenario('errors:0.5').strain('blue', full)).toEqual(NO_STRAIN);
    expect(scenario('slow:x2.5').strain('green', full)).toEqual({ ...NO_STRAIN, slowFactor: 2.5 });
    expect(scenario('slow:+80').strain('green', full)).toEqual({ ...NO_STRAIN, slowMilliseconds: 80 });
    expect(scenario('crash-later:3m').image.script?.exitAfterMs).toBe(3 * MINUTE);
  });

  test('begins when it says', () => {
    const later = scenario('bad-after:5m');
    expect(later.badFrom({ ...full, fullTrafficAt: undefined })).toBeUndefined();
    expect(later.badFrom(full)).toBe(15 * MINUTE);
    expect(later.strain('green', { ...full, at: 14 * MINUTE })).toEqual(NO_STRAIN);
    expect(later.strain('green', full).errorShare).toBeGreaterThan(0);
    const outage = scenario('shared-outage:3m');
    expect(outage.strain('blue', { ...full, at: 3 * MINUTE }).errorShare).toBeGreaterThan(0);
    expect(outage.strain('blue', { ...full, at: 6 * MINUTE })).toEqual(NO_STRAIN);
    expect(scenario('no-metrics:2m').hidesMetrics({ ...full, at: 2 * MINUTE })).toBe(true);
    expect(scenario('no-metrics:2m').hidesMetrics({ ...full, at: 9 * MINUTE })).toBe(false);
    expect(scenario('no-metrics').hidesMetrics(before)).toBe(false);
  });

  test.each([
    ['nothing', 'there is no scenario nothing'],
    ['errors:0', 'scenario errors is written errors[:PERCENT], such as errors:2%; got errors:0'],
    ['errors:101%', 'got errors:101%'],
    ['slow:x0.5', 'scenario slow is written slow[:+MILLISECONDS or xFACTOR]'],
    ['slow:', 'got slow:'],
    ['bad-after:0m', 'such as bad-after:5m'],
    ['no-metrics:3000m', 'such as no-metrics:always'],
    ['good:1', 'scenario good takes no argument'],
  ])('%s is refused', (text, problem) => {
    const parsed = parseScenario(text);
    expect(parsed.ok ? 'accepted' : parsed.problem).toContain(problem);
  });
});

describe('recorded traffic', () => {
  const text = 'minute,blue_requests,blue_errors,green_requests,green_errors\n0,1000,1,0,0\n1,900,0,100,4\n2,800,2,200,8\n3,0,0,1000,40';
  const parsed = parseEvidenceCsv(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  const { recorded, badFrom } = recordedScenario(parsed.value, 'file.csv');

  test("begins with green's first minute when the new version gets traffic", () => {
    expect(recorded?.({ ...full, at: MINUTE })).toEqual({ requests: 1_000, errorShare: { blue: 0, green: 0.04 } });
    expect(recorded?.({ ...full, at: 2 * MINUTE })).toEqual({ requests: 1_000, errorShare: { blue: 2 / 800, green: 0.04 } });
  });

  test('fills what was not recorded with the rates of the whole file', () => {
    const usual = { requests: 1_000, errorShare: { blue: 3 / 2_700, green: 52 / 1_300 } };
    expect(recorded?.(before)).toEqual(usual);
    expect(recorded?.({ ...full, at: 40 * MINUTE })).toEqual(usual);
    expect(recorded?.({ ...full, at: 3 * MINUTE })?.errorShare).toEqual({ blue: 3 / 2_700, green: 0.04 });
    expect(badFrom(full)).toBe(full.firstTrafficAt);
  });
});
