// The part of the Dockerfile language that needs no container to build: copying files and stating how to start. Everything
// else is refused by line, so that no image differs silently from what docker would build.
import { posix } from 'node:path';
import picomatch from 'picomatch';
import { dockerfileError, type Instruction, jsonForm, pairs, readInstructions, splitWords } from './dockerfile-lines.ts';
import type { ImageCopy, ImageRecipe, SourceFile } from './image.ts';

const OFFERED = 'FROM, WORKDIR, ENV, COPY, CMD, ENTRYPOINT, EXPOSE, LABEL';

interface Draft {
  workingDirectory: string;
  entrypoint: readonly string[] | undefined;
  command: readonly string[] | undefined;
  seenFrom: boolean;
  readonly copies: Map<string, ImageCopy>;
  /** Folders known to be in the image, so that `COPY file place` knows whether place is a folder. */
  readonly folders: Set<string>;
  readonly environment: Map<string, string>;
  readonly exposedPorts: Set<string>;
  readonly labels: Map<string, string>;
  readonly notes: string[];
}

/**
 * Reads a Dockerfile against the folder's files.
 * @throws ImageError naming the line that cannot be done here.
 */
export function readDockerfile(text: string, files: readonly SourceFile[]): ImageRecipe {
  const draft: Draft = {
    workingDirectory: '/',
    entrypoint: undefined,
    command: undefined,
    seenFrom: false,
    copies: new Map(),
    folders: new Set(['/']),
    environment: new Map(),
    exposedPorts: new Set(),
    labels: new Map(),
    notes: [],
  };
  for (const instruction of readInstructions(text)) apply(draft, instruction, files);
  const { workingDirectory, entrypoint, command, environment, labels, notes } = draft;
  return { workingDirectory, entrypoint, command, environment, labels, notes, copies: [...draft.copies.values()], exposedPorts: [...draft.exposedPorts] };
}

function apply(draft: Draft, instruction: Instruction, files: readonly SourceFile[]): void {
  if (!['FROM', 'CMD', 'ENTRYPOINT'].includes(instruction.keyword)) refuseVariables(instruction);
  switch (instruction.keyword) {
    case 'FROM':
      applyFrom(draft, instruction);
      return;
    case 'WORKDIR':
      draft.workingDirectory = resolved(draft, splitWords(instruction).join(' '));
      addFolder(draft, draft.workingDirectory);
      return;
    case 'ENV':
      for (const [name, value] of pairs(instruction)) draft.environment.set(name, value);
      return;
    case 'LABEL':
      for (const [name, value] of pairs(instruction)) draft.labels.set(name, value);
      return;
    case 'EXPOSE':
      for (const port of splitWords(instruction)) {
        if (!/^\d{1,5}(\/(tcp|udp))?$/.test(port)) throw dockerfileError(instruction, `EXPOSE takes a port like 8080 or 53/udp, not ${port}`);
        draft.exposedPorts.add(port.includes('/') ? port : `${port}/tcp`);
      }
      return;
    case 'CMD':
      draft.command = jsonForm(instruction);
      return;
    case 'ENTRYPOINT':
      draft.entrypoint = jsonForm(instruction);
      return;
    case 'COPY':
      applyCopy(draft, instruction, files);
      return;
    default:
      throw dockerfileError(
        instruction,
        `${instruction.keyword} needs a container build, which the local AWS does not do (it takes ${OFFERED}). Build with docker and push with \`docker push\`, or prepare the files first.`,
      );
  }
}

function applyFrom(draft: Draft, instruction: Instruction): void {
  if (draft.seenFrom) throw dockerfileError(instruction, 'a second FROM (a multi-stage build) needs a container build, which the local AWS does not do');
  draft.seenFrom = true;
  const [base = ''] = splitWords(instruction).filter((word) => !word.startsWith('--'));
  if (base === '') throw dockerfileError(instruction, 'FROM names no image');
  if (base === 'scratch') return;
  draft.notes.push(
    `Dockerfile line ${instruction.line}: FROM ${base} is ignored. The image holds only the copied files, and its command runs with the programs of the machine the task is started on.`,
  );
}

/** Build-time substitution would make an image depend on what is not in the file. */
function refuseVariables(instruction: Instruction): void {
  if (/(^|[^\\])\$[A-Za-z_{]/.test(instruction.rest))
    throw dockerfileError(instruction, `variables ($NAME) are not substituted in ${instruction.keyword}; write the value`);
}

function resolved(draft: Draft, path: string): string {
  return posix.resolve('/', draft.workingDirectory, path === '' ? '.' : path);
}

function addFolder(draft: Draft, path: string): void {
  for (let folder = path; folder !== '/'; folder = posix.dirname(folder)) draft.folders.add(folder);
}

function applyCopy(draft: Draft, instruction: Instruction, files: readonly SourceFile[]): void {
  const words = instruction.rest.startsWith('[') ? jsonForm(instruction) : splitWords(instruction);
  const flag = words.find((word) => word.startsWith('--'));
  if (flag !== undefined) throw dockerfileError(instruction, `COPY ${flag} is not offered: files belong to user 0 and keep only whether they are executable`);
  const destination = words.pop();
  if (destination === undefined || words.length === 0) throw dockerfileError(instruction, 'COPY needs a source and a destination');
  const to = resolved(draft, destination);
  const sources = words.flatMap((source) => matchSources(instruction, source, files));
  const intoFolder = destination.endsWith('/') || draft.folders.has(to);
  if (sources.length > 1 && !intoFolder) throw dockerfileError(instruction, `COPY of several files needs a folder as destination: write ${destination}/`);
  for (const source of sources) copySource(draft, source, files, to, intoFolder);
}

/** '.' stands for the whole folder. */
function matchSources(instruction: Instruction, source: string, files: readonly SourceFile[]): (SourceFile | '.')[] {
  const path = posix.normalize(source).replace(/^\/+|\/+$/g, '');
  if (path === '..' || path.startsWith('../')) throw dockerfileError(instruction, `COPY ${source} lies outside the folder`);
  if (path === '' || path === '.') return ['.'];
  const matches = picomatch(path, { dot: true, nobrace: true, noextglob: true, nonegate: true });
  const exact = files.find((file) => file.path === path);
  const found = exact === undefined ? files.filter((file) => matches(file.path)) : [exact];
  if (found.length === 0) throw dockerfileError(instruction, `COPY ${source}: there is no such file in the folder (or .dockerignore leaves it out)`);
  return found;
}

function copySource(draft: Draft, source: SourceFile | '.', files: readonly SourceFile[], to: string, intoFolder: boolean): void {
  const add = (file: SourceFile, place: string): void => {
    addFolder(draft, file.kind === 'folder' ? place : posix.dirname(place));
    draft.copies.set(place, { file, to: place });
  };
  if (source !== '.' && source.kind !== 'folder') {
    add(source, intoFolder ? posix.join(to, posix.basename(source.path)) : to);
    return;
  }
  // Of a folder the contents are copied, not the folder itself.
  const prefix = source === '.' ? '' : `${source.path}/`;
  addFolder(draft, to);
  for (const file of files) if (file.path.startsWith(prefix)) add(file, posix.join(to, file.path.slice(prefix.length)));
}
