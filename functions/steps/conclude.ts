// Task state Conclude.
import { concludeDeployment } from '#flows/conclude-deployment.ts';
import { stepHandler } from '#runtime/step-handler.ts';

export const handler = stepHandler(concludeDeployment);
