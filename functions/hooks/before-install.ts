// CodeDeploy lifecycle hook BeforeInstall: does this deployment still hold its service?
import { hookHandler } from '#runtime/hook-handler.ts';

export const handler = hookHandler('BeforeInstall');
