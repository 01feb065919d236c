// The storm in small: what `npm run bench -- storm` measures holds whatever the number of services.
import { describe, expect, test } from '@jest/globals';
import { runStorm, type StormFigures } from '../../../../bench/storm/storm.ts';

const storm = (services: number, mode: 'auto' | 'propose'): Promise<StormFigures> => runStorm({ services, events: 800, looping: 5, milliseconds: 800, mode });

describe('a storm of stopped tasks', () => {
  test('is one action per crash-looping service, whatever the number of events', async () => {
    expect(await storm(10, 'auto')).toMatchObject({ services: 5, actions: 5, actionsOfOneMax: 1 });
  }, 60_000);

  test('that nothing ends costs the same few requests and about one write for each event, with ten services and with two hundred', async () => {
    const few = await storm(10, 'propose');
    const many = await storm(200, 'propose');
    for (const figures of [few, many]) {
      expect(figures).toMatchObject({ actions: 0, notifications: 5 });
      expect(figures.writesPerEvent).toBeLessThan(1.3);
      expect(figures.requestsPerEvent).toBeLessThan(4);
    }
    expect(many.requestsPerEvent - few.requestsPerEvent).toBeLessThan(0.5);
  }, 60_000);
});
