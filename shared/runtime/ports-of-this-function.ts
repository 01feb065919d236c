// The adapters of this sandbox, made once and kept while it is warm.
import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Ports } from '#ports/ports.ts';
import { composePorts, type Surroundings } from './compose-ports.ts';
import { type Configuration, readConfiguration } from './configuration.ts';
import { log } from './logger.ts';
import { observedDeployments, observedServices } from './observed-stores.ts';
import { traceClient } from './tracing.ts';

/** What a function's code finds around it. */
export interface Sandbox {
  readonly ports: Ports;
  readonly configuration: Configuration;
}

let made: Sandbox | undefined;
let find: () => Sandbox = sandboxOfThisProcess;

/** @throws Error when the function's environment is incomplete */
export function portsOfThisFunction(): Sandbox {
  return find();
}

/** For a process that runs many functions beside each other: from now on it says which one's sandbox a handler is in. */
export function findSandboxWith(given: () => Sandbox): void {
  find = given;
}

function sandboxOfThisProcess(): Sandbox {
  if (made !== undefined) return made;
  const configuration = readConfiguration(process.env);
  const surroundings: Surroundings = {
    log,
    now: () => Date.now(),
    sleep: async (milliseconds) => {
      await wait(milliseconds);
    },
    sha256Hex: (text) => createHash('sha256').update(text).digest('hex'),
    writeId: () => randomUUID(),
  };
  const observe = { client: traceClient, services: observedServices, deployments: observedDeployments };
  const ports = composePorts(configuration, surroundings, { observe });
  made = { ports, configuration };
  return made;
}
