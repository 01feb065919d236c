// A second opinion on the state machine from the npm package asl-validator, which knows JSONata states: their fields by schema,
// transitions that lead nowhere, and states that nothing reaches. It does not read the expressions themselves; the local Step
// Functions compiles those.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

interface Validation {
  readonly isValid: boolean;
  readonly errors: readonly { readonly 'Error code': string; readonly Message: string }[];
}

const require = createRequire(import.meta.url);
// The package brings no types.
const validate = require('asl-validator') as (definition: unknown) => Validation;

interface Definition {
  readonly States: Record<string, Record<string, unknown>>;
}

/** The definition with an ARN for each function, as DefinitionSubstitutions makes it. */
function definition(name = 'deploy'): Definition {
  const text = readFileSync(join(import.meta.dirname, `../../statemachines/${name}.asl.yaml`), 'utf8');
  return parse(text.replace(/\$\{(\w+)\}/g, 'arn:aws:lambda:us-east-1:111122223333:function:$1')) as Definition;
}

function broken(change: (states: Definition['States']) => void): Validation {
  const changed = definition();
  change(changed.States);
  return validate(changed);
}

describe('the state machines', () => {
  test.each(['deploy', 'remediate'])('%s is valid', (name) => {
    expect(validate(definition(name))).toMatchObject({ isValid: true, errors: [] });
  });

  test('are read by a validator that would notice', () => {
    expect(broken((states) => Object.assign(states['Plan'] ?? {}, { Next: 'Nowhere' })).isValid).toBe(false);
    expect(broken((states) => Object.assign(states['Plan'] ?? {}, { TimeoutSecond: 3 })).isValid).toBe(false);
    expect(broken((states) => Object.assign(states['Plan'] ?? {}, { ResultPath: '$.plan' })).isValid).toBe(false);
    expect(broken((states) => Object.assign(states, { Lonely: { Type: 'Succeed' } })).isValid).toBe(false);
  });
});
