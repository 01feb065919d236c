// What a check of a definition has to say, in the shape of ValidateStateMachineDefinition.

export interface Diagnostic {
  readonly severity: 'ERROR' | 'WARNING';
  readonly code: string;
  readonly message: string;
  /** JSON pointer style: `/States/Name/Field`. */
  readonly location: string;
}

/** Collects diagnostics while a definition is walked. */
export interface Findings {
  readonly all: readonly Diagnostic[];
  /** SCHEMA_VALIDATION_FAILED. */
  schema(location: string, message: string): void;
  error(code: string, location: string, message: string): void;
  warning(code: string, location: string, message: string): void;
}

export function createFindings(): Findings {
  const all: Diagnostic[] = [];
  const error = (code: string, location: string, message: string): void => {
    all.push({ severity: 'ERROR', code, message, location });
  };
  return {
    all,
    error,
    schema: (location, message) => error('SCHEMA_VALIDATION_FAILED', location, message),
    warning: (code, location, message) => {
      all.push({ severity: 'WARNING', code, message, location });
    },
  };
}

/** The message of an InvalidDefinition error: every error with its place. */
export function invalidDefinitionMessage(diagnostics: readonly Diagnostic[]): string {
  const texts = diagnostics.filter(({ severity }) => severity === 'ERROR').map(({ code, message, location }) => `${code}: ${message} at ${location}`);
  return `Invalid State Machine Definition: '${texts.join(', ')}'`;
}
