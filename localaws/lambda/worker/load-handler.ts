// Finds and loads the function's handler as Lambda's Node.js runtime does, with its errors.
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isError, runtimeError } from './error-payload.ts';

export type Handler = (event: unknown, context: unknown, callback?: (error: unknown, result?: unknown) => void) => unknown;

const EXTENSIONS = ['', '.js', '.mjs', '.cjs'];
/** The first major whose runtime takes only handlers that return promises. */
const FIRST_WITHOUT_CALLBACKS = 24;
const CALLBACK_MESSAGE =
  'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.';

/** Loads `handler` (`path/file.export`) from the function's directory. @throws Error named as Lambda names it */
export async function loadHandler(directory: string, handler: string, runtime: string): Promise<Handler> {
  if (handler.includes('..')) {
    throw runtimeError(
      'Runtime.MalformedHandlerName',
      `'${handler}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  }
  const parts = /^([^.]*)\.(.*)$/.exec(basename(handler));
  if (parts === null) throw runtimeError('Runtime.MalformedHandlerName', 'Bad handler');
  const [, moduleName = '', exportPath = ''] = parts;
  const module = await loadModule(directory, join(dirname(handler), moduleName));
  const found = pick(module, exportPath) ?? pick((module as { default?: unknown }).default, exportPath);
  if (typeof found === 'undefined') throw runtimeError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  if (typeof found !== 'function') throw runtimeError('Runtime.HandlerNotFound', `${handler} is not a function`);
  const loaded = found as Handler;
  if (loaded.length < 3) return loaded;
  if (Number(/^nodejs(\d+)/.exec(runtime)?.[1]) >= FIRST_WITHOUT_CALLBACKS) throw runtimeError('Runtime.CallbackHandlerDeprecated', CALLBACK_MESSAGE);
  return withCallback(loaded);
}

async function loadModule(directory: string, modulePath: string): Promise<unknown> {
  const file = EXTENSIONS.map((extension) => resolve(directory, `${modulePath}${extension}`)).find(
    (candidate, index) => (index > 0 || !existsSync(`${candidate}/`)) && existsSync(candidate),
  );
  if (file === undefined) {
    throw runtimeError('Runtime.ImportModuleError', `Error: Cannot find module '${modulePath}'\nRequire stack:\n- /var/runtime/index.mjs`);
  }
  try {
    return (await import(pathToFileURL(file).href)) as unknown;
  } catch (error) {
    if (!isError(error)) throw error;
    if (error instanceof SyntaxError) throw runtimeError('Runtime.UserCodeSyntaxError', `SyntaxError: ${error.message}`);
    const code = (error as { code?: unknown }).code;
    if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND') throw runtimeError('Runtime.ImportModuleError', `Error: ${error.message}`);
    throw error;
  }
}

function pick(from: unknown, path: string): unknown {
  let at: unknown = from;
  for (const name of path.split('.')) {
    if ((typeof at !== 'object' && typeof at !== 'function') || at === null) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}

/** Gives an older handler its callback; whichever of callback and promise comes first decides. */
function withCallback(handler: Handler): Handler {
  return (event, context) =>
    new Promise((resolveResult, reject) => {
      const returned = handler(event, context, (error, result) => {
        if (error === undefined || error === null) resolveResult(result);
        else reject(error);
      });
      if (returned instanceof Promise) returned.then(resolveResult, reject);
    });
}
