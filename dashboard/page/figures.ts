// Figures as the page writes them; those it shares with the command line are the command line's.
export { formatPercent, formatSpan } from '#cli/figures.ts';

/** `23 Nov 11:52Z`. */
export function dayAndTime(at: number): string {
  const [, day = '', month = '', , time = ''] = new Date(at).toUTCString().split(' ');
  return `${Number(day)} ${month} ${time.slice(0, 5)}Z`;
}

/** `11:52:30`, UTC. */
export function clockTime(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}

/** `0.13 %`. */
export function rate(percent: number | undefined): string {
  return percent === undefined ? '–' : `${Number(percent.toPrecision(3))} %`;
}

export function count(value: number): string {
  return value.toLocaleString('en-GB');
}

/** `sha256:3f0c2a91be…`, `arn:…/orders:3` as `orders:3`. */
export function shortName(text: string): string {
  if (text.startsWith('sha256:')) return `${text.slice(0, 19)}…`;
  return text.slice(text.lastIndexOf('/') + 1);
}
