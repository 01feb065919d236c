// Reads AWS directly, with the credentials of whoever runs the command: for verbs that look at services Weir may not know yet.
import { PermanentError, RetryableError } from '#ports/errors.ts';
import type { Inspection } from '#ports/inspection.ts';
import { composeInspection } from '#runtime/compose-inspection.ts';
import { CommandFailure } from './command-failure.ts';
import type { GlobalOptions } from './global-options.ts';

/** Reads with an inspection of live services. @throws CommandFailure */
export function readsOf<Value>({ region, endpointUrl }: GlobalOptions, read: (inspection: Inspection) => Promise<Value>): Promise<Value> {
  return readAws(() => read(composeInspection({ region, endpointUrl })));
}

/** @throws CommandFailure with what to do about it where AWS does not answer */
export async function readAws<Value>(read: () => Promise<Value>): Promise<Value> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof PermanentError || error instanceof RetryableError)) throw error;
    throw new CommandFailure(`${error.message}. Check credentials, region and permissions; for the local AWS set AWS_ENDPOINT_URL (weir local up prints it).`);
  }
}
