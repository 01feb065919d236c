// The code of a function: a zip, checked and extracted once, shared by all functions that were given the same bytes.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { type Unzipped, unzipSync } from 'fflate';
import { AwsError } from '../endpoint/aws-error.ts';
import { UNZIPPED_BYTES_MAX, ZIP_BYTES_MAX } from './limits.ts';

export interface CodePackage {
  /** Base64 SHA-256 of the zip. */
  readonly sha256: string;
  readonly size: number;
  /** Where the files lie. */
  readonly directory: string;
}

export interface CodeStore {
  /** @throws AwsError InvalidParameterValueException */
  add(zip: Uint8Array): Promise<CodePackage>;
  /** A directory for functions to take for their home. */
  home(): Promise<string>;
  close(): Promise<void>;
}

/** Scopes of modules that Lambda's Node.js runtimes bring with them. */
const RUNTIME_SCOPES = ['@aws-sdk', '@smithy', '@aws-crypto'];

/** @param kept the directory for extracted code, which outlives the store and may have the code of earlier ones; temporary when absent */
export function createCodeStore(kept?: string): CodeStore {
  let rootMade: Promise<string> | undefined;
  const packages = new Map<string, Promise<CodePackage>>();
  const root = (): Promise<string> => {
    rootMade ??= makeRoot(kept);
    return rootMade;
  };
  return {
    add(zip) {
      if (zip.byteLength > ZIP_BYTES_MAX) {
        throw new AwsError('RequestEntityTooLargeException', `Request must be smaller than ${ZIP_BYTES_MAX} bytes for the CreateFunction operation`, {
          httpStatus: 413,
        });
      }
      const digest = createHash('sha256').update(zip).digest();
      const name = digest.toString('hex');
      const known = packages.get(name);
      if (known !== undefined) return known;
      const added = extract(root, name, digest.toString('base64'), zip);
      packages.set(name, added);
      added.catch(() => packages.delete(name));
      return added;
    },
    home: async () => join(await root(), 'home'),
    async close() {
      if (rootMade !== undefined && kept === undefined) await rm(await rootMade, { recursive: true, force: true });
    },
  };
}

async function makeRoot(kept: string | undefined): Promise<string> {
  const root = kept ?? (await mkdtemp(join(tmpdir(), 'localaws-lambda-')));
  await mkdir(join(root, 'home'), { recursive: true });
  await mkdir(join(root, 'node_modules'), { recursive: true });
  for (const scope of RUNTIME_SCOPES) {
    const found = scopeDirectory(scope);
    if (found !== undefined) await symlink(found, join(root, 'node_modules', scope), 'junction').catch(unless('EEXIST'));
  }
  return root;
}

/** Takes errors of these codes for success: another region that shares the directory was first. */
function unless(...codes: readonly string[]): (error: unknown) => void {
  return (error) => {
    if (!codes.includes(String((error as NodeJS.ErrnoException).code))) throw error;
  };
}

/** Where this project's own copy of a scope is, looked for as Node does. */
function scopeDirectory(scope: string): string | undefined {
  const paths = createRequire(import.meta.url).resolve.paths(scope) ?? [];
  return paths.map((path) => join(path, scope)).find((path) => existsSync(path));
}

async function extract(root: () => Promise<string>, name: string, sha256: string, zip: Uint8Array): Promise<CodePackage> {
  const directory = join(await root(), name);
  const code = { sha256, size: zip.byteLength, directory };
  if (existsSync(directory)) return code;
  const files = unzip(zip);
  const unfinished = await mkdtemp(`${directory}-`);
  try {
    await writeFiles(unfinished, files);
    await rename(unfinished, directory).catch(unless('EEXIST', 'ENOTEMPTY', 'EPERM'));
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return code;
}

async function writeFiles(directory: string, files: Unzipped): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const target = resolve(directory, path);
    if (!target.startsWith(directory + sep)) throw unreadable();
    if (path.endsWith('/')) {
      await mkdir(target, { recursive: true });
      continue;
    }
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
  }
}

function unzip(zip: Uint8Array): Unzipped {
  let bytes = 0;
  let files: Unzipped;
  try {
    files = unzipSync(zip, {
      filter(file) {
        bytes += file.originalSize;
        return bytes <= UNZIPPED_BYTES_MAX;
      },
    });
  } catch {
    throw unreadable();
  }
  if (bytes > UNZIPPED_BYTES_MAX) {
    throw new AwsError('InvalidParameterValueException', `Unzipped size must be smaller than ${UNZIPPED_BYTES_MAX} bytes`);
  }
  if (bytes === 0) throw new AwsError('InvalidParameterValueException', 'Uploaded file must be a non-empty zip');
  return files;
}

function unreadable(): AwsError {
  return new AwsError('InvalidParameterValueException', 'Could not unzip uploaded file. Please check your file, then try to upload again.');
}
