// Task state StartTrafficShift.
import { startTrafficShift } from '#flows/start-traffic-shift.ts';
import { stepHandler } from '#runtime/step-handler.ts';

export const handler = stepHandler(startTrafficShift);
