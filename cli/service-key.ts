// `cluster/service`, as every verb names a service.
import { CommandFailure } from './command-failure.ts';

/** @throws CommandFailure (usage) when it is not of that form */
export function splitServiceKey(key: string): { readonly cluster: string; readonly name: string } {
  const [, cluster, name] = /^([A-Za-z0-9_-]{1,255})\/([A-Za-z0-9_-]{1,255})$/.exec(key) ?? [];
  if (cluster === undefined || name === undefined) throw new CommandFailure(`${key} is not of the form cluster/service`, 2);
  return { cluster, name };
}
