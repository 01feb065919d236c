// Ids are the same for the same push, sort by time, and are valid names of executions.
import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compactTime, deploymentId, executionName } from '#core/deployment/deployment-id.ts';

test('the time is the calendar’s, for every second of four centuries', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 12_622_780_800 }), (seconds) => {
      const iso = new Date(seconds * 1000).toISOString();
      expect(compactTime(seconds * 1000)).toBe(iso.slice(0, 19).replaceAll(/[-:]/g, ''));
    }),
  );
});

test('the same push has the same id, another event, image or service has another', () => {
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
  const id = (service: string, digest: string, event: string) => deploymentId(service, digest, event, 0, hash);
  expect(id('prod/orders', 'sha256:a', 'event-0001')).toBe(id('prod/orders', 'sha256:a', 'event-0001'));
  const ids = [
    id('prod/orders', 'sha256:a', 'event-0001'),
    id('prod/orders', 'sha256:a', 'event-0002'),
    id('prod/orders', 'sha256:b', 'event-0001'),
    id('prod/carts', 'sha256:a', 'event-0001'),
  ];
  expect(new Set(ids).size).toBe(4);
  expect(executionName('d', 1)).toBe('d');
  expect(executionName('d', 3)).toMatch(/^[0-9A-Za-z_-]{1,80}$/);
});
