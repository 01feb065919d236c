// `serverless deploy` as a user runs it, against moto, an AWS that is not ours; and cfn-lint's opinion of the template.
import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { expect, test } from '@jest/globals';
import { freePorts } from '../../cli/demo/free-ports.ts';
import { isInstalled } from '../support/installed.ts';
import { packagedTemplate } from '../support/scenario/packaged-template.ts';

const run = promisify(execFile);
const projectRoot = join(import.meta.dirname, '..', '..');
const withMoto = isInstalled('moto_server') ? test : test.skip;
const withCfnLint = isInstalled('cfn-lint') ? test : test.skip;
const FUNCTIONS = 47;

withCfnLint(
  'cfn-lint finds no error in the packaged template',
  async () => {
    const { stdout } = await run('cfn-lint', ['--non-zero-exit-code', 'error', packagedTemplate().templateFile]);
    expect(stdout).not.toMatch(/^E\d{4}/m);
  },
  60_000,
);

/** moto refuses policies with actions that are newer than it; AWS does not. Only the copy is changed. */
function withActionsThatMotoKnows(packaged: string): void {
  for (const name of readdirSync(packaged).filter((file) => file.endsWith('.json'))) {
    const file = join(packaged, name);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('ecs:ContinueServiceDeployment', 'ecs:StopServiceDeployment'));
  }
}

withMoto(
  'serverless deploy makes the stack on moto, resource by resource',
  async () => {
    // A copy: deploying writes into the package, which other tests read.
    const packaged = mkdtempSync(join(tmpdir(), 'weir-package-'));
    cpSync(packagedTemplate().artifactDirectory, packaged, { recursive: true });
    withActionsThatMotoKnows(packaged);
    const [port] = await freePorts();
    const endpoint = `http://127.0.0.1:${port}`;
    const moto = spawn('moto_server', ['-p', String(port)], { stdio: 'ignore' });
    try {
      await untilAnswers(endpoint);
      const env = { ...process.env, AWS_ENDPOINT_URL: endpoint, AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
      const serverless = join(projectRoot, 'node_modules', 'serverless', 'bin', 'serverless.js');
      await run(process.execPath, [serverless, 'deploy', '--package', packaged], { cwd: projectRoot, env, timeout: 110_000 });
      const client = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
      const names: string[] = [];
      for await (const page of paginateListFunctions({ client: new LambdaClient(client) }, {}))
        names.push(...(page.Functions ?? []).map((one) => one.FunctionName ?? ''));
      expect(names).toHaveLength(FUNCTIONS);
      expect(names).toEqual(expect.arrayContaining(['weir-dev-image-pushed', 'weir-dev-assess', 'CodeDeployHook_weir-dev-before-install']));
      const { stateMachines } = await new SFNClient(client).send(new ListStateMachinesCommand({}));
      expect(stateMachines?.map((machine) => machine.name).sort()).toEqual(['weir-dev-deploy', 'weir-dev-remediate']);
      const { Table } = await new DynamoDBClient(client).send(new DescribeTableCommand({ TableName: 'weir-dev' }));
      expect(Table?.GlobalSecondaryIndexes?.map((index) => index.IndexName)).toEqual(['listing']);
    } finally {
      moto.kill('SIGKILL');
      rmSync(packaged, { recursive: true });
    }
  },
  120_000,
);

async function untilAnswers(url: string): Promise<void> {
  for (let look = 0; look < 100; look++) {
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return;
    await wait(200);
  }
  throw new Error('moto did not start');
}
