// weir local ...: the local AWS.
import type { Command } from 'commander';
import { registerPush } from './push.ts';
import { registerSample } from './sample.ts';
import { registerTraffic } from './traffic.ts';
import { registerUp } from './up.ts';

export function registerLocal(program: Command): void {
  const local = program.command('local').description('an AWS on this machine: real processes as tasks, real traffic through a weighted load balancer');
  registerUp(local);
  registerSample(local);
  registerPush(local);
  registerTraffic(local);
}
