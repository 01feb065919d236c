// RegisterTaskDefinition as AWS judges it, and what it and its siblings give back.
import {
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  ListTagsForResourceCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EXECUTION_ROLE, fargateDefinition, openStage, type Stage } from './ecs-stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const register = (input: object): Promise<{ taskDefinition?: Record<string, unknown> }> =>
  stage.ecs.send(new RegisterTaskDefinitionCommand(input as never)) as never;
const refusal = (input: object): Promise<string> =>
  register(input).then(
    () => 'accepted',
    (error: Error) => `${error.name}: ${error.message}`,
  );

describe('a registered task definition', () => {
  test('comes back whole, with the defaults of AWS', async () => {
    const answer = await register({
      ...fargateDefinition('v1', {
        healthCheck: { command: ['CMD-SHELL', 'true'] },
        environment: [{ name: 'A', value: '1' }],
        stopTimeout: 60,
        dockerLabels: { team: 'orders' },
        ulimits: [{ name: 'nofile', softLimit: 1024, hardLimit: 4096 }],
      }),
      family: 'whole',
      cpu: '.5 vCPU',
      memory: '1 GB',
      taskRoleArn: 'arn:aws:iam::000000000000:role/task',
      runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
      ephemeralStorage: { sizeInGiB: 30 },
      volumes: [{ name: 'scratch' }],
      tags: [{ key: 'team', value: 'orders' }],
    });
    expect(answer).toMatchObject({ tags: [{ key: 'team', value: 'orders' }] });
    expect(answer.taskDefinition).toMatchObject({
      taskDefinitionArn: 'arn:aws:ecs:us-east-1:000000000000:task-definition/whole:1',
      family: 'whole',
      revision: 1,
      status: 'ACTIVE',
      cpu: '512',
      memory: '1024',
      networkMode: 'awsvpc',
      executionRoleArn: EXECUTION_ROLE,
      requiresCompatibilities: ['FARGATE'],
      compatibilities: ['EC2', 'FARGATE'],
      runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
      ephemeralStorage: { sizeInGiB: 30 },
      volumes: [{ name: 'scratch', host: {} }],
      placementConstraints: [],
      registeredBy: 'arn:aws:iam::000000000000:root',
      containerDefinitions: [
        {
          name: 'app',
          cpu: 0,
          essential: true,
          portMappings: [{ containerPort: 8080, hostPort: 8080, protocol: 'tcp' }],
          environment: [{ name: 'A', value: '1' }],
          mountPoints: [],
          volumesFrom: [],
          systemControls: [],
          stopTimeout: 60,
          dockerLabels: { team: 'orders' },
          ulimits: [{ name: 'nofile', softLimit: 1024, hardLimit: 4096 }],
          healthCheck: { command: ['CMD-SHELL', 'true'], interval: 30, timeout: 5, retries: 3 },
        },
      ],
    });
    expect(answer.taskDefinition?.['registeredAt']).toBeInstanceOf(Date);
    const again = await register({ ...(answer.taskDefinition as object), family: 'whole' });
    expect(again.taskDefinition).toMatchObject({ revision: 2, containerDefinitions: answer.taskDefinition?.['containerDefinitions'] });
  });

  test('is found by family, revision and ARN, until it is deregistered, and never under its number again', async () => {
    await register({ ...fargateDefinition('v1'), family: 'found' });
    await register({ ...fargateDefinition('v2'), family: 'found' });
    const describeOne = async (taskDefinition: string): Promise<number | undefined> =>
      (await stage.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }))).taskDefinition?.revision;
    expect(await describeOne('found')).toBe(2);
    expect(await describeOne('found:1')).toBe(1);
    expect(await describeOne('arn:aws:ecs:us-east-1:000000000000:task-definition/found:1')).toBe(1);
    const gone = await stage.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'found:2' }));
    expect(gone.taskDefinition).toMatchObject({ status: 'INACTIVE', deregisteredAt: expect.any(Date) });
    expect(await describeOne('found')).toBe(1);
    expect(await describeOne('found:2')).toBe(2);
    expect((await register({ ...fargateDefinition('v3'), family: 'found' })).taskDefinition?.['revision']).toBe(3);
    await expect(describeOne('found:9')).rejects.toMatchObject({ name: 'ClientException', message: 'Unable to describe task definition.' });
    await expect(describeOne('none')).rejects.toMatchObject({ name: 'ClientException' });
    await expect(describeOne('found:x')).rejects.toThrow('Invalid revision number. Number: x');
  });

  test('is listed by family, status and order, page by page', async () => {
    for (let revision = 1; revision <= 5; revision++) await register({ ...fargateDefinition('v1'), family: 'listed' });
    const seen: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await stage.ecs.send(new ListTaskDefinitionsCommand({ familyPrefix: 'listed', sort: 'DESC', maxResults: 2, nextToken }));
      seen.push(...(page.taskDefinitionArns ?? []).map((arn) => arn.slice(arn.lastIndexOf(':') + 1)));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(seen).toEqual(['5', '4', '3', '2', '1']);
    await stage.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'listed:2' }));
    const inactive = await stage.ecs.send(new ListTaskDefinitionsCommand({ familyPrefix: 'listed', status: 'INACTIVE' }));
    expect(inactive.taskDefinitionArns).toEqual(['arn:aws:ecs:us-east-1:000000000000:task-definition/listed:2']);
    expect((await stage.ecs.send(new ListTaskDefinitionFamiliesCommand({ familyPrefix: 'list', status: 'ACTIVE' }))).families).toEqual(['listed']);
    await expect(stage.ecs.send(new ListTaskDefinitionsCommand({ nextToken: 'nonsense' }))).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  test('has tags that can be changed', async () => {
    const resourceArn = 'arn:aws:ecs:us-east-1:000000000000:task-definition/tagged:1';
    await register({ ...fargateDefinition('v1'), family: 'tagged', tags: [{ key: 'a', value: '1' }] });
    await stage.ecs.send(new TagResourceCommand({ resourceArn, tags: [{ key: 'b', value: '2' }] }));
    await stage.ecs.send(new UntagResourceCommand({ resourceArn, tagKeys: ['a'] }));
    expect((await stage.ecs.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual([{ key: 'b', value: '2' }]);
    const described = await stage.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'tagged', include: ['TAGS'] }));
    expect(described.tags).toEqual([{ key: 'b', value: '2' }]);
    await expect(stage.ecs.send(new ListTagsForResourceCommand({ resourceArn: `${resourceArn}0` }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

describe('a task definition is refused', () => {
  const base = fargateDefinition('v1');
  const container = base.containerDefinitions[0] ?? {};
  const withContainer = (change: object): object => ({ ...base, containerDefinitions: [{ ...container, ...change }] });
  test.each([
    ['without family', { ...base, family: '' }, 'ClientException: Family'],
    ['with a bad family name', { ...base, family: 'no spaces' }, 'ClientException: Family contains invalid characters.'],
    ['without containers', { ...base, containerDefinitions: [] }, 'ClientException: Container list cannot be empty.'],
    ['with an unnamed container', withContainer({ name: '' }), 'ClientException: Container.name should not be null or empty.'],
    ['with a container without image', withContainer({ image: undefined }), 'ClientException: Container.image should not be null or empty.'],
    ['with no essential container', withContainer({ essential: false }), 'ClientException: Invalid task definition: at least one container must be essential.'],
    ['with two containers of one name', { ...base, containerDefinitions: [container, container] }, 'ClientException: Container names must be unique'],
    ['for Fargate on another network mode', { ...base, networkMode: 'bridge' }, 'ClientException: Fargate only supports network mode ‘awsvpc’.'],
    ['for Fargate without cpu', { ...base, cpu: undefined }, "ClientException: Fargate requires that 'cpu' be defined at the task level."],
    ['for Fargate without memory', { ...base, memory: undefined }, "ClientException: Fargate requires that 'memory' be defined at the task level."],
    [
      'for Fargate with a pair it does not have',
      { ...base, cpu: '256', memory: '4096' },
      'ClientException: No Fargate configuration exists for given values: 256 CPU, 4096 memory.',
    ],
    ['with an unreadable cpu', { ...base, cpu: 'many' }, "ClientException: Invalid 'cpu' setting for task."],
    [
      'for Fargate with an ECR image and no execution role',
      { ...base, executionRoleArn: undefined },
      'ClientException: Fargate requires task definition to have execution role ARN to support ECR images.',
    ],
    [
      'with host ports that differ under awsvpc',
      withContainer({ portMappings: [{ containerPort: 80, hostPort: 81 }] }),
      'ClientException: When networkMode=awsvpc, the host ports and container ports in port mappings must match.',
    ],
    ['with an unknown volume', withContainer({ mountPoints: [{ sourceVolume: 'data', containerPath: '/data' }] }), "ClientException: Unknown volume 'data'."],
    [
      'with awslogs without its options',
      withContainer({ logConfiguration: { logDriver: 'awslogs' } }),
      'ClientException: Log driver awslogs requires options: awslogs-group, awslogs-region',
    ],
    ['with too long a stop timeout', withContainer({ stopTimeout: 121 }), "ClientException: Invalid setting for container 'app'. 'stopTimeout'"],
    [
      'with a health check out of bounds',
      withContainer({ healthCheck: { command: ['CMD-SHELL', 'true'], interval: 1 } }),
      'ClientException: Container health check interval',
    ],
    [
      'with a circle of dependencies',
      {
        ...base,
        containerDefinitions: [
          { ...container, dependsOn: [{ containerName: 'b', condition: 'START' }] },
          { ...container, name: 'b', portMappings: [], dependsOn: [{ containerName: 'app', condition: 'START' }] },
        ],
      },
      "ClientException: Invalid task definition: container 'app' has a circular dependency.",
    ],
    [
      'with a dependency on nothing',
      withContainer({ dependsOn: [{ containerName: 'b', condition: 'START' }] }),
      "ClientException: Container 'app' depends on container 'b'",
    ],
    ['with containers larger than the task', withContainer({ memory: 1024 }), "ClientException: Invalid setting for container 'app'. 'memory' must not exceed"],
    [
      'on EC2 without any memory',
      { family: 'ec2', containerDefinitions: [{ name: 'app', image: 'nginx' }] },
      "ClientException: Invalid setting for container 'app'. At least one of 'memory' or 'memoryReservation' must be specified.",
    ],
    ['with members of the wrong type', { ...base, containerDefinitions: 'app' }, 'SerializationException'],
  ])('%s', async (_name, input, expected) => {
    expect((await refusal(input)).slice(0, expected.length)).toBe(expected);
  });

  test('and every size that Fargate has is accepted', async () => {
    const sizes: readonly (readonly [number, readonly number[]])[] = [
      [256, [512, 1024, 2048]],
      [512, [1024, 2048, 3072, 4096]],
      [1024, [2048, 8192]],
      [2048, [4096, 16_384]],
      [4096, [8192, 30_720]],
      [8192, [16_384, 20_480, 61_440]],
      [16_384, [32_768, 122_880]],
    ];
    for (const [cpu, memories] of sizes) {
      for (const memory of memories) expect(await refusal({ ...base, cpu: String(cpu), memory: String(memory) })).toBe('accepted');
    }
  });
});
