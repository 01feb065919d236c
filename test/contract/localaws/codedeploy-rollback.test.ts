// CodeDeploy deployments that are stopped, by people or alarms, and rollbacks, as the real SDK sees them on a virtual clock.
import {
  CreateDeploymentCommand,
  type CreateDeploymentGroupCommandInput,
  DeleteDeploymentGroupCommand,
  StopDeploymentCommand,
} from '@aws-sdk/client-codedeploy';
import { afterEach, describe, expect, test } from '@jest/globals';
import { BLUE_GROUP, GREEN_GROUP } from '../../support/blue-green-doubles.ts';
import { APPLICATION, answering, appSpec, type BlueGreenRegion, GROUP, startBlueGreenRegion } from '../../support/blue-green-region.ts';

let open: BlueGreenRegion | undefined;

async function start(...parameters: Parameters<typeof startBlueGreenRegion>): Promise<BlueGreenRegion> {
  open = await startBlueGreenRegion(...parameters);
  return open;
}

afterEach(async () => {
  await open?.close();
  open = undefined;
});

const ROLLS_BACK: Partial<CreateDeploymentGroupCommandInput> = {
  autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'] },
};
const WITH_ALARM = { alarmConfiguration: { enabled: true, alarms: [{ name: 'orders-5xx' }] } };

/** Lets time run until green has ten percent of production. */
async function reachCanary(region: BlueGreenRegion): Promise<void> {
  await region.until(() => region.world.weightsOf('production')[GREEN_GROUP] === 10);
}

describe('rollback', () => {
  test('a failed check after full traffic brings production, test and the primary back to blue in a second deployment', async () => {
    const region = await start(ROLLS_BACK);
    region.world.functions.set('check', answering(region, 'Failed'));
    const id = await region.deploy({ hooks: { AfterAllowTraffic: 'check' } });
    // The rollback's own hook must pass, or the rollback fails too.
    await region.until(async () => (await region.info(id)).status === 'Failed');
    region.world.functions.set('check', answering(region, 'Succeeded'));
    const failed = await region.finish(id);
    const rollbackId = failed.rollbackInfo?.rollbackDeploymentId ?? '';
    expect(failed.rollbackInfo?.rollbackMessage).toBe(`Deployment ${id} terminated. Automatic rollback is triggered with a DeploymentId ${rollbackId}.`);
    const rollback = await region.info(rollbackId);
    expect(rollback).toMatchObject({
      status: 'Succeeded',
      creator: 'codeDeployRollback',
      deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce',
      rollbackInfo: { rollbackTriggeringDeploymentId: id, rollbackMessage: `Deployment ${rollbackId} is triggered to roll back deployment ${id}.` },
    });
    expect(region.world.weightsOf('production')).toEqual({ [BLUE_GROUP]: 100, [GREEN_GROUP]: 0 });
    expect(region.world.weightsOf('test')).toEqual({ [BLUE_GROUP]: 100 });
    expect(region.world.taskSets.map((set) => set['status'])).toEqual(['PRIMARY', 'DRAINING']);
    expect(region.world.invocations.map((call) => call.payload.DeploymentId)).toEqual([id, rollbackId]);
    const weights = (await region.target(rollbackId)).taskSetsInfo?.map((set) => set.trafficWeight);
    expect(weights).toEqual([100, 0]);
  });

  test('with the switch in its other position a rollback invokes no hook', async () => {
    const region = await start(ROLLS_BACK, { rollbackRunsHooks: false });
    region.world.functions.set('check', answering(region, 'Failed'));
    const failed = await region.finish(await region.deploy({ hooks: { AfterInstall: 'check' } }));
    expect((await region.info(failed.rollbackInfo?.rollbackDeploymentId ?? '')).status).toBe('Succeeded');
    expect(region.world.invocations).toHaveLength(1);
  });

  test('a rollback whose hook fails is not rolled back again and leaves the traffic where it is', async () => {
    const region = await start(ROLLS_BACK);
    region.world.functions.set('first', answering(region, 'Succeeded'));
    region.world.functions.set('last', answering(region, 'Failed'));
    const id = await region.deploy({ hooks: { BeforeInstall: 'first', AfterAllowTraffic: 'last' } });
    await region.until(async () => (await region.info(id)).status === 'Failed');
    region.world.functions.set('first', answering(region, 'Failed'));
    const rollback = await region.info((await region.finish(id)).rollbackInfo?.rollbackDeploymentId ?? '');
    expect(rollback.status).toBe('Failed');
    expect(rollback.rollbackInfo?.rollbackDeploymentId).toBeUndefined();
    expect(region.world.weightsOf('production')[GREEN_GROUP]).toBe(100);
  });

  test('a failure before Install has nothing to roll back', async () => {
    const region = await start(ROLLS_BACK);
    region.world.functions.set('check', answering(region, 'Failed'));
    const failed = await region.finish(await region.deploy({ hooks: { BeforeInstall: 'check' } }));
    expect(failed.status).toBe('Failed');
    expect(failed.rollbackInfo).toBeUndefined();
  });
});

