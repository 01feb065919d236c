// npm run demo: the main job on this machine. Starts the local AWS with the packaged stack, serves the sample service, then pushes a
// good version, one that fails on real traffic, and one that crashes at start; shows each live and checks the story.
import { parseArgs } from 'node:util';
import { startLocalAws } from '#localaws/start-local-aws.ts';
import { packagedStack } from '../packaged-stack.ts';
import { freePorts } from './free-ports.ts';
import { createStage } from './stage.ts';
import { type Check, tellStory } from './story.ts';

const { values } = parseArgs({
  options: { ci: { type: 'boolean', default: false }, speed: { type: 'string', default: '60' }, driver: { type: 'string', default: 'codedeploy' } },
});
const speed = Number(values.speed);
if (!(speed >= 1 && speed <= 1_000)) {
  process.stderr.write('demo: --speed takes a number from 1 to 1000\n');
  process.exit(2);
}

const { driver } = values;
if (driver !== 'codedeploy' && driver !== 'ecs') {
  process.stderr.write('demo: --driver takes codedeploy or ecs\n');
  process.exit(2);
}

const startedAt = performance.now();
process.stdout.write('Packaging the stack and starting the local AWS ...\n');
const localAws = await startLocalAws({ clock: { kind: 'scaled', speed }, stack: packagedStack(true) });
let stopping: Promise<void> | undefined;
const stop = (): Promise<void> => {
  stopping ??= localAws.close();
  return stopping;
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop().then(() => process.exit(130)));

let checks: readonly Check[] = [];
try {
  const [productionPort, testPort] = await freePorts();
  const stage = await createStage(localAws, { productionPort, testPort, driver, live: !values.ci && process.stdout.isTTY });
  checks = await tellStory(stage);
} finally {
  await stop();
}
const failed = checks.filter((check) => !check.holds);
process.stdout.write(`\n${checks.map((check) => `${check.holds ? 'ok  ' : 'FAIL'} ${check.what}`).join('\n')}\n`);
process.stdout.write(`\nThe story ${failed.length === 0 ? 'holds' : 'does not hold'} (${((performance.now() - startedAt) / 1000).toFixed(0)} s).\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
