// CodeDeploy lifecycle hook AfterInstall: are green's targets healthy?
import { hookHandler } from '#runtime/hook-handler.ts';

export const handler = hookHandler('AfterInstall');
