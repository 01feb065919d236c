// GetExecutionHistory: pages of events, in either order, with or without the data that passed through the execution.
import type { AwsShape } from '../../region.ts';
import type { HistoryEvent } from '../history/history.ts';
import type { Execution } from './execution-store.ts';
import { optionalFlag, pageOf } from './request-checks.ts';

/** The members of event details that carry execution data. */
const DATA_MEMBERS = ['input', 'output', 'parameters', 'assignedVariables'];

export function getExecutionHistory({ history }: Execution, input: AwsShape): AwsShape {
  const reverse = optionalFlag(input, 'reverseOrder') ?? false;
  const withData = optionalFlag(input, 'includeExecutionData') ?? true;
  const { page, nextToken } = pageOf(reverse ? [...history.events].reverse() : history.events, input);
  return { events: page.map((event) => toldEvent(event, withData)), ...(nextToken === undefined ? {} : { nextToken }) };
}

function toldEvent({ id, previousEventId, type, at, details = {} }: HistoryEvent, withData: boolean): AwsShape {
  const told = withData ? details : Object.fromEntries(Object.entries(details).map(([name, members]) => [name, withoutData(members)]));
  return { timestamp: new Date(at), type, id, previousEventId, ...told };
}

function withoutData(members: AwsShape): AwsShape {
  return Object.fromEntries(Object.entries(members).filter(([member]) => !DATA_MEMBERS.includes(member)));
}
