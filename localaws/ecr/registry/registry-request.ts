// One request to the registry, as its handlers see it.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AwsShape, Principal, Region } from '../../region.ts';
import type { RegistryState } from '../registry-state.ts';
import { registryErrorOf } from './registry-error.ts';

export interface RegistryRequest {
  readonly region: Region;
  readonly state: RegistryState;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  readonly url: URL;
  readonly repositoryName: string;
  /** Tag, digest or upload id: the last part of the path. */
  readonly reference: string;
  readonly principal: Principal;
}

/**
 * Calls the ECR operation that a registry request stands for, so that IAM, faults and the call log see it as AWS's would.
 * @throws RegistryError
 */
export async function callEcr(on: RegistryRequest, operation: string, input: AwsShape, invalidCode: string): Promise<AwsShape> {
  try {
    return await on.region.call('ecr', operation, input, on.principal);
  } catch (error) {
    throw registryErrorOf(error, invalidCode);
  }
}

/** The request's body, read without closing the connection when the reader gives up: the client must get its answer. */
export function bodyOf(on: RegistryRequest): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => on.request.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array> };
}

export function send(on: RegistryRequest, status: number, headers: Record<string, string>, body?: string): void {
  on.response.writeHead(status, { 'content-length': String(body === undefined ? 0 : Buffer.byteLength(body)), ...headers });
  on.response.end(on.method === 'HEAD' ? undefined : body);
}
