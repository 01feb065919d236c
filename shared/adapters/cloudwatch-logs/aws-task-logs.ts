// The ends of containers' logs, from CloudWatch Logs.
import { type CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { logStreamOf } from '#core/task-definition/log-stream.ts';
import type { TaskLogs } from '#ports/task-logs.ts';
import { callAwsUnless } from '../operating-error.ts';

/** @param clientOf the client of a region; undefined: the function's own */
export function createAwsTaskLogs(clientOf: (region: string | undefined) => CloudWatchLogsClient): TaskLogs {
  return {
    async end(document, container, taskId, lines) {
      const found = logStreamOf(document, container, taskId);
      if (found === undefined) return undefined;
      const { group, stream, region } = found;
      const read = await callAwsUnless(`read the log ${group} ${stream}`, { ResourceNotFoundException: () => undefined }, () =>
        clientOf(region).send(new GetLogEventsCommand({ logGroupName: group, logStreamName: stream, limit: lines, startFromHead: false })),
      );
      if (read === undefined) return undefined;
      return { group, stream, lines: (read.events ?? []).map((event) => event.message ?? '') };
    },
  };
}
