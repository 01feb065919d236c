// Writes schema/weir.schema.json from the manifest's schema. Run it after changing the manifest: node bin/launch.mjs build/write-schema.ts
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifestJsonSchema } from '#contracts/manifest-json-schema.ts';

const projectRoot = join(import.meta.dirname, '..');
const file = join(projectRoot, 'schema', 'weir.schema.json');

mkdirSync(join(projectRoot, 'schema'), { recursive: true });
writeFileSync(file, `${JSON.stringify(manifestJsonSchema(), null, 2)}\n`);
execFileSync(process.execPath, [join(projectRoot, 'node_modules', '@biomejs', 'biome', 'bin', 'biome'), 'format', '--write', file], {
  cwd: projectRoot,
  stdio: ['ignore', 'ignore', 'inherit'],
});
