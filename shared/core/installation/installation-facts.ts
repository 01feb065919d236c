// What was read of Weir itself in one account and region, for `weir doctor`.

export interface InstallationFacts {
  readonly stackName: string;
  /** undefined: there is no such stack. */
  readonly stack: { readonly status: string; readonly version: string | undefined } | undefined;
  /** Of the stack's functions, those that Lambda does not know, or that it says have failed. */
  readonly functions: readonly { readonly name: string; readonly state: string }[];
  readonly rules: readonly { readonly name: string; readonly enabled: boolean }[];
  readonly queues: readonly { readonly name: string; readonly messages: number }[];
  readonly tables: readonly { readonly name: string; readonly status: string }[];
  readonly alarms: readonly { readonly name: string; readonly state: string; readonly reason: string }[];
  readonly stateMachines: readonly { readonly name: string; readonly failedLately: number }[];
}
