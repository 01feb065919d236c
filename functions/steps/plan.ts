// Task state Plan.
import { planDeployment } from '#flows/plan-deployment.ts';
import { stepHandler } from '#runtime/step-handler.ts';

export const handler = stepHandler(planDeployment);
