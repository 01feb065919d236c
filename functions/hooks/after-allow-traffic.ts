// CodeDeploy lifecycle hook AfterAllowTraffic: the first verdict on full production traffic.
import { hookHandler } from '#runtime/hook-handler.ts';

export const handler = hookHandler('AfterAllowTraffic');
