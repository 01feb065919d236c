// A finding of verify or doctor in two lines for a person: what is wrong, and what to do about it.
import type { Finding } from '#core/verify/verify-facts.ts';

export function describeFinding({ level, check, problem, remedy }: Finding): readonly string[] {
  return [`  ${level === 'fault' ? 'FAULT  ' : 'WARNING'} ${check}: ${problem}`, `          remedy: ${remedy}`];
}
