import { expect, test } from '@jest/globals';
import { startLocalAws } from '#localaws/start-local-aws.ts';
import { readProjectFile } from './project-files.ts';

test('docs/local-aws.md lists the operations of every service, and no other', async () => {
  const documented = Object.fromEntries(
    readProjectFile('docs/local-aws.md')
      .split(/^### /m)
      .slice(1)
      .map((section) => {
        const list = /\nOperations: ([\s\S]*?)(?:\n\n|$)/.exec(section)?.[1] ?? '';
        return [/^[^\n]*\(`([^`]+)`\)/.exec(section)?.[1] ?? '', [...list.matchAll(/`(\w+)`/g)].map((match) => match[1] ?? '').toSorted()];
      }),
  );
  const localAws = await startLocalAws({ clock: { kind: 'virtual' } });
  try {
    const offered = localAws.dispatcher.services().map((service) => [service.name, Object.keys(service.operations).toSorted()] as const);
    expect(documented).toEqual(Object.fromEntries(offered));
  } finally {
    await localAws.close();
  }
});
