// Performs the steps of a move, in order. Each is written so that a second run of `weir migrate` goes on where the first one stopped.
import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { CreateRuleCommand, DeleteRuleCommand, ModifyListenerCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Manifest } from '#contracts/manifest.ts';
import { describeMigrationStep, type Migration, type MigrationStep } from '#core/migration/migration.ts';
import { CommandFailure } from '../command-failure.ts';
import type { OperationsClient } from '../operations-client.ts';
import type { AwsOfService, SeenService } from './aws-service.ts';

export interface Move {
  readonly migration: Migration;
  readonly seen: SeenService;
  readonly before: Manifest;
  readonly after: Manifest;
  /** Role as which ECS changes the listener's rules; needed on the way to ECS. */
  readonly loadBalancerRole: string | undefined;
}

const FROZEN = { reason: 'the service moves to another driver (weir migrate)' };

/** @param tell told of each step once it is done */
export async function performMigration(aws: AwsOfService, client: OperationsClient, move: Move, tell: (line: string) => void): Promise<void> {
  const by = await client.caller();
  const apply = (manifest: unknown): Promise<unknown> => client.ask('apply-manifest', { by, manifest, dryRun: false });
  const rules: { production?: string; test?: string } = { ...move.migration.rules };
  for (const step of move.migration.steps) {
    if (step.kind === 'freeze') await apply({ ...move.before, frozen: FROZEN });
    else if (step.kind === 'applyManifest') await apply(move.after);
    else if (step.kind === 'createRule') rules[step.use] = await createRule(aws, step);
    else if (step.kind === 'toCodeDeploy') await toCodeDeploy(aws, move, () => apply(move.before));
    else await change(aws, move, step, rules);
    tell(describeMigrationStep(step, move.migration.to));
  }
}

type Step<Kind extends MigrationStep['kind']> = Extract<MigrationStep, { readonly kind: Kind }>;

async function change(aws: AwsOfService, move: Move, step: Step<'toEcs' | 'forwardDefault' | 'deleteRule'>, rules: Migration['rules']): Promise<void> {
  switch (step.kind) {
    case 'toEcs':
      return toEcs(aws, move, step, rules);
    case 'forwardDefault': {
      const DefaultActions = [{ Type: 'forward' as const, ForwardConfig: { TargetGroups: [{ TargetGroupArn: step.targetGroupArn, Weight: 100 }] } }];
      await aws.elb.send(new ModifyListenerCommand({ ListenerArn: step.listenerArn, DefaultActions }));
      return;
    }
    case 'deleteRule':
      await aws.elb.send(new DeleteRuleCommand({ RuleArn: step.ruleArn }));
  }
}

async function createRule({ elb }: AwsOfService, { listenerArn, priority, weights }: Step<'createRule'>): Promise<string> {
  const TargetGroups = Object.entries(weights).map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight }));
  const { Rules } = await elb.send(
    new CreateRuleCommand({
      ListenerArn: listenerArn,
      Priority: priority,
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }],
      Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }],
    }),
  );
  const arn = Rules?.[0]?.RuleArn;
  if (arn === undefined) throw new CommandFailure(`CreateRule on ${listenerArn} answered no rule`);
  return arn;
}

async function toEcs({ ecs }: AwsOfService, { before, seen, loadBalancerRole }: Move, step: Step<'toEcs'>, rules: Migration['rules']): Promise<void> {
  await ecs.send(
    new UpdateServiceCommand({
      cluster: before.cluster,
      service: before.service,
      deploymentController: { type: 'ECS' },
      // Of the service's next deployment; Weir brings its own strategy with each.
      deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0 },
      loadBalancers: [
        {
          targetGroupArn: step.servingTargetGroupArn,
          ...seen.route,
          advancedConfiguration: {
            alternateTargetGroupArn: step.idleTargetGroupArn,
            productionListenerRule: rules.production,
            ...(rules.test === undefined ? {} : { testListenerRule: rules.test }),
            roleArn: loadBalancerRole,
          },
        },
      ],
    }),
  );
}

async function toCodeDeploy({ ecs }: AwsOfService, { before }: Move, unfreeze: () => Promise<unknown>): Promise<void> {
  try {
    await ecs.send(
      new UpdateServiceCommand({
        cluster: before.cluster,
        service: before.service,
        deploymentController: { type: 'CODE_DEPLOY' },
        deploymentConfiguration: {
          strategy: 'ROLLING',
          lifecycleHooks: [],
          alarms: { alarmNames: [], enable: false, rollback: false },
          deploymentCircuitBreaker: { enable: false, rollback: false },
        },
      }),
    );
  } catch (error) {
    await unfreeze();
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(`AWS does not give the service back to CodeDeploy: ${why} Nothing has changed. What is possible is under "Notes".`);
  }
}
