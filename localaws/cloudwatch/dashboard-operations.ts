// Dashboards are kept and given back; nothing draws them here.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation, Region } from '../region.ts';
import { DASHBOARD_BODY_LENGTH_MAX, DASHBOARDS_MAX, METRICS_PER_LIST_PAGE } from './limits.ts';
import { invalidValue, missing, positionOf, requiredText, text, texts, tokenOf } from './request-members.ts';

interface Dashboard {
  readonly name: string;
  readonly arn: string;
  readonly body: string;
  readonly modifiedAt: number;
}

function checkedBody(body: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    parsed = undefined;
  }
  if (typeof parsed === 'object' && parsed !== null) return body;
  const Message = 'The field DashboardBody must be a valid JSON object';
  throw new AwsError('DashboardInvalidInputError', 'The field DashboardBody is not valid', {
    members: { dashboardValidationMessages: [{ DataPath: '', Message }] },
  });
}

export function dashboardOperations(region: Region, tags: Map<string, Map<string, string>>): Readonly<Record<string, Operation>> {
  const dashboards = new Map<string, Dashboard>();
  // Dashboards are global: their ARN has no region.
  const arnOf = (name: string): string => `arn:aws:cloudwatch::${region.account}:dashboard/${name}`;
  const judged = (input: AwsShape): string[] => [arnOf(text(input, 'DashboardName') ?? '*')];
  const notFound = (name: string): AwsError => new AwsError('DashboardNotFoundError', `Dashboard ${name} does not exist`, { httpStatus: 404 });
  return {
    PutDashboard: {
      resources: judged,
      handle(input) {
        const name = requiredText(input, 'DashboardName');
        if (!/^[A-Za-z0-9_-]+$/.test(name)) throw invalidValue('The value for field DashboardName contains invalid characters.');
        const body = checkedBody(requiredText(input, 'DashboardBody', DASHBOARD_BODY_LENGTH_MAX));
        if (!dashboards.has(name) && dashboards.size >= DASHBOARDS_MAX)
          throw invalidValue(`The maximum number of dashboards (${DASHBOARDS_MAX}) has been reached.`);
        dashboards.set(name, { name, arn: arnOf(name), body, modifiedAt: region.clock.now() });
        if (!tags.has(arnOf(name))) tags.set(arnOf(name), new Map());
        return { DashboardValidationMessages: [] };
      },
    },
    GetDashboard: {
      resources: judged,
      handle(input) {
        const name = requiredText(input, 'DashboardName');
        const found = dashboards.get(name);
        if (found === undefined) throw notFound(name);
        return { DashboardArn: found.arn, DashboardBody: found.body, DashboardName: found.name };
      },
    },
    ListDashboards: {
      handle(input) {
        const prefix = text(input, 'DashboardNamePrefix') ?? '';
        const start = positionOf(input);
        const found = [...dashboards.values()].filter((dashboard) => dashboard.name.startsWith(prefix)).sort((a, b) => (a.name < b.name ? -1 : 1));
        const end = start + METRICS_PER_LIST_PAGE;
        return {
          DashboardEntries: found.slice(start, end).map(({ name, arn, body, modifiedAt }) => ({
            DashboardName: name,
            DashboardArn: arn,
            LastModified: new Date(modifiedAt),
            Size: Buffer.byteLength(body),
          })),
          ...(end < found.length ? { NextToken: tokenOf(end) } : {}),
        };
      },
    },
    DeleteDashboards: {
      resources: (input) => texts(input, 'DashboardNames').map(arnOf),
      handle(input) {
        const names = texts(input, 'DashboardNames');
        if (names.length === 0) throw missing('DashboardNames');
        const unknown = names.find((name) => !dashboards.has(name));
        if (unknown !== undefined) throw notFound(unknown);
        for (const name of names) {
          dashboards.delete(name);
          tags.delete(arnOf(name));
        }
        return {};
      },
    },
  };
}
