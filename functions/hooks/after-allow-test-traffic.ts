// CodeDeploy lifecycle hook AfterAllowTestTraffic: do the smoke checks pass on the test listener?
import { hookHandler } from '#runtime/hook-handler.ts';

export const handler = hookHandler('AfterAllowTestTraffic');
