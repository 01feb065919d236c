// CreateListener to DeleteListener. A listener exists exactly while its port is open on this machine.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation, Region } from '../region.ts';
import { describeAction, parseActions } from './action-shape.ts';
import { checkActionTargets } from './action-targets.ts';
import { LISTENERS_PER_LOAD_BALANCER_MAX } from './limits.ts';
import { type Listener, type LoadBalancing, listenerOf, loadBalancerOf } from './load-balancing-state.ts';
import { pageOf } from './pages.ts';
import { integer, isGiven, notOffered, oneOf, requiredText, shapes, text, texts, validationError } from './request-members.ts';
import { parseTags } from './tag-operations.ts';

const PROTOCOLS = ['HTTP', 'HTTPS', 'TCP', 'TLS', 'UDP', 'TCP_UDP', 'GENEVE', 'QUIC', 'TCP_QUIC'] as const;

/** The sockets behind listeners. */
export interface ListenerPorts {
  /** Opens the listener's port. @throws AwsError when this machine cannot open it. */
  open(listener: Listener): Promise<void>;
  /** Opens `port` for the listener, then lets go of its old one. */
  move(listener: Listener, port: number): Promise<void>;
  /** Stops accepting; requests under way finish. */
  close(listener: Listener): void;
}

export interface RuleHooks {
  /** Called after rules changed: target groups may have come into use or gone out of it. */
  usageChanged(): void;
}

function describe(listener: Listener): AwsShape {
  const rule = listener.rules.find((candidate) => candidate.priority === 'default');
  return {
    ListenerArn: listener.arn,
    LoadBalancerArn: listener.loadBalancerArn,
    Port: listener.port,
    Protocol: listener.protocol,
    DefaultActions: rule === undefined ? [] : [describeAction(rule.action)],
  };
}

function parseProtocol(input: AwsShape): void {
  const protocol = oneOf(input, 'Protocol', PROTOCOLS);
  if (protocol === 'HTTPS') throw notOffered("the listener protocol 'HTTPS' (only 'HTTP')");
  if (protocol !== undefined && protocol !== 'HTTP') {
    throw validationError(`Listener protocol '${protocol}' is not supported for load balancers of type 'application'`);
  }
  if (shapes(input, 'Certificates').length > 0) throw validationError('A certificate cannot be specified for HTTP listeners');
  if (isGiven(input, 'SslPolicy') && text(input, 'SslPolicy') !== '') throw validationError('An SSL policy cannot be specified for HTTP listeners');
}

function refuseDuplicate(state: LoadBalancing, loadBalancerArn: string, port: number, except?: Listener): void {
  for (const listener of state.listeners.values()) {
    if (listener !== except && listener.loadBalancerArn === loadBalancerArn && listener.port === port) {
      throw new AwsError('DuplicateListener', `A listener already exists on this port for this load balancer '${loadBalancerArn}'`);
    }
  }
}

async function create(region: Region, state: LoadBalancing, ports: ListenerPorts, input: AwsShape): Promise<Listener> {
  const loadBalancer = loadBalancerOf(state, requiredText(input, 'LoadBalancerArn'));
  if (!isGiven(input, 'Protocol')) throw validationError('A listener protocol must be specified');
  parseProtocol(input);
  const port = integer(input, 'Port', { min: 1, max: 65_535 });
  if (port === undefined) throw validationError('A listener port must be specified');
  const action = parseActions(input, 'DefaultActions');
  const tags = parseTags(input);
  checkActionTargets(state, loadBalancer.arn, action);
  refuseDuplicate(state, loadBalancer.arn, port);
  const count = [...state.listeners.values()].filter((listener) => listener.loadBalancerArn === loadBalancer.arn).length;
  if (count >= LISTENERS_PER_LOAD_BALANCER_MAX) throw new AwsError('TooManyListeners', 'The maximum number of listeners per load balancer has been reached');
  const path = `${loadBalancer.dimension}/${region.ids.hex(16)}`;
  const arn = region.arn('elasticloadbalancing', `listener/${path}`);
  const defaultRule = {
    arn: region.arn('elasticloadbalancing', `listener-rule/${path}/${region.ids.hex(16)}`),
    listenerArn: arn,
    priority: 'default' as const,
    conditions: [],
    action,
  };
  const listener: Listener = { arn, loadBalancerArn: loadBalancer.arn, port, protocol: 'HTTP', rules: [defaultRule] };
  await ports.open(listener);
  // The load balancer or a target group may have gone while the port was opening; then there must be no listener.
  try {
    loadBalancerOf(state, loadBalancer.arn);
    checkActionTargets(state, loadBalancer.arn, action);
  } catch (error) {
    ports.close(listener);
    throw error;
  }
  state.listeners.set(arn, listener);
  state.tags.set(arn, new Map(tags));
  return listener;
}

