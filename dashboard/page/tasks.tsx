// The service's tasks: which side each is of, how it is, and why it stopped.
import type { DeploymentView } from '../view/deployment-view.ts';
import type { TaskRow, TasksPage } from '../view/tasks-page.ts';
import { clockTime, shortName } from './figures.ts';
import { useLive } from './live.ts';
import { Card, Chip } from './parts.tsx';

const LOOK_MILLISECONDS = 4_000;

export function Tasks({ serviceKey, sides }: { readonly serviceKey: string; readonly sides: DeploymentView['sides'] }) {
  const { value, problem } = useLive<TasksPage>(`/api/tasks/${serviceKey}`, LOOK_MILLISECONDS);
  if (value === undefined) {
    return (
      <Card title="Tasks">
        <p class="muted small">{problem === undefined ? 'Asking ECS …' : `Cannot be read: ${problem}`}</p>
      </Card>
    );
  }
  const running = value.rows.filter(({ state }) => state.startsWith('RUNNING')).length;
  return (
    <Card title="Tasks" note={`${running} running${problem === undefined ? '' : ', as last read'}`}>
      {value.rows.length === 0 && <p class="muted small">None runs, and none stopped lately.</p>}
      <ul class="rows tasks">
        {value.rows.map((row) => (
          <Task key={row.id} row={row} sides={sides} />
        ))}
      </ul>
      {value.left > 0 && <p class="muted small">{value.left} more stopped</p>}
    </Card>
  );
}

function Task({ row: { id, taskDefinitionArn, state, tone, at, why }, sides }: { readonly row: TaskRow; readonly sides: DeploymentView['sides'] }) {
  const side = taskDefinitionArn === sides?.green ? 'green' : taskDefinitionArn === sides?.blue ? 'blue' : undefined;
  return (
    <li>
      <span class="row-head">
        <b class={side === undefined ? undefined : `ink-${side}`}>
          {side === undefined ? '' : `${side} `}
          {shortName(taskDefinitionArn)}
        </b>
        <span class="muted small mono" title={id}>
          {id.slice(0, 8)}
        </span>
        <Chip tone={tone}>{state}</Chip>
        {at !== undefined && <span class="muted small figure">{clockTime(at)}</span>}
      </span>
      {why !== undefined && <span class="small muted">{why}</span>}
    </li>
  );
}
