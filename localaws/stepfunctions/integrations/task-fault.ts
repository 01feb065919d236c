// The failure of a task's work, before the state has recorded it.

export class TaskFault extends Error {
  readonly errorName: string | undefined;
  readonly causeText: string | undefined;

  constructor(errorName: string | undefined, causeText: string | undefined) {
    super(`${errorName ?? 'no error name'}: ${causeText ?? 'no cause'}`);
    this.name = 'TaskFault';
    this.errorName = errorName;
    this.causeText = causeText;
  }
}
