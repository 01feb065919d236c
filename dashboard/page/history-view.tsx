// The history of a service: DORA's four figures, and its deployments, newest first.
import type { DeliveryFigures } from '#core/deployment/delivery-figures.ts';
import { shortPrincipals } from '../view/headline.ts';
import type { HistoryPage, HistoryRow } from '../view/pages.ts';
import { dayAndTime, formatSpan, rate } from './figures.ts';
import { Loaded } from './freshness.tsx';
import { useLive } from './live.ts';
import { Chip } from './parts.tsx';
import { ServiceTabs } from './service-tabs.tsx';

const LOOK_MILLISECONDS = 10_000;

export function HistoryView({ serviceKey }: { readonly serviceKey: string }) {
  const live = useLive<HistoryPage>(`/api/history/${serviceKey}`, LOOK_MILLISECONDS);
  return (
    <>
      <ServiceTabs serviceKey={serviceKey} at="history" />
      <Loaded live={live}>
        {({ figures, deployments }) => (
          <>
            <h1 class="quiet-title">History</h1>
            <Figures figures={figures} count={deployments.length} />
            {deployments.length === 0 ? <p class="card empty">No deployments yet: push an image.</p> : <Table serviceKey={serviceKey} rows={deployments} />}
          </>
        )}
      </Loaded>
    </>
  );
}

function Figures({ figures, count }: { readonly figures: DeliveryFigures; readonly count: number }) {
  const { perWeek, days, successes, leadTime, changeFailureRate, failures, changes, timeToRestore } = figures;
  const span = (milliseconds: number | undefined): string => (milliseconds === undefined ? '–' : formatSpan(milliseconds));
  return (
    <>
      <dl class="tiles">
        <Tile
          name="Deployment frequency"
          value={days < 7 ? `${successes} in ${daysText(days)}` : `${Number(perWeek.toPrecision(2))} a week`}
          note={days < 7 ? 'successes; less than a week on record' : `${successes} successes in ${daysText(days)}`}
        />
        <Tile name="Lead time" value={span(leadTime)} note="median, push to all traffic" />
        <Tile
          name="Change failure rate"
          value={changeFailureRate === undefined ? '–' : rate(100 * changeFailureRate)}
          note={`${failures} of ${changes} that reached production`}
        />
        <Tile name="Time to restore" value={span(timeToRestore)} note="median, until blue had all traffic" />
      </dl>
      <p class="muted small">DORA's four figures, of the newest {count} deployment(s). Weir knows pushes, not commits: lead time begins at the push.</p>
    </>
  );
}

function daysText(days: number): string {
  return days <= 1 ? 'a day' : `${Math.round(days)} days`;
}

function Tile({ name, value, note }: { readonly name: string; readonly value: string; readonly note: string }) {
  return (
    <div class="tile">
      <dt>{name}</dt>
      <dd>
        <b>{value}</b>
        <span>{note}</span>
      </dd>
    </div>
  );
}

function Table({ serviceKey, rows }: { readonly serviceKey: string; readonly rows: readonly HistoryRow[] }) {
  return (
    <table class="list history">
      <thead>
        <tr>
          <th scope="col">Image</th>
          <th scope="col">Outcome</th>
          <th scope="col">Why</th>
          <th scope="col">Requested</th>
          <th scope="col">Took</th>
          <th scope="col">By</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ id, image, status, tone, isServing, requestedAt, requestedBy, took, why }) => (
          <tr key={id}>
            <th scope="row">
              <a href={`#/${serviceKey}/${id}`}>{image}</a>
              {isServing && <span class="serving">serving</span>}
            </th>
            <td data-label="Outcome">
              <Chip tone={tone}>{status}</Chip>
            </td>
            <td data-label="Why" class="doing">
              {why}
            </td>
            <td data-label="Requested" class="figure">
              {dayAndTime(requestedAt)}
            </td>
            <td data-label="Took" class="figure">
              {took === undefined ? '–' : formatSpan(took)}
            </td>
            <td data-label="By">{shortPrincipals(requestedBy)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
