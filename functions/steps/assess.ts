// Task state Assess.
import { assessDeployment } from '#flows/assess-deployment.ts';
import { stepHandler } from '#runtime/step-handler.ts';

export const handler = stepHandler(assessDeployment);
