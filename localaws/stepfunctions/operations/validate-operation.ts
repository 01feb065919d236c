// ValidateStateMachineDefinition: what AWS would say, whether or not the definition runs here.
import type { AwsShape, Operation } from '../../region.ts';
import { checkDefinition } from '../definition/check-definition.ts';
import { DIAGNOSTICS_MAX } from '../limits.ts';
import { optionalEnum, optionalText, validationError } from './request-checks.ts';

export const validateStateMachineDefinition: Operation = {
  handle(input: AwsShape): AwsShape {
    const definition = optionalText(input, 'definition');
    if (definition === undefined) throw validationError(undefined, 'definition', 'Member must not be null');
    optionalEnum(input, 'type', ['STANDARD', 'EXPRESS']);
    const severity = optionalEnum(input, 'severity', ['ERROR', 'WARNING']) ?? 'ERROR';
    const asked: unknown = input['maxResults'] ?? 0;
    if (typeof asked !== 'number' || !Number.isInteger(asked) || asked < 0 || asked > DIAGNOSTICS_MAX) {
      throw validationError(asked, 'maxResults', `Member must have value between 0 and ${DIAGNOSTICS_MAX}`);
    }
    const max = asked === 0 ? DIAGNOSTICS_MAX : asked;
    const { diagnostics } = checkDefinition(definition);
    const shown = diagnostics.filter((diagnostic) => severity === 'WARNING' || diagnostic.severity === 'ERROR');
    return {
      result: diagnostics.some((diagnostic) => diagnostic.severity === 'ERROR') ? 'FAIL' : 'OK',
      diagnostics: shown.slice(0, max),
      truncated: shown.length > max,
    };
  },
};
