// Metrics of Weir itself, written as log lines that CloudWatch reads metrics from: no call, no permission, no waiting.
// Source: CloudWatch user guide, embedded metric format specification.

const NAMESPACE = 'Weir';

/**
 * One line of counts under the dimension Stack.
 * @param stack name of the stack, such as weir-prod
 * @param now epoch milliseconds
 */
export function embeddedMetrics(stack: string, counts: Readonly<Record<string, number>>, now: number): string {
  const Metrics = Object.keys(counts).map((Name) => ({ Name, Unit: 'Count' }));
  return JSON.stringify({ _aws: { Timestamp: now, CloudWatchMetrics: [{ Namespace: NAMESPACE, Dimensions: [['Stack']], Metrics }] }, Stack: stack, ...counts });
}

// Past the console, whose lines begin with a time and an id that CloudWatch would not read.
let write = (line: string): void => void process.stdout.write(`${line}\n`);

export function writeMetrics(line: string): void {
  write(line);
}

/** For a process that runs functions of which no CloudWatch reads the output. */
export function writeMetricsWith(given: (line: string) => void): void {
  write = given;
}
