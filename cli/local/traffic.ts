// weir local traffic URL: sends bounded load on loopback and says what came back, by status and version.
import type { Command } from 'commander';
import { sendTraffic, type TrafficResult } from '#localaws/traffic/send-traffic.ts';
import { CommandFailure } from '../command-failure.ts';
import { globalOptions, print } from '../global-options.ts';

export function registerTraffic(local: Command): void {
  local
    .command('traffic')
    .description('send steady requests to an address of this machine')
    .argument('<url>', 'for example http://127.0.0.1:18080/')
    .requiredOption('--rps <n>', 'requests per second')
    .requiredOption('--seconds <n>', 'how long')
    .addHelpText('after', '\nExample:\n  weir local traffic --rps 50 --seconds 20 http://127.0.0.1:18080/')
    .action(async (url: string, options: { rps: string; seconds: string }, command: Command) => {
      const globals = globalOptions(command);
      const stop = new AbortController();
      process.once('SIGINT', () => stop.abort());
      const live = process.stderr.isTTY && !globals.json;
      const result = await sendTraffic({
        url,
        requestsPerSecond: Number(options.rps),
        seconds: Number(options.seconds),
        signal: stop.signal,
        ...(live ? { onProgress: (progress: TrafficResult) => process.stderr.write(`\r\u001b[K${describe(progress).join('  ')}`) } : {}),
      }).catch((error: unknown) => {
        throw new CommandFailure(error instanceof Error ? error.message : String(error), 2);
      });
      if (live) process.stderr.write('\r\u001b[K');
      print(globals.json, result, () => describe(result));
      if (result.lost > 0) process.exitCode = 1;
    });
}

function describe(result: TrafficResult): readonly string[] {
  const share = (count: number): string => `${count} (${result.answered === 0 ? 0 : ((100 * count) / result.answered).toFixed(1)} %)`;
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .toSorted()
      .map(([name, count]) => `${name} ${share(count)}`)
      .join(', ');
  const { p50, p99 } = result.latencyMs;
  return [
    `${result.answered} of ${result.sent} answered, ${result.lost} lost`,
    `status: ${list(result.byStatus)}`,
    `version: ${list(result.byVersion)}`,
    `latency: p50 ${p50?.toFixed(1) ?? '-'} ms, p99 ${p99?.toFixed(1) ?? '-'} ms`,
  ];
}
