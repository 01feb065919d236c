// weir local push DIR: makes an OCI image of a folder and pushes it to the local registry, as docker push would.
import type { Command } from 'commander';
import { ImageError } from '#localaws/image/image.ts';
import { pushImage } from '#localaws/image/push-image.ts';
import { CommandFailure } from '../command-failure.ts';
import { globalOptions, print } from '../global-options.ts';

/** Where `weir local up` listens when it is not told otherwise. */
export const DEFAULT_ENDPOINT = 'http://127.0.0.1:4566';

export function registerPush(local: Command): void {
  local
    .command('push')
    .description('push a folder as an image to the local registry')
    .argument('<directory>', 'folder with a weir.image.json or a Dockerfile')
    .requiredOption('--repository <name>', 'repository, for example team/orders')
    .requiredOption('--tag <tag>', 'tag, for example 2.0.0')
    .addHelpText('after', '\nExample:\n  weir local push examples/orders/v2 --repository team/orders --tag 2.0.0')
    .action(async (directory: string, options: { repository: string; tag: string }, command: Command) => {
      const globals = globalOptions(command);
      try {
        const pushed = await pushImage({ endpointUrl: globals.endpointUrl ?? DEFAULT_ENDPOINT, directory, ...options });
        print(globals.json, pushed, () => [
          ...pushed.notes.map((note) => `note: ${note}`),
          `pushed ${options.repository}:${options.tag} (${pushed.digest}, ${pushed.bytes} bytes)`,
        ]);
      } catch (error) {
        if (error instanceof ImageError) throw new CommandFailure(error.message);
        throw error;
      }
    });
}
