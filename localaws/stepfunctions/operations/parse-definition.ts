// Turns the text of a definition into one that can run, or into AWS's error.
import { AwsError } from '../../endpoint/aws-error.ts';
import { checkDefinition } from '../definition/check-definition.ts';
import type { Definition } from '../definition/definition.ts';
import { type Diagnostic, invalidDefinitionMessage } from '../definition/diagnostics.ts';
import { notOfferedLocally } from '../definition/local-offer.ts';

/** @throws AwsError InvalidDefinition for what AWS refuses and for what does not run here. */
export function parseDefinition(text: string): Definition {
  const { diagnostics, value } = checkDefinition(text);
  refuse(diagnostics);
  // The check has established the shape.
  const definition = value as unknown as Definition;
  refuse(notOfferedLocally(definition));
  return definition;
}

function refuse(diagnostics: readonly Diagnostic[]): void {
  if (diagnostics.some(({ severity }) => severity === 'ERROR')) throw new AwsError('InvalidDefinition', invalidDefinitionMessage(diagnostics));
}
