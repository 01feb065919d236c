// Reads the Resource of a Task state: which integration it names and how it waits.
import { serviceProfile } from './service-profiles.ts';

/** How a task ends: with the answer of the call, with a token sent back, or when the job it started is over. */
export type Waiting = 'answer' | 'token' | 'job' | 'job-json';

export type TaskResource =
  | { readonly kind: 'function'; readonly arn: string }
  | { readonly kind: 'sdk'; readonly segment: string; readonly action: string; readonly waiting: Waiting }
  | { readonly kind: 'optimized'; readonly name: OptimizedName; readonly waiting: Waiting };

const SUFFIXES: Readonly<Record<string, Waiting>> = { '': 'answer', waitForTaskToken: 'token', sync: 'job', 'sync:2': 'job-json' };

/** The optimized integrations offered, with the ways of waiting each has. */
const OPTIMIZED = {
  'lambda:invoke': ['answer', 'token'],
  'dynamodb:getItem': ['answer'],
  'dynamodb:putItem': ['answer'],
  'dynamodb:updateItem': ['answer'],
  'dynamodb:deleteItem': ['answer'],
  'events:putEvents': ['answer', 'token'],
  'sns:publish': ['answer', 'token'],
  'sqs:sendMessage': ['answer', 'token'],
  'states:startExecution': ['answer', 'token', 'job', 'job-json'],
} as const satisfies Readonly<Record<string, readonly Waiting[]>>;

export type OptimizedName = keyof typeof OPTIMIZED;

/** Services AWS has optimized integrations for and this local AWS does not. */
const NOT_OFFERED = new Set([
  'apigateway',
  'athena',
  'batch',
  'bedrock',
  'codebuild',
  'databrew',
  'ecs',
  'eks',
  'elasticmapreduce',
  'emr-containers',
  'emr-serverless',
  'glue',
  'http',
  'mediaconvert',
  'sagemaker',
]);

const FUNCTION_ARN = /^arn:aws[\w-]*:lambda:[\w-]+:\d{12}:function:[\w-]{1,140}(:[\w$-]+)?$/;
const ACTIVITY_ARN = /^arn:aws[\w-]*:states:[\w-]+:\d{12}:activity:/;
const INTEGRATION = /^arn:aws[\w-]*:states:[\w-]*:\d*:(aws-sdk:)?([\w-]+):([A-Za-z][\w]*)(?:\.([\w:]+))?$/;

/** Reads a Resource; `problem` is AWS's message, or ours where AWS has what is not here. */
export function parseTaskResource(text: string): { resource: TaskResource } | { problem: string } {
  if (FUNCTION_ARN.test(text)) return { resource: { kind: 'function', arn: text } };
  if (ACTIVITY_ARN.test(text)) return { problem: 'localaws: activities are not available on the local AWS; use .waitForTaskToken' };
  const matched = INTEGRATION.exec(text);
  const notRecognized = {
    problem: `The resource provided ${text} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.`,
  };
  if (matched === null) return text.startsWith('arn:') ? notRecognized : { problem: 'Value is not a valid resource ARN' };
  const [, sdk, service = '', action = '', suffix = ''] = matched;
  const waiting = Object.hasOwn(SUFFIXES, suffix) ? SUFFIXES[suffix] : undefined;
  if (waiting === undefined) return notRecognized;
  if (sdk !== undefined) return parseSdk(text, service, action, waiting) ?? notRecognized;
  const name = `${service}:${action}`;
  if (!isOptimized(name)) {
    if (NOT_OFFERED.has(service)) return { problem: `localaws: the integration ${text} exists in AWS and is not available on the local AWS` };
    return notRecognized;
  }
  const ways: readonly Waiting[] = OPTIMIZED[name];
  return ways.includes(waiting) ? { resource: { kind: 'optimized', name, waiting } } : notRecognized;
}

function parseSdk(text: string, segment: string, action: string, waiting: Waiting): { resource: TaskResource } | { problem: string } | undefined {
  // SDK integrations have no .sync, and their actions start with a small letter.
  if (waiting === 'job' || waiting === 'job-json' || !/^[a-z]/.test(action)) return undefined;
  if (serviceProfile(segment) === undefined)
    return { problem: `localaws: the resource ${text} is not available on the local AWS (unknown service segment '${segment}')` };
  return { resource: { kind: 'sdk', segment, action, waiting } };
}

function isOptimized(name: string): name is OptimizedName {
  return Object.hasOwn(OPTIMIZED, name);
}
