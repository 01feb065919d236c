// Every API call of the local AWS, from the wire or from one service to another, passes here: identity, permission, faults,
// the clock's hold, the call log.
import type { Clock } from '../clock/clock.ts';
import type { AwsShape, Call, Ids, Principal, Service, ServiceName } from '../region.ts';
import { AwsError, notAvailableLocally } from './aws-error.ts';

/** Judges a call; answers undefined when allowed, else AWS's message for the AccessDeniedException. */
export type Authorizer = (principal: Principal, action: string, resources: readonly string[]) => string | undefined;

/** Wraps calls: fault injection, recording. May answer, reject, or call `next` (at most once) and then do either. */
export type Interceptor = (call: Call, input: AwsShape, next: () => Promise<AwsShape>) => Promise<AwsShape>;

export interface Dispatcher {
  register(service: Service): void;
  service(name: ServiceName): Service | undefined;
  services(): readonly Service[];
  /** @throws AwsError for everything a client may be told. */
  call(service: ServiceName, operation: string, input: AwsShape, principal: Principal): Promise<AwsShape>;
  setAuthorizer(authorizer: Authorizer): void;
  /** Adds an interceptor around all calls (the last added is outermost); the returned function removes it. */
  intercept(interceptor: Interceptor): () => void;
}

export function createDispatcher(clock: Clock, ids: Ids): Dispatcher {
  const registered = new Map<ServiceName, Service>();
  const interceptors: Interceptor[] = [];
  let authorize: Authorizer = () => undefined;

  const permit = (service: Service, operation: string, input: AwsShape, principal: Principal): void => {
    if (principal.kind !== 'role') return;
    const definition = service.operations[operation];
    const resources = definition?.resources?.(input) ?? ['*'];
    for (const action of definition?.actions ?? [`${service.iamPrefix}:${operation}`]) {
      const denial = authorize(principal, action, resources);
      if (denial !== undefined) throw new AwsError('AccessDeniedException', denial, { httpStatus: 400 });
    }
  };

  return {
    register(service) {
      registered.set(service.name, service);
    },
    service: (name) => registered.get(name),
    services: () => [...registered.values()],
    setAuthorizer(authorizer) {
      authorize = authorizer;
    },
    intercept(interceptor) {
      interceptors.unshift(interceptor);
      return () => {
        const index = interceptors.indexOf(interceptor);
        if (index >= 0) interceptors.splice(index, 1);
      };
    },
    async call(serviceName, operation, input, principal) {
      const service = registered.get(serviceName);
      const definition = service === undefined ? undefined : Object.hasOwn(service.operations, operation) ? service.operations[operation] : undefined;
      if (service === undefined || definition === undefined) throw notAvailableLocally(serviceName, operation);
      const call: Call = { service: serviceName, operation, principal, requestId: ids.uuid() };
      const release = definition.longRunning ? () => undefined : clock.hold();
      try {
        permit(service, operation, input, principal);
        let run = async (): Promise<AwsShape> => (await definition.handle(input, call)) ?? {};
        for (const interceptor of [...interceptors].reverse()) {
          const next = run;
          run = () => interceptor(call, input, next);
        }
        return await run();
      } finally {
        release();
      }
    },
  };
}
