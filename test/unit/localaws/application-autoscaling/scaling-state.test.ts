// The number of scaling activities kept.
import { expect, test } from '@jest/globals';
import { ACTIVITIES_KEPT_MAX } from '../../../../localaws/application-autoscaling/limits.ts';
import { recordActivity, type ScalingActivity, type ScalingContext } from '../../../../localaws/application-autoscaling/scaling-state.ts';

test('the oldest activities are forgotten', () => {
  const context = { activities: [] as ScalingActivity[] } as unknown as ScalingContext;
  for (let index = 0; index < ACTIVITIES_KEPT_MAX + 2; index++) recordActivity(context, { id: String(index) } as ScalingActivity);
  expect(context.activities).toHaveLength(ACTIVITIES_KEPT_MAX);
  expect(context.activities[0]?.id).toBe('2');
});
