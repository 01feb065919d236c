import { describe, expect, test } from '@jest/globals';
import { checkDefinition } from '#localaws/stepfunctions/definition/check-definition.ts';
import { parseDefinition } from '#localaws/stepfunctions/operations/parse-definition.ts';

const end = { Type: 'Pass', End: true };
const jsonata = (states: unknown, top = {}) => JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'A', States: states, ...top });
const problems = (text: string): string[] => checkDefinition(text).diagnostics.map(({ code, message, location }) => `${code} ${location} ${message}`);
const TASK = 'arn:aws:states:::lambda:invoke';

describe('a definition', () => {
  test('with every state type and field is without findings', () => {
    const states = {
      A: { Type: 'Pass', Assign: { x: 1, ünder_score: '{% 1 %}' }, Output: { y: '{% $x %}' }, Next: 'B' },
      B: { Type: 'Choice', Choices: [{ Condition: '{% $x = 1 %}', Next: 'C', Assign: { z: 1 }, Output: 1 }], Default: 'D', Output: {} },
      C: { Type: 'Wait', Seconds: '{% 1 %}', Next: 'D' },
      D: {
        Type: 'Task',
        Resource: `${TASK}.waitForTaskToken`,
        Arguments: { FunctionName: 'f', Payload: '{% $states.context.Task.Token %}' },
        TimeoutSeconds: 10,
        HeartbeatSeconds: 5,
        Retry: [{ ErrorEquals: ['A', 'B'], IntervalSeconds: 1, MaxAttempts: 0, BackoffRate: 1.5, MaxDelaySeconds: 9, JitterStrategy: 'FULL' }],
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'E', Assign: { e: '{% $states.errorOutput %}' }, Output: 1 }],
        Next: 'F',
      },
      E: { Type: 'Fail', Error: 'x', Cause: '{% $string($e) %}' },
      F: { Type: 'Parallel', Arguments: {}, Branches: [{ StartAt: 'F1', States: { F1: end } }], Next: 'G' },
      G: {
        Type: 'Map',
        Items: [1],
        ItemSelector: {},
        MaxConcurrency: 2,
        ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, StartAt: 'G1', States: { G1: end } },
        Next: 'H',
      },
      H: { Type: 'Succeed', Output: 1 },
    };
    expect(problems(jsonata(states, { Comment: 'c', Version: '1.0', TimeoutSeconds: 60 }))).toEqual([]);
  });

  test.each([
    ['', 'MISSING_DESCRIPTION / State machine definition is empty'],
    ['[]', 'SCHEMA_VALIDATION_FAILED / Expected value of type Object'],
    ['{}', 'SCHEMA_VALIDATION_FAILED / These fields are required: [StartAt, States]'],
    [jsonata({}), 'SCHEMA_VALIDATION_FAILED /States Expected a non-empty Object'],
    [jsonata({ B: end }), "MISSING_TRANSITION_TARGET /StartAt Missing 'StartAt' target: A"],
    [jsonata({ A: { Type: 'Pass', Next: 'B' } }), "MISSING_TRANSITION_TARGET /States/A/Next Missing 'Next' target: B"],
    [jsonata({ A: end, B: end }), 'MISSING_TRANSITION_TARGET /States/B State "B" is not reachable.'],
    [jsonata({ A: { Type: 'Pass', Next: 'A' } }), 'MISSING_END_STATE /States The workflow does not have a terminal state'],
    [jsonata({ A: { Type: 'Pass' } }), 'SCHEMA_VALIDATION_FAILED /States/A One of these fields is required: [Next, End]'],
    [jsonata({ A: { Type: 'Pass', Next: 'A', End: true } }), 'SCHEMA_VALIDATION_FAILED /States/A Only one of the fields [Next, End] may be present'],
    [
      jsonata({ A: { Type: 'Nope', End: true } }),
      'SCHEMA_VALIDATION_FAILED /States/A/Type Value is not valid, expected one of: [Pass, Task, Choice, Wait, Succeed, Fail, Parallel, Map]',
    ],
    [jsonata({ A: { End: true } }), 'SCHEMA_VALIDATION_FAILED /States/A These fields are required: [Type]'],
    [
      jsonata({ A: { ...end, ResultPath: '$.x' } }),
      "SCHEMA_VALIDATION_FAILED /States/A/ResultPath Field 'ResultPath' is not supported for a state of type Pass when the QueryLanguage is JSONata",
    ],
    [jsonata({ A: { ...end, Nope: 1 } }), "SCHEMA_VALIDATION_FAILED /States/A/Nope Field 'Nope' is not supported for a state of type Pass"],
    [
      jsonata({ A: { ...end, QueryLanguage: 'JSONPath' } }),
      "SCHEMA_VALIDATION_FAILED /States/A/QueryLanguage 'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine",
    ],
    [jsonata({ A: { ...end, Assign: { states: 1 } } }), "SCHEMA_VALIDATION_FAILED /States/A/Assign/states The variable name 'states' is reserved."],
    [jsonata({ A: { ...end, Assign: { '1x': 1 } } }), "SCHEMA_VALIDATION_FAILED /States/A/Assign/1x Invalid variable name: '1x'"],
    [
      jsonata({ A: { ...end, Output: '{% 1 + %}' } }),
      "SCHEMA_VALIDATION_FAILED /States/A/Output The JSONata expression '1 +' is not valid. S0207: Unexpected end of expression",
    ],
    [jsonata({ A: { Type: 'Task', Resource: 'what', End: true } }), 'SCHEMA_VALIDATION_FAILED /States/A/Resource Value is not a valid resource ARN'],
    [
      jsonata({ A: { Type: 'Task', Resource: TASK, TimeoutSeconds: 5, HeartbeatSeconds: 5, End: true } }),
      'SCHEMA_VALIDATION_FAILED /States/A/HeartbeatSeconds HeartbeatSeconds must be smaller than TimeoutSeconds',
    ],
    [
      jsonata({ A: { Type: 'Task', Resource: TASK, Retry: [{}], End: true } }),
      'SCHEMA_VALIDATION_FAILED /States/A/Retry[0] These fields are required: [ErrorEquals]',
    ],
    [
      jsonata({ A: { Type: 'Task', Resource: TASK, Catch: [{ ErrorEquals: ['States.ALL', 'X'], Next: 'A' }], End: true } }),
      'SCHEMA_VALIDATION_FAILED /States/A/Catch[0]/ErrorEquals States.ALL must appear alone',
    ],
    [jsonata({ A: { Type: 'Choice' }, B: end }), 'SCHEMA_VALIDATION_FAILED /States/A These fields are required: [Choices]'],
    [
      jsonata({ A: { Type: 'Choice', Choices: [{ Condition: 'x', Next: 'B' }] }, B: end }),
      'SCHEMA_VALIDATION_FAILED /States/A/Choices[0]/Condition Expected a Boolean or a JSONata expression',
    ],
    [
      jsonata({ A: { Type: 'Wait', Seconds: 1, Timestamp: '2026-01-01T00:00:00Z', End: true } }),
      'SCHEMA_VALIDATION_FAILED /States/A Exactly one of these fields is required: [Seconds, Timestamp]',
    ],
    [jsonata({ A: { Type: 'Wait', Timestamp: 'tomorrow', End: true } }), 'SCHEMA_VALIDATION_FAILED /States/A/Timestamp Value is not a valid timestamp'],
    [
      jsonata({ A: { Type: 'Parallel', Branches: [{ StartAt: 'A', States: { A: end } }], End: true } }),
      'DUPLICATE_STATE_NAME /States/A/Branches[0]/States/A Duplicate state name: A',
    ],
    [jsonata({ A: { Type: 'Map', End: true } }), 'SCHEMA_VALIDATION_FAILED /States/A These fields are required: [ItemProcessor]'],
    [jsonata({ [`A${'x'.repeat(80)}`]: end, A: end }), `INVALID_STATE_NAME /States/A${'x'.repeat(80)} The state name must have 1 to 80 characters`],
    [jsonata({ A: end }, { TimeoutSeconds: '1' }), 'SCHEMA_VALIDATION_FAILED /TimeoutSeconds Expected value of type Integer'],
  ])('%s is told: %s', (text, expected) => {
    expect(problems(text)).toContain(expected);
  });

  test('in JSONPath is warned about texts that look like paths and are not read', () => {
    const states = { A: { Type: 'Pass', Parameters: { a: '$.b', 'c.$': '$.d' }, Next: 'B' }, B: { Type: 'Pass', Result: { x: ['$.y'] }, End: true } };
    const { diagnostics } = checkDefinition(JSON.stringify({ StartAt: 'A', States: states }));
    expect(diagnostics.map(({ severity, code, location }) => [severity, code, location])).toEqual([
      ['WARNING', 'NO_DOLLAR', '/States/A/Parameters/a'],
      ['WARNING', 'PASS_RESULT_IS_STATIC', '/States/B/Result/x[0]'],
    ]);
  });

  test('that is no JSON is told where', () => {
    expect(problems('{')[0]).toMatch(/^INVALID_JSON_DESCRIPTION \/ /);
  });

  test.each([null, 1, 'x', [], {}])('never crashes the check, whatever stands in its fields: %j', (value) => {
    for (const type of ['Pass', 'Task', 'Choice', 'Wait', 'Succeed', 'Fail', 'Parallel', 'Map']) {
      const fields = [
        'Next',
        'End',
        'Resource',
        'Arguments',
        'Choices',
        'Default',
        'Seconds',
        'Timestamp',
        'Error',
        'Branches',
        'ItemProcessor',
        'Items',
        'Retry',
        'Catch',
        'Assign',
        'Output',
        'QueryLanguage',
        'TimeoutSeconds',
      ];
      const states = Object.fromEntries(fields.map((field) => [field, { Type: type, [field]: value, End: true }]));
      expect(() =>
        checkDefinition(jsonata({ ...states, A: value, B: { Type: type, Retry: [value], Catch: [value], Branches: [value], Choices: [value] } })),
      ).not.toThrow();
    }
  });
});

