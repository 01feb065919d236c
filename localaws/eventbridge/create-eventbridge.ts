// EventBridge of the local AWS: rules with the whole pattern language, schedules, delivery with retries and dead letters.
import type { Region, ServiceFactory } from '../region.ts';
import { createBusEvent } from './bus-event.ts';
import { createBus, createBusOperations } from './bus-operations.ts';
import { createDelivery, type Delivery, type DeliveryFaults } from './delivery.ts';
import { createEventBusState, type Rule } from './event-bus-state.ts';
import { createPutEvents, createTestEventPattern } from './put-events.ts';
import { createRuleOperations } from './rule-operations.ts';
import { createTagOperations } from './tag-operations.ts';
import { createTargetOperations } from './target-operations.ts';

export interface EventBridgeOptions {
  /** Loses, doubles or delays deliveries; every one is delivered once when absent. */
  readonly deliveryFaults?: DeliveryFaults;
}

export function createEventBridge(options: EventBridgeOptions = {}): ServiceFactory {
  return (region) => {
    const state = createEventBusState(createBus(region, 'default'));
    const delivery = createDelivery(region, options.deliveryFaults);
    return {
      name: 'events',
      iamPrefix: 'events',
      wires: [{ kind: 'json', jsonVersion: '1.1', target: 'AWSEvents' }],
      operations: {
        ...createRuleOperations(region, state, { startSchedule: (rule) => startSchedule(region, delivery, rule) }),
        ...createTargetOperations(region, state),
        ...createBusOperations(region, state),
        ...createTagOperations(state),
        PutEvents: createPutEvents(region, state, delivery),
        TestEventPattern: createTestEventPattern(),
      },
      async close() {
        for (const { rules } of state.buses.values()) for (const rule of rules.values()) rule.stop();
      },
    };
  };
}

/** Fires a rule's schedule until it is stopped. */
function startSchedule(region: Region, delivery: Delivery, rule: Rule): () => void {
  const { schedule } = rule;
  if (schedule === undefined) return () => undefined;
  let timer: { cancel(): void } | undefined;
  const arm = (after: number): void => {
    const at = schedule.next(after, rule.madeAt);
    if (at === undefined) return;
    timer = region.clock.schedule(at - region.clock.now(), () => fire(at), `schedule of the rule ${rule.name}`);
  };
  const fire = (at: number): void => {
    const event = createBusEvent(region, { source: 'aws.events', detailType: 'Scheduled Event', resources: [rule.arn], detailText: '{}', time: at });
    for (const target of rule.targets.values()) delivery.deliver(event, rule, target);
    // Late timers of a fast clock fire once: what was missed meanwhile is not made up for.
    arm(Math.max(at, region.clock.now()));
  };
  arm(region.clock.now());
  return () => timer?.cancel();
}
