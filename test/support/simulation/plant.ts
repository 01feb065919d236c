// Puts a planted bug into a region: around the calls of Weir's functions, and into a copy of the compiled template.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dispatcher } from '../../../localaws/endpoint/dispatcher.ts';
import type { AwsShape } from '../../../localaws/region.ts';
import type { PlantedBug } from './planted-bugs.ts';

/** The interceptor that puts the bug into Weir's calls. */
export function plantInCalls(bug: PlantedBug): Parameters<Dispatcher['intercept']>[0] {
  return async (call, input, next) => {
    const isWeir = call.principal.kind === 'role' && /weir-dev-/.test(call.principal.sessionName);
    if (!isWeir) return next();
    if (bug.ask?.(call, input) === 'swallow') return {};
    const answer = await next();
    return bug.answer?.(call, input, answer) ?? answer;
  };
}

const planted = new Map<string, string>();

/** The file of the template with the bug in it; the file itself when the bug is not in the state machine. */
export function plantInTemplate(templateFile: string, bug: PlantedBug): string {
  if (bug.machine === undefined) return templateFile;
  const known = planted.get(bug.name);
  if (known !== undefined) return known;
  const template = JSON.parse(readFileSync(templateFile, 'utf8')) as { Resources: Record<string, AwsShape> };
  for (const resource of Object.values(template.Resources)) {
    if (resource['Type'] === 'AWS::StepFunctions::StateMachine') bug.machine(resource['Properties']['Definition']['States']);
  }
  const file = join(mkdtempSync(join(tmpdir(), 'weir-planted-')), 'template.json');
  writeFileSync(file, JSON.stringify(template));
  planted.set(bug.name, file);
  return file;
}
