// Traces through Powertools' Tracer, and only where Lambda traces: elsewhere (the local AWS, the simulation, tests) the X-Ray SDK is
// not even run, which costs 10 to 20 ms of a cold start (ADR 0012).
import type { Tracer } from '@aws-lambda-powertools/tracer';

export interface Tracing {
  readonly tracer: Tracer;
  readonly middleware: ReturnType<typeof import('@aws-lambda-powertools/tracer/middleware').captureLambdaHandler>;
}

/** undefined: nothing is traced. Loaded with the sandbox and not later, because the X-Ray SDK's context begins where it is loaded. */
export const tracing: Tracing | undefined = isTraced(process.env) ? await loadTracing() : undefined;

/** Lambda tells every function where the X-Ray daemon is; the stack says whether it is to be used. Source: Lambda guide, environment variables. */
function isTraced(environment: Readonly<Record<string, string | undefined>>): boolean {
  return environment['AWS_XRAY_DAEMON_ADDRESS'] !== undefined && environment['WEIR_TRACING'] === 'Active';
}

async function loadTracing(): Promise<Tracing> {
  const [{ Tracer }, { captureLambdaHandler }] = await Promise.all([
    import('@aws-lambda-powertools/tracer'),
    import('@aws-lambda-powertools/tracer/middleware'),
  ]);
  // Calls over plain HTTP are health probes of users' services, which get no headers of ours; AWS calls are captured by client.
  const tracer = new Tracer({ serviceName: 'weir', captureHTTPsRequests: false });
  return { tracer, middleware: captureLambdaHandler(tracer, { captureResponse: false }) };
}

/** The same client, whose calls are in the trace. */
export function traceClient<Client>(client: Client): Client {
  return tracing === undefined ? client : tracing.tracer.captureAWSv3Client(client);
}
