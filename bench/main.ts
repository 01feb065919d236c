// npm run bench -- NAME: benchmarks that print figures and compare them with something measured in the same run.
import { benchRamp } from './ramp/ramp.ts';
import { benchRecords } from './records.ts';
import { benchRehearsal } from './rehearsal.ts';
import { benchStartup } from './startup.ts';
import { benchStorm } from './storm/storm.ts';
import { benchVerdict } from './verdict/verdict.ts';

const benchmarks: Readonly<Record<string, () => Promise<void>>> = {
  ramp: benchRamp,
  records: benchRecords,
  rehearse: benchRehearsal,
  startup: benchStartup,
  storm: benchStorm,
  verdict: benchVerdict,
};

const name = process.argv[2] ?? '';
const benchmark = Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined;
if (benchmark === undefined) {
  process.stderr.write(`usage: npm run bench -- NAME\nbenchmarks: ${Object.keys(benchmarks).join(', ')}\n`);
  process.exitCode = 2;
} else {
  await benchmark();
}
