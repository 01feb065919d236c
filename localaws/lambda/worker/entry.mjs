// Where a function's worker thread begins. JavaScript, because the compile cache has to be on before the first TypeScript is read.
import { enableCompileCache } from 'node:module';
import { workerData } from 'node:worker_threads';

if (workerData.compileCache !== undefined) enableCompileCache(workerData.compileCache);
await import('./bootstrap.ts');
