// Task state HandOver.

import { stop } from '#contracts/workflow.ts';
import { handOver } from '#flows/hand-over.ts';
import { stepHandler } from '#runtime/step-handler.ts';

export const handler = stepHandler(async (ports, input) => {
  await handOver(ports, input, 'the history of the previous run was getting full');
  return stop;
});