async function modify(state: LoadBalancing, ports: ListenerPorts, input: AwsShape): Promise<Listener> {
  const listener = listenerOf(state, requiredText(input, 'ListenerArn'));
  parseProtocol(input);
  const port = integer(input, 'Port', { min: 1, max: 65_535 }) ?? listener.port;
  const action = isGiven(input, 'DefaultActions') ? parseActions(input, 'DefaultActions') : undefined;
  if (action !== undefined) checkActionTargets(state, listener.loadBalancerArn, action);
  if (port !== listener.port) {
    refuseDuplicate(state, listener.loadBalancerArn, port, listener);
    await ports.move(listener, port);
    listener.port = port;
  }
  if (action !== undefined) {
    // A new list, not a changed one: a request under way keeps the rules it was routed by.
    listener.rules = listener.rules.map((rule) => (rule.priority === 'default' ? { ...rule, action } : rule));
  }
  return listener;
}

/** Removes a listener and everything of it. */
export function removeListener(state: LoadBalancing, ports: ListenerPorts, listener: Listener): void {
  ports.close(listener);
  state.listeners.delete(listener.arn);
  state.tags.delete(listener.arn);
  for (const rule of listener.rules) state.tags.delete(rule.arn);
}

const judged = (input: AwsShape): string[] => [text(input, 'ListenerArn') ?? '*'];

export function listenerOperations(region: Region, state: LoadBalancing, ports: ListenerPorts, hooks: RuleHooks): Readonly<Record<string, Operation>> {
  return {
    CreateListener: {
      resources: (input) => [text(input, 'LoadBalancerArn') ?? '*'],
      async handle(input) {
        const listener = await create(region, state, ports, input);
        hooks.usageChanged();
        return { Listeners: [describe(listener)] };
      },
    },
    DescribeListeners: {
      handle(input) {
        const arns = texts(input, 'ListenerArns');
        const loadBalancerArn = text(input, 'LoadBalancerArn');
        if (arns.length === 0 && loadBalancerArn === undefined) throw validationError('You must specify either listener ARNs or a load balancer ARN');
        if (arns.length > 0 && loadBalancerArn !== undefined)
          throw validationError('Listener ARNs and a load balancer ARN cannot be specified at the same time');
        if (loadBalancerArn === undefined) {
          return pageOf(
            input,
            'Listeners',
            arns.map((arn) => listenerOf(state, arn)),
            describe,
          );
        }
        const { arn } = loadBalancerOf(state, loadBalancerArn);
        return pageOf(
          input,
          'Listeners',
          [...state.listeners.values()].filter((listener) => listener.loadBalancerArn === arn),
          describe,
        );
      },
    },
    ModifyListener: {
      resources: judged,
      async handle(input) {
        const listener = await modify(state, ports, input);
        hooks.usageChanged();
        return { Listeners: [describe(listener)] };
      },
    },
    DeleteListener: {
      resources: judged,
      handle(input) {
        removeListener(state, ports, listenerOf(state, requiredText(input, 'ListenerArn')));
        hooks.usageChanged();
        return {};
      },
    },
  };
}
