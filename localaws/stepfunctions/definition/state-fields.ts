// Which fields each state type may have, for each query language. AWS refuses any other.
import type { QueryLanguage, StateType } from './definition.ts';

const EVERY = ['Type', 'Comment', 'QueryLanguage'];
const TRANSITION = ['Next', 'End'];
const PATHS = ['InputPath', 'OutputPath'];

const BOTH: Readonly<Record<StateType, readonly string[]>> = {
  Pass: [...TRANSITION, 'Assign'],
  Task: [...TRANSITION, 'Assign', 'Resource', 'Retry', 'Catch', 'TimeoutSeconds', 'HeartbeatSeconds', 'Credentials'],
  Choice: ['Choices', 'Default', 'Assign'],
  Wait: [...TRANSITION, 'Assign', 'Seconds', 'Timestamp'],
  Succeed: [],
  Fail: ['Error', 'Cause'],
  Parallel: [...TRANSITION, 'Assign', 'Branches', 'Retry', 'Catch'],
  Map: [
    ...TRANSITION,
    'Assign',
    'ItemProcessor',
    'Iterator',
    'ItemReader',
    'ItemSelector',
    'ItemBatcher',
    'ResultWriter',
    'Label',
    'MaxConcurrency',
    'ToleratedFailureCount',
    'ToleratedFailurePercentage',
    'Retry',
    'Catch',
  ],
};

const JSONATA: Readonly<Record<StateType, readonly string[]>> = {
  Pass: ['Output'],
  Task: ['Arguments', 'Output'],
  Choice: ['Output'],
  Wait: ['Output'],
  Succeed: ['Output'],
  Fail: [],
  Parallel: ['Arguments', 'Output'],
  Map: ['Items', 'Output'],
};

const JSONPATH: Readonly<Record<StateType, readonly string[]>> = {
  Pass: [...PATHS, 'Parameters', 'Result', 'ResultPath'],
  Task: [...PATHS, 'Parameters', 'ResultSelector', 'ResultPath', 'TimeoutSecondsPath', 'HeartbeatSecondsPath'],
  Choice: PATHS,
  Wait: [...PATHS, 'SecondsPath', 'TimestampPath'],
  Succeed: PATHS,
  Fail: ['ErrorPath', 'CausePath'],
  Parallel: [...PATHS, 'Parameters', 'ResultSelector', 'ResultPath'],
  Map: [
    ...PATHS,
    'Parameters',
    'ItemsPath',
    'ResultSelector',
    'ResultPath',
    'MaxConcurrencyPath',
    'ToleratedFailureCountPath',
    'ToleratedFailurePercentagePath',
  ],
};

/** The fields a state of this type and language may have. */
export function allowedFields(type: StateType, language: QueryLanguage): ReadonlySet<string> {
  return new Set([...EVERY, ...BOTH[type], ...(language === 'JSONata' ? JSONATA : JSONPATH)[type]]);
}

/** Whether a field belongs to the other language only; for a message that says so. */
export function isFieldOfOther(type: StateType, field: string, language: QueryLanguage): boolean {
  return (language === 'JSONata' ? JSONPATH : JSONATA)[type].includes(field);
}
