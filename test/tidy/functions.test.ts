import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { projectFiles, projectRoot, readProjectFile } from './project-files.ts';

interface FunctionEntry {
  readonly name: string;
  readonly handler: string;
  readonly role: string;
  readonly package: { readonly patterns: readonly string[] };
}

// CloudFormation's tags (!Sub, !Ref) are not read here: their values are.
const { functions } = parse(readProjectFile('serverless.yml'), { logLevel: 'silent' }) as { functions: Readonly<Record<string, FunctionEntry>> };
const files = projectFiles('functions/*/*.ts').map((file) => file.slice('functions/'.length, -'.ts'.length));
const require = createRequire(import.meta.url);
const { Resources: roles } = require(join(projectRoot, 'resources', 'roles.cjs')) as { Resources: Readonly<Record<string, unknown>> };

const pascalCase = (name: string): string => name.replace(/(^|-)([a-z])/g, (_, _dash, letter: string) => letter.toUpperCase());

/** `${PlanRole.Arn}` -> `PlanRole`. */
function roleOf(entry: { readonly role: string }): string {
  return /^\$\{(\w+)\.Arn\}$/.exec(entry.role)?.[1] ?? entry.role;
}

describe('serverless.yml', () => {
  test('has every file below functions/, and no function without a file', () => {
    const handled = Object.values(functions).map((entry) => /^\.build\/functions\/(.+)\/index\.handler$/.exec(entry.handler)?.[1]);
    expect(handled.toSorted()).toEqual([...files]);
  });

  test.each(Object.entries(functions))('%s is named, packaged and allowed what its file is', (key, entry) => {
    const path = entry.handler.replace(/^\.build\/functions\//, '').replace(/\/index\.handler$/, '');
    const [folder = '', name = ''] = path.split('/');
    expect(pascalCase(name)).toBe(`${key.charAt(0).toUpperCase()}${key.slice(1)}`);
    // AWS's managed CodeDeploy role may invoke names that begin so; ECS invokes its one hook as a role of the stack's own.
    const prefix = folder === 'hooks' && name !== 'ecs-lifecycle' ? 'CodeDeployHook_' : '';
    expect(entry.name).toBe(`${prefix}\${self:service}-\${sls:stage}-${name}`);
    expect(entry.package.patterns).toEqual([`.build/functions/${path}/**`]);
    expect(roleOf(entry)).toBe(`${pascalCase(name)}Role`);
    expect(roles).toHaveProperty(roleOf(entry));
  });

  test('has as many functions as the README says', () => {
    const count = (folder: string): number => files.filter((file) => file.startsWith(`${folder}/`)).length;
    expect(readProjectFile('README.md')).toContain(
      `${files.length} Lambda functions, one IAM role each: ${count('subscribers')} subscribers, ${count('steps')} steps of the workflow, ` +
        `${count('hooks')} lifecycle hooks, ${count('schedules')} schedules, ${count('operations')} operations, ${count('urls')} page`,
    );
  });

  test('no role is left without a function', () => {
    const used = new Set([...Object.values(functions).map(roleOf), 'DeployStateMachineRole', 'RemediateStateMachineRole', 'EcsHookInvokerRole']);
    expect(Object.keys(roles).filter((role) => !used.has(role))).toEqual([]);
  });
});

describe('every function', () => {
  test('has the middleware of observed-handler.ts: logs, metrics and traces with the ids of what it is about', () => {
    const middy = projectFiles('{shared,functions}/**/*.ts').filter((file) => /from '(@middy|@aws-lambda-powertools)\//.test(readProjectFile(file)));
    expect(middy).toEqual(
      ['correlation', 'logger', 'metrics', 'observed-handler', 'tracing'].map((name) => `shared/runtime/${name}.ts`).filter((file) => middy.includes(file)),
    );
    const unobserved = files.filter((file) => !/export const handler = (observed\(\)\.handler|\w+Handler)\(/.test(readProjectFile(`functions/${file}.ts`)));
    expect(unobserved).toEqual([]);
    const shells = projectFiles('shared/runtime/*-handler.ts').filter((file) => !file.endsWith('observed-handler.ts'));
    expect(shells.filter((file) => !readProjectFile(file).includes('return observed()'))).toEqual([]);
  });
});