describe('what does not run here', () => {
  const refusal = (definition: unknown): string => {
    try {
      parseDefinition(JSON.stringify(definition));
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };

  test('a state machine in JSONPath is refused plainly, though it is valid', () => {
    const definition = { StartAt: 'A', States: { A: end } };
    expect(problems(JSON.stringify(definition))).toEqual([]);
    expect(refusal(definition)).toMatch(/^Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: localaws: the local AWS runs JSONata only/);
  });

  test.each([
    [
      'a distributed Map',
      {
        Type: 'Map',
        QueryLanguage: 'JSONata',
        ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, StartAt: 'X', States: { X: end } },
        End: true,
      },
      /Distributed Map is not/,
    ],
    ['a JSONPath choice', { Type: 'Choice', Choices: [{ Variable: '$.a', IsPresent: true, Next: 'E' }] }, /a Choice state in JSONPath/],
    ['a JSONPath filter', { Type: 'Pass', InputPath: '$.a[?(@.b)]', End: true }, /the path '\$\.a\[\?\(@\.b\)\]'/],
    ['an intrinsic function', { Type: 'Pass', Parameters: { 'x.$': 'States.UUID()' }, End: true }, /States\.UUID/],
  ])('%s is refused where it stands', (_name, state, message) => {
    const start = { Type: 'Choice', QueryLanguage: 'JSONata', Choices: [{ Condition: true, Next: 'B' }], Default: 'E' };
    expect(refusal({ StartAt: 'A', States: { A: start, B: state, E: { ...end, QueryLanguage: 'JSONata' } } })).toMatch(message);
  });
});
