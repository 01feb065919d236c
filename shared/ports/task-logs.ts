// The last lines a container of a task wrote, where its log can be read. What cannot be read is no failure: nobody decides by it.
import type { TaskDefinitionDocument } from '#core/task-definition/with-image.ts';

export interface LogEnd {
  readonly group: string;
  readonly stream: string;
  /** Oldest first, as written. */
  readonly lines: readonly string[];
}

export interface TaskLogs {
  /**
   * @param lines at most so many, the newest
   * @returns undefined when the container's log is not in CloudWatch Logs, or its stream does not exist
   * @throws RetryableError, PermanentError when it may not or cannot be read
   */
  end(document: TaskDefinitionDocument, container: string, taskId: string, lines: number): Promise<LogEnd | undefined>;
}
