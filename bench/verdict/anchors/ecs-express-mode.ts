// Amazon ECS Express Mode, the only default AWS gives: the sum of 4xx and 5xx over 1 % in 2 datapoints within 3 minutes, a canary bake
// time of 3 minutes and then 3 minutes of bake time, after which the old tasks stop.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/express-service-update-full.html
import { cloudWatchAlarm } from './cloudwatch-alarm.ts';

const CANARY_BAKE_MINUTES = 3;
const BAKE_MINUTES = 3;

/** Traffic stays as the scenario says (Express Mode itself would use 5 %, then 100 %), and the scenarios have no 4xx: both kinder to it than life. */
export const ecsExpressMode = cloudWatchAlarm('ECS Express Mode (6 minutes)', {
  datapointsToAlarm: 2,
  evaluationPeriods: 3,
  thresholdPercent: 1,
  watchedMinutes: CANARY_BAKE_MINUTES + BAKE_MINUTES,
});
