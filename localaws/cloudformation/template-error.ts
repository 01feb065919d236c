// What is wrong with a template, or with making one of its resources. Says what had been made before, for nothing is undone.

/** A resource that was made (or, like a bucket, only given a name). */
export interface MadeResourceName {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
}

export class TemplateError extends Error {
  /** The resource, parameter or output at fault; undefined when the template as a whole is. */
  readonly logicalId: string | undefined;
  readonly made: readonly MadeResourceName[];

  constructor(message: string, options: { logicalId?: string; made?: readonly MadeResourceName[]; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TemplateError';
    this.logicalId = options.logicalId;
    this.made = options.made ?? [];
  }
}
