// A task definition in a file: as `aws ecs describe-task-definition` prints it, or as `register-task-definition --cli-input-json` takes it.
import type { TaskDefinitionDocument } from '#core/task-definition/with-image.ts';
import { CommandFailure } from './command-failure.ts';
import { readText } from './input-file.ts';

/** @throws CommandFailure (usage) */
export function readTaskDefinition(path: string): TaskDefinitionDocument {
  const text = readText(path);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new CommandFailure(`${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`, 2);
  }
  const document = isObject(parsed) && isObject(parsed['taskDefinition']) ? parsed['taskDefinition'] : parsed;
  if (!isObject(document) || !Array.isArray(document['containerDefinitions'])) {
    throw new CommandFailure(`${path} is not a task definition: it has no containerDefinitions`, 2);
  }
  return document;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
