#!/usr/bin/env node
// The `weir` command: hands over to cli/main.ts on a Node that runs TypeScript.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from './launch.mjs';

launch([join(dirname(dirname(fileURLToPath(import.meta.url))), 'cli', 'main.ts'), ...process.argv.slice(2)]);
