// Lambda's REST addresses. Each API keeps the date of the version that brought it.
import { serializeJson } from '../endpoint/json-wire.ts';
import type { AwsShape, RestRequest, RestRoute } from '../region.ts';

const FUNCTIONS = '/2015-03-31/functions';
const ONE = `${FUNCTIONS}/{FunctionName}`;

const withStatus =
  (status: number) =>
  (output: AwsShape): ReturnType<NonNullable<RestRoute['answer']>> =>
    status === 204 ? { status } : { status, headers: { 'content-type': 'application/json' }, body: serializeJson(output) };

function route(method: string, path: string, operation: string, status = 200): RestRoute {
  return { method, path, operation, answer: withStatus(status) };
}

function invokeInput(request: RestRequest): AwsShape {
  const { headers } = request;
  return {
    FunctionName: request.path['FunctionName'],
    Qualifier: request.query['Qualifier'],
    InvocationType: headers['x-amz-invocation-type'],
    LogType: headers['x-amz-log-type'],
    ClientContext: headers['x-amz-client-context'],
    Payload: new TextDecoder().decode(request.body),
  };
}

function invokeAnswer(output: AwsShape): ReturnType<NonNullable<RestRoute['answer']>> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (output['FunctionError'] !== undefined) headers['x-amz-function-error'] = String(output['FunctionError']);
  if (output['LogResult'] !== undefined) headers['x-amz-log-result'] = String(output['LogResult']);
  if (output['ExecutedVersion'] !== undefined) headers['x-amz-executed-version'] = String(output['ExecutedVersion']);
  return { status: Number(output['StatusCode']), headers, body: String(output['Payload'] ?? '') };
}

export const LAMBDA_ROUTES: readonly RestRoute[] = [
  { method: 'POST', path: `${ONE}/invocations`, operation: 'Invoke', input: invokeInput, answer: invokeAnswer },
  route('POST', FUNCTIONS, 'CreateFunction', 201),
  route('GET', FUNCTIONS, 'ListFunctions'),
  route('GET', ONE, 'GetFunction'),
  route('DELETE', ONE, 'DeleteFunction', 204),
  route('GET', `${ONE}/configuration`, 'GetFunctionConfiguration'),
  route('PUT', `${ONE}/configuration`, 'UpdateFunctionConfiguration'),
  route('PUT', `${ONE}/code`, 'UpdateFunctionCode'),
  route('POST', `${ONE}/policy`, 'AddPermission', 201),
  route('GET', `${ONE}/policy`, 'GetPolicy'),
  route('DELETE', `${ONE}/policy/{StatementId}`, 'RemovePermission', 204),
  route('POST', `${ONE}/versions`, 'PublishVersion', 201),
  route('GET', `${ONE}/versions`, 'ListVersionsByFunction'),
  route('POST', `${ONE}/aliases`, 'CreateAlias', 201),
  route('GET', `${ONE}/aliases`, 'ListAliases'),
  route('GET', `${ONE}/aliases/{Name}`, 'GetAlias'),
  route('PUT', `${ONE}/aliases/{Name}`, 'UpdateAlias'),
  route('DELETE', `${ONE}/aliases/{Name}`, 'DeleteAlias', 204),
  route('POST', '/2021-10-31/functions/{FunctionName}/url', 'CreateFunctionUrlConfig', 201),
  route('GET', '/2021-10-31/functions/{FunctionName}/url', 'GetFunctionUrlConfig'),
  route('DELETE', '/2021-10-31/functions/{FunctionName}/url', 'DeleteFunctionUrlConfig', 204),
  route('PUT', '/2017-10-31/functions/{FunctionName}/concurrency', 'PutFunctionConcurrency'),
  route('DELETE', '/2017-10-31/functions/{FunctionName}/concurrency', 'DeleteFunctionConcurrency', 204),
  route('GET', '/2019-09-30/functions/{FunctionName}/concurrency', 'GetFunctionConcurrency'),
  route('PUT', '/2019-09-25/functions/{FunctionName}/event-invoke-config', 'PutFunctionEventInvokeConfig'),
  route('POST', '/2019-09-25/functions/{FunctionName}/event-invoke-config', 'UpdateFunctionEventInvokeConfig'),
  route('GET', '/2019-09-25/functions/{FunctionName}/event-invoke-config', 'GetFunctionEventInvokeConfig'),
  route('GET', '/2019-09-25/functions/{FunctionName}/event-invoke-config/list', 'ListFunctionEventInvokeConfigs'),
  route('DELETE', '/2019-09-25/functions/{FunctionName}/event-invoke-config', 'DeleteFunctionEventInvokeConfig', 204),
  route('GET', '/2016-08-19/account-settings', 'GetAccountSettings'),
  route('POST', '/2017-03-31/tags/{Resource+}', 'TagResource', 204),
  route('GET', '/2017-03-31/tags/{Resource+}', 'ListTags'),
];
