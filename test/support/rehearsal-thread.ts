// A thread that rehearses: loads the control plane once, then does the rehearsals it is sent, one after the other.
import { parentPort, workerData } from 'node:worker_threads';
import { parseEvidenceCsv } from '#contracts/evidence-csv.ts';
import { parseManifest } from '#contracts/parse-manifest.ts';
import { recordedScenario } from '#rehearsal/recorded-traffic.ts';
import { loadMachinery } from '#rehearsal/region/world.ts';
import { type RehearsalOptions, rehearse } from '#rehearsal/rehearse.ts';
import { rehearsable } from '#rehearsal/rehearsed-manifest.ts';
import { reportOf } from '#rehearsal/report.ts';
import { parseScenario, type Scenario } from '#rehearsal/scenarios.ts';

export interface RehearsalOrder {
  /** YAML. */
  readonly manifest: string;
  readonly scenario?: string;
  readonly csv?: string;
  readonly options?: Partial<Omit<RehearsalOptions, 'scenario'>>;
}

const usual = { requestsPerMinute: 1_000, baselineErrorShare: 0.001, medianMilliseconds: 50, desiredCount: 2, seed: 1, approveAfterMinutes: undefined };
const machinery = await loadMachinery((workerData as { templateFile: string }).templateFile);

function scenarioOf({ scenario = 'good', csv }: RehearsalOrder): Scenario {
  if (csv === undefined) {
    const parsed = parseScenario(scenario);
    if (parsed.ok) return parsed.value;
    throw new Error(parsed.problem);
  }
  const minutes = parseEvidenceCsv(csv);
  if (minutes.ok) return recordedScenario(minutes.value, 'recorded.csv');
  throw new Error(minutes.problem);
}

async function carryOut(order: RehearsalOrder): Promise<unknown> {
  const parsed = parseManifest(order.manifest, 'weir.yaml');
  if (!parsed.ok) throw new Error(parsed.problems.map(({ text }) => text).join('\n'));
  const subject = rehearsable(parsed.manifest);
  if (!subject.ok) throw new Error(subject.problem);
  return reportOf(await rehearse(machinery, subject.value, { ...usual, ...order.options, scenario: scenarioOf(order) }));
}

parentPort?.on('message', (order: RehearsalOrder) => {
  carryOut(order).then(
    (report) => parentPort?.postMessage({ report }),
    (error: unknown) => parentPort?.postMessage({ error: String(error) }),
  );
});
