// Charts over the time of the deployment: traffic, blue against green error rate and latency. One axis of time for all of them.
import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'preact/hooks';
import UPlot from 'uplot';
import type { Columns } from '../view/chart-data.ts';
import type { DeploymentView } from '../view/deployment-view.ts';
import { count, rate } from './figures.ts';
import { Card } from './parts.tsx';
import type { Theme } from './theme.ts';

const HEIGHT = 132;
const SYNC = 'deployment';

interface Line {
  readonly name: 'blue' | 'green';
  readonly isStepped?: boolean;
}

interface ChartProps {
  readonly title: string;
  readonly columns: Columns;
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
  /** Least height of the scale, so that a flat line near nothing looks like it. */
  readonly atLeast: number;
  readonly theme: Theme;
  /** Seconds since 1970: the same for all charts. */
  readonly from: number;
  readonly until: number;
}

const both: readonly Line[] = [{ name: 'blue' }, { name: 'green' }];

export function Charts({ charts, theme }: { readonly charts: DeploymentView['charts']; readonly theme: Theme }) {
  const times = [...charts.weights[0], ...charts.errors[0]];
  if (times.length === 0) {
    return (
      <Card title="Traffic">
        <p class="muted">Nothing to draw yet: no traffic has been shifted.</p>
      </Card>
    );
  }
  const span = { from: Math.min(...times), until: Math.max(...times), theme };
  const milliseconds = (value: number): string => (value >= 1_000 ? `${Number((value / 1_000).toPrecision(3))} s` : `${Math.round(value)} ms`);
  return (
    <Card title="Blue against green" note={<Legend />}>
      <Chart
        title="Green's share of production traffic"
        columns={charts.weights}
        lines={[{ name: 'green', isStepped: true }]}
        format={rate}
        atLeast={100}
        {...span}
      />
      <Chart title="Requests a minute" columns={charts.requests} lines={both} format={count} atLeast={10} {...span} />
      <Chart title="Failed requests" columns={charts.errors} lines={both} format={rate} atLeast={1} {...span} />
      {charts.latency.slice(1).some((column) => column.some((value) => value !== null)) && (
        <Chart title="Response time, 99th percentile" columns={charts.latency} lines={both} format={milliseconds} atLeast={20} {...span} />
      )}
    </Card>
  );
}

function Legend() {
  return (
    <span class="legend" aria-hidden="true">
      <span class="ink-blue">━ blue</span> <span class="ink-green">┅ green</span>
    </span>
  );
}

function Chart(props: ChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | undefined>(undefined);
  const { columns, theme, from, until, atLeast } = props;
  const isEmpty = columns[0].length === 0;
  useEffect(() => {
    const place = holder.current;
    if (place === null || isEmpty) return;
    plot.current = new UPlot(optionsOf(props, place), columns as unknown as UPlot.AlignedData, place);
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: place.clientWidth, height: HEIGHT }));
    resized.observe(place);
    return () => {
      resized.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [theme, isEmpty]);
  useEffect(() => {
    const drawn = plot.current;
    if (drawn === undefined) return;
    drawn.batch(() => {
      drawn.setData(columns as unknown as UPlot.AlignedData, false);
      drawn.setScale('x', { min: from, max: Math.max(until, from + 60) });
      drawn.setScale('y', { min: 0, max: topOf(columns, atLeast) });
    });
  }, [columns, from, until, atLeast, theme, isEmpty]);
  return (
    <figure class="chart">
      <figcaption>
        {props.title} <span class="latest">{latestOf(props)}</span>
      </figcaption>
      {isEmpty ? (
        <p class="muted small">nothing seen yet</p>
      ) : (
        <div ref={holder} role="img" aria-label={`${props.title} over time; latest: ${latestOf(props)}`} />
      )}
    </figure>
  );
}

function latestOf({ columns, lines, format }: ChartProps): string {
  const latest = lines.flatMap(({ name }, index) => {
    const value = columns[index + 1]?.findLast((one) => one !== null);
    return typeof value === 'number' ? [`${name} ${format(value)}`] : [];
  });
  return latest.join(', ');
}

function topOf(columns: Columns, atLeast: number): number {
  const values = columns.slice(1).flatMap((column) => column.flatMap((value) => (value === null ? [] : [value])));
  return Math.max(atLeast, ...values.map((value) => 1.15 * value));
}

function optionsOf({ columns, lines, format, atLeast, from, until }: ChartProps, place: HTMLElement): UPlot.Options {
  const ink = (name: string): string => inkOf(place, name);
  const font = '11px system-ui, sans-serif';
  const axis = { stroke: ink('--muted'), font, grid: { stroke: ink('--rule'), width: 1 }, ticks: { show: false } };
  const stepped = UPlot.paths.stepped?.({ align: 1 });
  return {
    width: place.clientWidth,
    height: HEIGHT,
    padding: [8, 18, 0, 0],
    legend: { show: false },
    cursor: { sync: { key: SYNC }, drag: { x: false, y: false }, points: { size: 6 } },
    tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1e3), 'Etc/UTC'),
    scales: {
      x: { time: true, auto: false, range: (_plot, min, max) => [min ?? from, max ?? until] },
      y: { auto: false, range: (_plot, min, max) => [min ?? 0, max ?? topOf(columns, atLeast)] },
    },
    axes: [
      { ...axis, size: 24, values: (_plot, seconds) => seconds.map((value) => new Date(value * 1e3).toISOString().slice(11, 16)) },
      { ...axis, size: 58, space: 34, values: (_plot, values) => values.map(format) },
    ],
    series: [
      {},
      ...lines.map(({ name, isStepped }) => ({
        stroke: ink(`--${name}`),
        width: 2,
        ...(name === 'green' && isStepped !== true ? { dash: [5, 3] } : {}),
        ...(isStepped === true && stepped !== undefined ? { paths: stepped, fill: ink('--green-wash') } : {}),
        points: { show: (columns[0].length < 3 && isStepped !== true) as boolean, size: 5 },
      })),
    ],
  };
}

/** A colour of the page as the canvas can take it: the custom properties hold both themes. */
function inkOf(place: HTMLElement, name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  place.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
