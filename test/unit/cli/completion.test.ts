// Completion as the shells get it, and the documentation of every verb: both follow the program's own definition.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readProjectFile } from '../../tidy/project-files.ts';

const COMMAND_LINE = join(import.meta.dirname, '..', '..', '..', 'cli', 'main.ts');

function weir(...args: string[]): { readonly status: number | null; readonly out: string; readonly error: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND_LINE, ...args], { encoding: 'utf8' });
  return { status, out: stdout, error: stderr };
}

interface Verb {
  readonly path: string;
  readonly options: readonly { readonly flags: readonly string[] }[];
}

const verbs: readonly Verb[] = JSON.parse(weir('--json', 'completion', 'bash').out);

/** What bash offers for the last of these words. */
function complete(script: string, ...words: string[]): readonly string[] {
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const run = `${script}\nCOMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _weir; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', run], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout
    .trim()
    .split('\n')
    .filter((word) => word !== '');
}

test('bash completes verbs, verbs below verbs, and options wherever they stand', () => {
  const { out } = weir('completion', 'bash');
  expect(complete(out, 'weir', 'ro')).toEqual(['rollback']);
  expect(complete(out, 'weir', 'remediation', '')).toEqual(expect.arrayContaining(['list', 'approve', 'reject']));
  expect(complete(out, 'weir', 'rollback', 'prod/orders', '--re')).toEqual(['--reason', '--region']);
  expect(complete(out, 'weir', '--stage', 'prod', 'status', 'prod/orders', '--w')).toEqual(['--watch']);
  expect(complete(out, 'weir', 'rollback', 'prod/orders', '--reason', '')).toEqual([]);
  expect(complete(out, 'weir', 'apply', '-f', join(import.meta.dirname, 'compl'))).toEqual([join(import.meta.dirname, 'completion.test.ts')]);
});

test.each(['zsh', 'fish'])('the script for %s names every verb and option', (shell) => {
  const { out, status } = weir('completion', shell);
  expect(status).toBe(0);
  for (const { path, options } of verbs) {
    expect(out).toContain(path);
    for (const flag of options.flatMap(({ flags }) => flags)) expect(out).toContain(shell === 'fish' ? flag.replace(/^--?/, '') : flag);
  }
});

test('a shell there is no completion for is wrong usage', () => {
  expect(weir('completion', 'tcsh')).toMatchObject({ status: 2, error: 'weir: there is completion for bash, zsh, fish, not for tcsh\n' });
});

test('docs/cli.md has every verb, with an example', () => {
  const text = readProjectFile('docs/cli.md');
  const headings = [...text.matchAll(/^### (.*)$/gm)].flatMap(([, heading = '']) => heading.split(', '));
  const named = verbs.map(({ path }) => path).filter((path) => path !== '' && !path.includes(' '));
  expect(named.filter((verb) => !headings.includes(`weir ${verb}`))).toEqual([]);
  const examples = [...text.matchAll(/```text\n([\s\S]*?)```/g)].map(([, block = '']) => block).join('\n');
  expect(named.filter((verb) => !new RegExp(`^weir (?:--json )?${verb}\\b`, 'm').test(examples))).toEqual([]);
});

test('every verb that changes something takes --dry-run', () => {
  const reading = new Set([
    'status',
    'explain',
    'history',
    'events',
    'services',
    'replay',
    'plan',
    'verify',
    'diff',
    'doctor',
    'completion',
    'migrate',
    'rehearse',
    'dashboard',
    'local',
    'breaker',
    'remediation',
  ]);
  const changing = verbs.filter(({ path }) => {
    const [first = '', second = ''] = path.split(' ');
    if (first === 'breaker' || first === 'remediation') return second !== '' && second !== 'show' && second !== 'list';
    return path !== '' && !reading.has(first);
  });
  expect(changing.map(({ path }) => path)).toEqual(expect.arrayContaining(['apply', 'deploy', 'abort', 'rollback', 'breaker open', 'remediation approve']));
  expect(changing.filter(({ options }) => !options.some(({ flags }) => flags.includes('--dry-run'))).map(({ path }) => path)).toEqual([]);
});
