// What really runs for a container: the image's and the task definition's command, mapped into the unpacked root. There is
// no chroot here; a program sees this machine, but its own paths in its command line are those of the image.
import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, posix, sep } from 'node:path';
import type { AwsShape } from '../../region.ts';
import type { StoredImage } from './image-store.ts';
import { StartFailure } from './task-runtime.ts';

export interface ContainerCommand {
  readonly executable: string;
  readonly args: readonly string[];
  readonly cwd: string;
}

/** @throws StartFailure CannotStartContainerError. */
export function containerCommand(image: StoredImage, definition: AwsShape): ContainerCommand {
  const entryPoint = textsOf(definition['entryPoint']);
  const command = textsOf(definition['command']);
  const imageEntrypoint = textsOf(image.config['Entrypoint']);
  // As Docker does: an entry point of one's own also drops the image's command.
  const imageCommand = entryPoint.length > 0 ? [] : textsOf(image.config['Cmd']);
  const argv = [...(entryPoint.length > 0 ? entryPoint : imageEntrypoint), ...(command.length > 0 ? command : imageCommand)];
  const cwd = workingDirectory(image, definition);
  return resolveCommand(image, argv, cwd);
}

/** A command line in the container: the health check's, or its own. @throws StartFailure CannotStartContainerError. */
export function resolveCommand(image: StoredImage, argv: readonly string[], cwd: string): ContainerCommand {
  const [program, ...rest] = argv;
  if (program === undefined || program === '') {
    throw new StartFailure(
      'CannotStartContainerError',
      'Error response from daemon: no command specified: neither the image nor the task definition names one',
    );
  }
  const executable = findExecutable(image, program, cwd);
  if (executable === undefined) {
    throw new StartFailure(
      'CannotStartContainerError',
      `failed to create task for container: exec: "${program}": executable file not found in $PATH, neither in the image nor on this machine`,
    );
  }
  return { executable, args: rest.map((argument) => mappedArgument(image, argument)), cwd };
}

function workingDirectory(image: StoredImage, definition: AwsShape): string {
  const given: unknown = definition['workingDirectory'] ?? image.config['WorkingDir'];
  const path = typeof given === 'string' && given !== '' ? posix.resolve('/', given) : '/';
  const cwd = join(image.rootDirectory, path);
  mkdirSync(cwd, { recursive: true });
  return cwd;
}

/** An absolute path of the image, where the image has it; every other argument as it is. */
function mappedArgument(image: StoredImage, argument: string): string {
  if (!isAbsolute(argument)) return argument;
  const mapped = join(image.rootDirectory, posix.resolve('/', argument));
  return existsSync(mapped) ? mapped : argument;
}

function findExecutable(image: StoredImage, program: string, cwd: string): string | undefined {
  if (isAbsolute(program)) {
    const inImage = join(image.rootDirectory, program);
    return isExecutable(inImage) ? inImage : onThisMachine(posix.basename(program));
  }
  if (program.includes('/')) {
    const relative = join(cwd, program);
    return relative.startsWith(image.rootDirectory + sep) && isExecutable(relative) ? relative : undefined;
  }
  for (const directory of imagePath(image)) {
    const inImage = join(image.rootDirectory, directory, program);
    if (isExecutable(inImage)) return inImage;
  }
  return onThisMachine(program);
}

function imagePath(image: StoredImage): string[] {
  const variable = textsOf(image.config['Env']).find((entry) => entry.startsWith('PATH='));
  return (variable?.slice('PATH='.length) ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin').split(':').filter((path) => path !== '');
}

function onThisMachine(program: string): string | undefined {
  const directories = (process.env['PATH'] ?? '').split(delimiter).filter((path) => path !== '');
  return directories.map((directory) => join(directory, program)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

export function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
