// A CloudWatch alarm went off: wake the running deployments of the services whose manifest names it.
import { parseAlarmChangedEvent } from '#contracts/alarm-changed-event.ts';
import { signalSubscribers } from '#flows/signal-deployment.ts';
import { subscriberHandler } from '#runtime/subscriber-handler.ts';

export const handler = subscriberHandler(parseAlarmChangedEvent, (ports, event) => {
  const { alarmName, state } = event;
  return signalSubscribers(ports, { kind: 'alarm', name: alarmName }, { source: 'alarm', note: `${alarmName} ${state}` });
});
