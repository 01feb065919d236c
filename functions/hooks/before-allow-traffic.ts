// CodeDeploy lifecycle hook BeforeAllowTraffic: the last gate before production traffic.
import { hookHandler } from '#runtime/hook-handler.ts';

export const handler = hookHandler('BeforeAllowTraffic');