describe('stopping', () => {
  test('a canary stopped with rollback goes back to blue; the answer is Pending, then Succeeded', async () => {
    const region = await start();
    const deploymentId = await region.deploy();
    await reachCanary(region);
    const stop = new StopDeploymentCommand({ deploymentId, autoRollbackEnabled: true });
    expect((await region.client.send(stop)).status).toBe('Pending');
    const stopped = await region.finish(deploymentId);
    expect(stopped).toMatchObject({ status: 'Stopped', errorInformation: { code: 'MANUAL_STOP' } });
    expect((await region.client.send(stop)).status).toBe('Succeeded');
    expect(region.world.weightsOf('production')).toEqual({ [BLUE_GROUP]: 100, [GREEN_GROUP]: 0 });
    expect(region.world.taskSets.map((set) => set['status'])).toEqual(['PRIMARY', 'DRAINING']);
    expect(await region.eventStatuses(deploymentId)).toMatchObject({ AllowTraffic: 'Failed', AfterAllowTraffic: 'Skipped' });
  });

  test('stopped without rollback, the canary keeps its ten percent', async () => {
    const region = await start({ autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_STOP_ON_REQUEST'] } });
    const deploymentId = await region.deploy();
    await reachCanary(region);
    await region.client.send(new StopDeploymentCommand({ deploymentId, autoRollbackEnabled: false }));
    expect((await region.finish(deploymentId)).rollbackInfo).toBeUndefined();
    expect(region.world.weightsOf('production')).toEqual({ [BLUE_GROUP]: 90, [GREEN_GROUP]: 10 });
  });

  test('stopped during Install, the half-started green is deleted by the rollback the group asks for', async () => {
    const region = await start({ autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_STOP_ON_REQUEST'] } });
    region.world.steadyAfterMs = Number.POSITIVE_INFINITY;
    const deploymentId = await region.deploy();
    await region.until(() => region.world.taskSets.length === 2);
    await region.client.send(new StopDeploymentCommand({ deploymentId }));
    const stopped = await region.finish(deploymentId);
    expect(stopped.status).toBe('Stopped');
    expect(await region.eventStatuses(deploymentId)).toMatchObject({ BeforeInstall: 'Succeeded', Install: 'Failed', AfterInstall: 'Skipped' });
    expect(region.world.taskSets.map((set) => set['status'])).toEqual(['PRIMARY', 'DRAINING']);
  });

  test('a finished deployment cannot be stopped', async () => {
    const region = await start();
    const deploymentId = await region.deploy();
    await region.finish(deploymentId);
    await expect(region.client.send(new StopDeploymentCommand({ deploymentId }))).rejects.toThrow(
      expect.objectContaining({ name: 'DeploymentAlreadyCompletedException' }),
    );
  });

  test('one deployment at a time in a group, and the refusal names the running one', async () => {
    const region = await start();
    const running = await region.deploy();
    await expect(region.deploy()).rejects.toThrow(
      expect.objectContaining({
        name: 'DeploymentLimitExceededException',
        message: `The Deployment Group '${GROUP}' already has an active Deployment '${running}'`,
      }),
    );
    await region.finish(running);
    expect(await region.deploy()).not.toBe(running);
  });

  test('deleting the group under a deployment fails it', async () => {
    const region = await start(ROLLS_BACK);
    const id = await region.deploy();
    await reachCanary(region);
    await region.client.send(new DeleteDeploymentGroupCommand({ applicationName: APPLICATION, deploymentGroupName: GROUP }));
    expect(await region.info(id)).toMatchObject({ status: 'Failed', errorInformation: { code: 'DEPLOYMENT_GROUP_MISSING' } });
  });
});

describe('alarms', () => {
  test('an alarm during the canary stops the deployment and rolls it back', async () => {
    const region = await start({ ...ROLLS_BACK, ...WITH_ALARM });
    region.world.alarms.set('orders-5xx', 'OK');
    const id = await region.deploy();
    await reachCanary(region);
    region.world.alarms.set('orders-5xx', 'ALARM');
    const stopped = await region.finish(id);
    expect(stopped).toMatchObject({
      status: 'Stopped',
      errorInformation: { code: 'ALARM_ACTIVE', message: expect.stringContaining('Activated alarms: <orders-5xx>') },
    });
    expect((await region.info(stopped.rollbackInfo?.rollbackDeploymentId ?? '')).status).toBe('Succeeded');
    expect(region.world.weightsOf('production')[BLUE_GROUP]).toBe(100);
  });

  test('alarm states that cannot be read stop the deployment unless the group ignores that', async () => {
    const strict = await start(WITH_ALARM);
    const stopped = await strict.finish(await strict.deploy());
    expect(stopped.status).toBe('Stopped');
    await strict.close();
    const lenient = await start({ alarmConfiguration: { ...WITH_ALARM.alarmConfiguration, ignorePollAlarmFailure: true } });
    expect((await lenient.finish(await lenient.deploy())).status).toBe('Succeeded');
  });

  test('overrideAlarmConfiguration replaces the alarms of the group for one deployment', async () => {
    const region = await start(WITH_ALARM);
    region.world.alarms.set('orders-5xx', 'ALARM');
    const { deploymentId = '' } = await region.client.send(
      new CreateDeploymentCommand({
        applicationName: APPLICATION,
        deploymentGroupName: GROUP,
        revision: { revisionType: 'AppSpecContent', appSpecContent: { content: appSpec() } },
        overrideAlarmConfiguration: { enabled: false, alarms: [] },
      }),
    );
    expect((await region.finish(deploymentId)).status).toBe('Succeeded');
  });
});
