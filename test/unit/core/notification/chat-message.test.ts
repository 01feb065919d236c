import { describe, expect, test } from '@jest/globals';
import { alertOfOutcome, alerts, anchorOf } from '#core/notification/alert.ts';
import { chatMessage } from '#core/notification/chat-message.ts';
import { outcomeText } from '#core/notification/outcome-text.ts';

describe('a notification in a chat', () => {
  test('has title, text and the way to its runbook', () => {
    expect(chatMessage({ title: 'prod/orders: 2.0.0 Failed', text: 'It failed.', alert: 'deploymentFailed' }, 'https://wiki/operations')).toBe(
      '*prod/orders: 2.0.0 Failed*\nIt failed.\nRunbook: https://wiki/operations#a-deployment-failed',
    );
  });

  test('mentions nobody, whatever a log line says', () => {
    expect(chatMessage({ title: 't', text: '<!channel> a && b', alert: 'crashLoop' }, 'r')).toContain('&lt;!channel&gt; a &amp;&amp; b');
  });

  test('is cut where Slack would cut it, and keeps the runbook', () => {
    const message = chatMessage({ title: 't', text: '<'.repeat(10_000), alert: 'crashLoop' }, 'r');
    expect(message.length).toBeLessThanOrEqual(4_000);
    expect(message).toMatch(/…\nRunbook: r#the-serving-version-crashes$/);
  });
});

describe("what a deployment's end is told as", () => {
  test.each([
    ['Succeeded', 'deploymentSucceeded', 'info'],
    ['RolledBack', 'deploymentRolledBack', 'notice'],
    ['Failed', 'deploymentFailed', 'notice'],
    ['Held', 'deploymentHeld', 'urgent'],
    ['Superseded', 'deploymentSuperseded', 'info'],
    ['Refused', 'deploymentFailed', 'notice'],
  ] as const)('%s is the alert %s, %s', (status, alert, severity) => {
    expect(alertOfOutcome(status)).toBe(alert);
    expect(alerts[alert].severity).toBe(severity);
  });

  test('the text says what happened, why, the evidence, the last words and what to do', () => {
    const text = outcomeText({
      deploymentId: 'd1',
      serviceKey: 'prod/orders',
      image: 'team/orders:2.0.0',
      status: 'Failed',
      happened: 'It failed, and production never saw it.',
      why: '3 tasks crashed',
      evidence: ['the limit is 3'],
      causes: [{ code: 'exitError', count: 3, title: 'The task stopped.', lastAt: 1, lastTaskId: 't', lastText: 'exit code 1', remedy: 'r', container: 'app' }],
      log: { container: 'app', taskId: 't', group: 'g', stream: 's', lines: Array.from({ length: 12 }, (_, index) => `line ${index}`) },
      decisions: [],
      next: ['Fix and push.'],
    });
    expect(text.split('\n')).toEqual([
      'It failed, and production never saw it.',
      'Why: 3 tasks crashed',
      '3 x exitError: The task stopped. Last: exit code 1',
      'Last lines of app:',
      ...Array.from({ length: 10 }, (_, index) => `  line ${index + 2}`),
      'Evidence: the limit is 3',
      'Next: Fix and push.',
      'More: weir explain prod/orders d1',
    ]);
  });
});

test('anchors are those of GitHub', () => {
  expect(anchorOf('What `weir` does: 3 things, and _more_')).toBe('what-weir-does-3-things-and-_more_');
});
