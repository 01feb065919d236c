// Markdown tables and the way numbers are written in them.

/** A table whose columns line up as text too. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) => Math.max(3, title.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string => `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(header), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join('\n');
}

/** A share as a percentage: two figures below 1 %, else one decimal; "-" without a value. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return '-';
  const value = 100 * share;
  if (value === 0) return '0 %';
  return value < 1 ? `${Number(value.toPrecision(2))} %` : `${Number(value.toFixed(value < 10 ? 1 : 0))} %`;
}

/** A share between 0 and 1 with two decimals; "-" without a value. */
export function share(value: number): string {
  return Number.isFinite(value) ? value.toFixed(2) : '-';
}

/** A number with two figures, at least its whole part; "-" without a value. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '-';
  return value >= 10 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(2)));
}
