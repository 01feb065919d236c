// The services page: each service in one line, those that need somebody first.
import { useState } from 'preact/hooks';
import type { ServicesPage } from '../view/pages.ts';
import type { ServiceRow } from '../view/service-row.ts';
import { dayAndTime, formatPercent } from './figures.ts';
import { Loaded } from './freshness.tsx';
import { useLive } from './live.ts';
import { Chip, TrafficBar } from './parts.tsx';

const LOOK_MILLISECONDS = 2_500;
/** From this many services on a filter is worth its place. */
const FILTER_FROM = 8;

export function ServicesView() {
  const live = useLive<ServicesPage>('/api/services', LOOK_MILLISECONDS);
  const [filter, setFilter] = useState('');
  return (
    <Loaded live={live}>
      {({ rows, left }) => (
        <>
          <div class="title-row">
            <h1>Services</h1>
            <p class="muted">{summaryOf(rows)}</p>
            {rows.length >= FILTER_FROM && (
              <input type="search" aria-label="Filter services" placeholder="Filter" value={filter} onInput={(event) => setFilter(event.currentTarget.value)} />
            )}
          </div>
          {rows.length === 0 ? <Nothing /> : <Table rows={rows.filter(({ key }) => key.includes(filter.trim()))} />}
          {left > 0 && <p class="muted">{left} more service(s): weir services lists them all.</p>}
        </>
      )}
    </Loaded>
  );
}

function summaryOf(rows: readonly ServiceRow[]): string {
  const waiting = rows.filter(({ tone }) => tone === 'attention').length;
  const busy = rows.filter(({ isRunning }) => isRunning).length;
  return `${rows.length} in all · ${busy} deploying${waiting === 0 ? '' : ` · ${waiting} waiting for you`}`;
}

function Nothing() {
  return (
    <p class="card empty">
      No service has a manifest yet. <code>weir init</code> writes one from a live service, <code>weir apply -f weir.yaml</code> stores it.
    </p>
  );
}

function Table({ rows }: { readonly rows: readonly ServiceRow[] }) {
  return (
    <table class="list services">
      <thead>
        <tr>
          <th scope="col">Service</th>
          <th scope="col">State</th>
          <th scope="col">What it is doing</th>
          <th scope="col">Traffic</th>
          <th scope="col">Serving</th>
          <th scope="col">Breaker</th>
          <th scope="col">Last deployment</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.key} row={row} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ row: { key, state, tone, headline, serving, breaker, frozen, last } }: { readonly row: ServiceRow }) {
  return (
    <tr>
      <th scope="row">
        <a href={`#/${key}`}>{key}</a>
        {frozen !== undefined && <span class="frozen">Frozen: {frozen}</span>}
      </th>
      <td data-label="State">
        <Chip tone={tone}>{state}</Chip>
      </td>
      <td data-label="Doing" class="doing">
        {headline}
      </td>
      <td data-label="Traffic" class="traffic">
        {last?.greenPercent === undefined ? (
          <span class="muted">one version</span>
        ) : (
          <>
            <TrafficBar greenPercent={last.greenPercent} thin />
            <span class="figure">green {formatPercent(last.greenPercent)}</span>
          </>
        )}
      </td>
      <td data-label="Serving">{serving ?? <span class="muted">not by Weir</span>}</td>
      <td data-label="Breaker">
        <Chip tone={breaker.tone}>{breaker.word}</Chip>
      </td>
      <td data-label="Last">
        {last === undefined ? (
          <span class="muted">none</span>
        ) : (
          <>
            <a href={`#/${key}/${last.id}`}>{last.image}</a>
            <span class="sub">
              {last.status} · {dayAndTime(last.requestedAt)}
            </span>
          </>
        )}
      </td>
    </tr>
  );
}
