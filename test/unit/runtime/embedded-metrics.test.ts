import { expect, test } from '@jest/globals';
import { embeddedMetrics } from '#runtime/embedded-metrics.ts';

test('counts are one line in the embedded metric format, under the stack', () => {
  const line = embeddedMetrics('weir-prod', { StuckDeployments: 0, SweeperRepairs: 2 }, 1_795_000_000_000);
  expect(line).not.toContain('\n');
  expect(JSON.parse(line)).toEqual({
    _aws: {
      Timestamp: 1_795_000_000_000,
      CloudWatchMetrics: [
        {
          Namespace: 'Weir',
          Dimensions: [['Stack']],
          Metrics: [
            { Name: 'StuckDeployments', Unit: 'Count' },
            { Name: 'SweeperRepairs', Unit: 'Count' },
          ],
        },
      ],
    },
    Stack: 'weir-prod',
    StuckDeployments: 0,
    SweeperRepairs: 2,
  });
});
