// One structured logger per sandbox. Lines carry ids, never manifests' secrets or task environment.
import { Logger } from '@aws-lambda-powertools/logger';
import type { Log } from '#ports/ports.ts';

export const logger = new Logger({ serviceName: 'weir' });

/** The logger as the flows see it. */
export const log: Log = {
  info: (message, details) => logger.info(message, { ...details }),
  warn: (message, details) => logger.warn(message, { ...details }),
};
