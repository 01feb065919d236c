#!/usr/bin/env node
// The `weir` command: hands over to cli/main.ts on a Node that runs TypeScript.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from './launch.mjs';

const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)));
// A rehearsal makes a region's worth of objects that die with it: with room for them, few are ever copied.
const memory = process.argv.includes('rehearse') ? ['--min-semi-space-size=64', '--max-semi-space-size=128'] : [];
// What Node compiles of the sources is kept: without it half a second of every command.
launch([...memory, join(projectRoot, 'cli', 'main.ts'), ...process.argv.slice(2)], { NODE_COMPILE_CACHE: join(projectRoot, 'node_modules', '.cache', 'weir') });
