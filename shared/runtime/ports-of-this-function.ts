// The adapters of this sandbox, made once and kept while it is warm.
import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Ports } from '#ports/ports.ts';
import { composePorts } from './compose-ports.ts';
import { type Configuration, readConfiguration } from './configuration.ts';
import { log } from './logger.ts';

let made: { readonly ports: Ports; readonly configuration: Configuration } | undefined;

/** @throws Error when the function's environment is incomplete */
export function portsOfThisFunction(): { readonly ports: Ports; readonly configuration: Configuration } {
  if (made !== undefined) return made;
  const configuration = readConfiguration(process.env);
  const ports = composePorts(configuration, {
    log,
    now: () => Date.now(),
    sleep: async (milliseconds) => {
      await wait(milliseconds);
    },
    sha256Hex: (text) => createHash('sha256').update(text).digest('hex'),
    writeId: () => randomUUID(),
  });
  made = { ports, configuration };
  return made;
}
