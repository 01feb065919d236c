// Actions of listeners and rules: from AWS's request shape to ours, and back as Describe shows them (both the simple and the
// weighted form filled in when there is one target group).
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape } from '../region.ts';
import { STICKINESS_SECONDS_MAX, TARGET_GROUPS_PER_ACTION_MAX, WEIGHT_MAX } from './limits.ts';
import type { Action, WeightedGroup } from './load-balancing-state.ts';
import { flag, integer, notOffered, oneOf, requiredText, shape, shapes, text, validationError } from './request-members.ts';

const ACTION_TYPES = ['forward', 'authenticate-oidc', 'authenticate-cognito', 'redirect', 'fixed-response', 'jwt-validation'] as const;
const CONTENT_TYPES = ['text/plain', 'text/css', 'text/html', 'application/javascript', 'application/json'];
const MESSAGE_BODY_LENGTH_MAX = 1_024;

/** The one action of an `Actions` or `DefaultActions` list. Authentication actions, which AWS allows before it, are refused. */
export function parseActions(input: AwsShape, member: string): Action {
  const given = shapes(input, member);
  const [first, ...others] = given;
  if (first === undefined) throw validationError('At least one action must be specified');
  const types = given.map((action) => oneOf(action, 'Type', ACTION_TYPES) ?? requiredText(action, 'Type'));
  const refused = types.find((type) => type !== 'forward' && type !== 'redirect' && type !== 'fixed-response');
  if (refused !== undefined) throw notOffered(`the action type '${refused}'`);
  if (others.length > 0) throw new AwsError('InvalidLoadBalancerAction', 'Only one routing action (forward, redirect or fixed-response) can be specified');
  const order = integer(first, 'Order', { min: 1, max: 50_000 });
  if (types[0] === 'forward') return parseForward(first, order);
  return types[0] === 'redirect' ? parseRedirect(first, order) : parseFixedResponse(first, order);
}

function parseForward(action: AwsShape, order: number | undefined): Action {
  const single = text(action, 'TargetGroupArn');
  const config = shape(action, 'ForwardConfig');
  if (config === undefined) {
    if (single === undefined) throw validationError('A target group ARN must be specified for a forward action');
    return { kind: 'forward', order, groups: [{ targetGroupArn: single, weight: 1 }], stickiness: { enabled: false, durationSeconds: undefined } };
  }
  const groups = shapes(config, 'TargetGroups').map(parseWeightedGroup);
  if (groups.length === 0) throw validationError('At least one target group must be specified in the forward configuration');
  // The error code for too many groups in one action is unverified.
  if (groups.length > TARGET_GROUPS_PER_ACTION_MAX) {
    throw validationError(`A forward action can have at most ${TARGET_GROUPS_PER_ACTION_MAX} target groups`);
  }
  if (new Set(groups.map((group) => group.targetGroupArn)).size < groups.length)
    throw validationError('A target group can be specified only once in an action');
  if (single !== undefined && (groups.length > 1 || groups[0]?.targetGroupArn !== single)) {
    throw new AwsError('InvalidLoadBalancerAction', 'You cannot specify both a target group ARN and a forward configuration that names other target groups');
  }
  const stickiness = shape(config, 'TargetGroupStickinessConfig') ?? {};
  const enabled = flag(stickiness, 'Enabled') ?? false;
  const durationSeconds = integer(stickiness, 'DurationSeconds', { min: 1, max: STICKINESS_SECONDS_MAX });
  if (enabled && durationSeconds === undefined) throw validationError('The duration must be specified when target group stickiness is enabled');
  return { kind: 'forward', order, groups, stickiness: { enabled, durationSeconds } };
}

function parseWeightedGroup(tuple: AwsShape): WeightedGroup {
  return { targetGroupArn: requiredText(tuple, 'TargetGroupArn'), weight: integer(tuple, 'Weight', { min: 0, max: WEIGHT_MAX }) ?? 1 };
}

function parseFixedResponse(action: AwsShape, order: number | undefined): Action {
  const config = shape(action, 'FixedResponseConfig');
  if (config === undefined) throw validationError('A fixed-response action needs FixedResponseConfig');
  const statusCode = requiredText(config, 'StatusCode');
  if (!/^[245]\d\d$/.test(statusCode)) throw validationError(`The status code '${statusCode}' is not valid for a fixed response (2XX, 4XX or 5XX)`);
  const contentType = text(config, 'ContentType');
  if (contentType !== undefined && contentType !== '' && !CONTENT_TYPES.includes(contentType)) {
    throw validationError(`The content type '${contentType}' is not valid. Valid values: ${CONTENT_TYPES.join(' | ')}`);
  }
  const messageBody = text(config, 'MessageBody');
  if ((messageBody?.length ?? 0) > MESSAGE_BODY_LENGTH_MAX) throw validationError(`The message body is longer than ${MESSAGE_BODY_LENGTH_MAX} characters`);
  return { kind: 'fixed-response', order, statusCode, contentType: contentType === '' ? undefined : contentType, messageBody };
}

function parseRedirect(action: AwsShape, order: number | undefined): Action {
  const config = shape(action, 'RedirectConfig');
  if (config === undefined) throw validationError('A redirect action needs RedirectConfig');
  const statusCode = oneOf(config, 'StatusCode', ['HTTP_301', 'HTTP_302']);
  if (statusCode === undefined) throw validationError('A redirect needs a status code (HTTP_301 or HTTP_302)');
  const redirect = {
    kind: 'redirect' as const,
    order,
    statusCode,
    protocol: text(config, 'Protocol') ?? '#{protocol}',
    port: text(config, 'Port') ?? '#{port}',
    host: text(config, 'Host') ?? '#{host}',
    path: text(config, 'Path') ?? '/#{path}',
    query: text(config, 'Query') ?? '#{query}',
  };
  if (!/^(HTTPS?|#\{protocol\})$/.test(redirect.protocol)) throw validationError(`The redirect protocol '${redirect.protocol}' is not valid`);
  const { protocol, port, host, path } = redirect;
  if (protocol === '#{protocol}' && port === '#{port}' && host === '#{host}' && path === '/#{path}') {
    throw new AwsError('InvalidLoadBalancerAction', 'A redirect must change at least one of protocol, port, host or path, or it would loop');
  }
  return redirect;
}

/** The action as Describe answers it. */
export function describeAction(action: Action): AwsShape {
  const order = action.order === undefined ? {} : { Order: action.order };
  switch (action.kind) {
    case 'forward': {
      const [only] = action.groups;
      const { enabled, durationSeconds } = action.stickiness;
      return {
        Type: 'forward',
        ...(action.groups.length === 1 ? { TargetGroupArn: only?.targetGroupArn } : {}),
        ...order,
        ForwardConfig: {
          TargetGroups: action.groups.map((group) => ({ TargetGroupArn: group.targetGroupArn, Weight: group.weight })),
          TargetGroupStickinessConfig: { Enabled: enabled, ...(durationSeconds === undefined ? {} : { DurationSeconds: durationSeconds }) },
        },
      };
    }
    case 'fixed-response':
      return {
        Type: 'fixed-response',
        ...order,
        FixedResponseConfig: { MessageBody: action.messageBody, StatusCode: action.statusCode, ContentType: action.contentType },
      };
    case 'redirect':
      return {
        Type: 'redirect',
        ...order,
        RedirectConfig: {
          Protocol: action.protocol,
          Port: action.port,
          Host: action.host,
          Path: action.path,
          Query: action.query,
          StatusCode: action.statusCode,
        },
      };
  }
}
