// The functions of a region in one thread: each invocation gets its time, its dice and its way to AWS from here.
import type { InProcessHandler } from '#localaws/endpoint/in-process-handler.ts';
import type { RunFunction, RunningInvocation } from '#localaws/lambda/in-process-executor.ts';
import type { Region } from '#localaws/region.ts';
import type { HttpProbe } from '#ports/checks.ts';
import { RetryableError } from '#ports/errors.ts';
import { runIn, type Surroundings } from './function-host.ts';
import { type Carry, createGate, type SeenCall, shortName } from './gate.ts';
import type { History } from './history.ts';
import type { Dice } from './random.ts';
import type { World } from './world.ts';

/** What a probe has to know of the world it is sent into. */
type Scene = Pick<World, 'clock' | 'service' | 'dice' | 'behaviours' | 'call' | 'truth'>;

interface FunctionParts {
  readonly runFunction: RunFunction;
  readonly retries: () => Surroundings['retries'];
  readonly dice: Dice;
  readonly history: History;
  readonly requests: () => InProcessHandler;
  readonly scene: () => Scene;
  readonly carrierOf?: (running: RunningInvocation) => Carry;
  readonly seen?: SeenCall;
  /** How wrong a function's clock is, milliseconds. */
  readonly skewOf?: (functionName: string) => number;
}

export function functionsIn({ clock }: Region, parts: FunctionParts): RunFunction {
  const { dice, history } = parts;
  const gate = createGate({
    now: () => clock.now(),
    sleep: (milliseconds) => clock.sleep(milliseconds),
    requests: parts.requests,
    dice,
    history,
    ...(parts.carrierOf === undefined ? {} : { carrierOf: parts.carrierOf }),
    ...(parts.seen === undefined ? {} : { seen: parts.seen }),
  });
  return (running, event) => {
    const send = gate.enter(running);
    const skew = parts.skewOf?.(shortName(running.spec.functionName)) ?? 0;
    const surroundings: Surroundings = {
      running,
      now: () => clock.now() + skew,
      random: () => dice.random(),
      writeId: () => dice.uuid(),
      sleep: (milliseconds) => clock.sleep(milliseconds).then(() => (running.alive() ? undefined : new Promise<void>(() => undefined))),
      schedule: (milliseconds, task) => clock.schedule(milliseconds, () => (running.alive() ? task() : undefined), 'timer of a function'),
      send,
      probe: probeOf(parts.scene, running.alive),
      retries: parts.retries(),
    };
    return runIn(surroundings, () => parts.runFunction(running, event));
  };
}

/** Smoke checks: what the version behind the listener would answer. */
function probeOf(scene: () => Scene, alive: () => boolean): HttpProbe {
  return {
    async send(request) {
      const { clock, service, dice, behaviours } = scene();
      const milliseconds = dice.between(2, 30);
      await clock.sleep(milliseconds);
      if (!alive()) return new Promise(() => undefined);
      const listenerArn = new URL(request.url).port === String(service.testPort) ? service.testListenerArn : service.productionListenerArn;
      const digest = await digestBehind(scene(), listenerArn);
      if (digest === undefined) throw new RetryableError(`${request.method} ${request.url} got no answer`);
      const status = behaviours.get(digest)?.smokeStatus ?? 200;
      return { status, body: '{"ok":true}', milliseconds };
    },
  };
}

async function digestBehind({ call, dice, truth }: Scene, listenerArn: string): Promise<string | undefined> {
  const { Rules } = await call('elasticloadbalancing', 'DescribeRules', { ListenerArn: listenerArn });
  const groups: { TargetGroupArn: string; Weight?: number }[] = Rules[0].Actions[0].ForwardConfig?.TargetGroups ?? [];
  let drawn = dice.random() * groups.reduce((sum, group) => sum + (group.Weight ?? 1), 0);
  const group = groups.find(({ Weight = 1 }) => {
    drawn -= Weight;
    return drawn < 0;
  });
  if (group === undefined || (await truth.healthyTargets(group.TargetGroupArn)) === 0) return undefined;
  return (await truth.digests()).get(group.TargetGroupArn);
}
