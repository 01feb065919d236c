// The warnings ValidateStateMachineDefinition has for JSONPath states: texts that look like paths where no path is read.
import { isObject, type Json } from '../evaluation/json.ts';
import type { RawState } from './check-state.ts';
import type { Findings } from './diagnostics.ts';

const LOOKS_LIKE_PATH = /^(\$(\.|\[|\$)|States\.[A-Za-z]+\()/;

export function warnAboutPaths(state: RawState, location: string, findings: Findings): void {
  for (const field of ['Parameters', 'ResultSelector']) {
    each(state[field], `${location}/${field}`, (key, at) => {
      if (!key.endsWith('.$'))
        findings.warning('NO_DOLLAR', at, 'The field value looks like a path or an intrinsic function, but the field name does not end with ".$"');
    });
  }
  if (state['Type'] !== 'Pass') return;
  each(state['Result'], `${location}/Result`, (_key, at) => {
    findings.warning('PASS_RESULT_IS_STATIC', at, 'The result of a Pass state is static: paths in it are not read');
  });
}

/** Visits every text of a value that looks like a path. */
function each(value: Json | undefined, location: string, visit: (key: string, location: string) => void): void {
  if (typeof value === 'string') {
    if (LOOKS_LIKE_PATH.test(value)) visit(location.slice(location.lastIndexOf('/') + 1), location);
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) each(item, `${location}[${index}]`, visit);
  } else if (isObject(value)) {
    for (const [key, member] of Object.entries(value)) each(member, `${location}/${key}`, visit);
  }
}
