// What each driver can and cannot do. docs/drivers.md and `weir plan` show it.
import type { DriverKind } from '#core/deployment/driver-kind.ts';
import type { DriverCapabilities } from '#core/rollout/driver-capabilities.ts';
import { codedeployCapabilities } from './codedeploy/codedeploy-driver.ts';
import { ecsCapabilities } from './ecs/ecs-driver.ts';

export const driverCapabilities: Readonly<Record<DriverKind, DriverCapabilities>> = { codedeploy: codedeployCapabilities, ecs: ecsCapabilities };
