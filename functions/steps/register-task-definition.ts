// Task state RegisterTaskDefinition.
import { registerTaskDefinition } from '#flows/register-task-definition.ts';
import { stepHandler } from '#runtime/step-handler.ts';

export const handler = stepHandler(registerTaskDefinition);
