// The page's files: bundled in memory when the dashboard starts, so that what is served is always the source beside it.
import { join } from 'node:path';
import { build } from 'esbuild';

export interface PageFile {
  readonly type: string;
  readonly content: Uint8Array;
}

const PAGE = join(import.meta.dirname, '..', 'page');

/** By path, such as `/app.js`. */
export async function bundlePage(): Promise<ReadonlyMap<string, PageFile>> {
  const { outputFiles } = await build({
    entryPoints: [{ in: join(PAGE, 'app.tsx'), out: 'app' }],
    outdir: '/',
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'silent',
  });
  const files = outputFiles.map(({ path, contents }): [string, PageFile] => {
    const isScript = path.endsWith('.js');
    return [isScript ? '/app.js' : '/app.css', { type: isScript ? 'text/javascript; charset=utf-8' : 'text/css; charset=utf-8', content: contents }];
  });
  return new Map([...files, ['/', { type: 'text/html; charset=utf-8', content: new TextEncoder().encode(document) }]]);
}

const document = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Weir</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M1 5h6l3 6h5' fill='none' stroke='%231a7f6b' stroke-width='2.5' stroke-linecap='round' stroke-linejoin='round'/%3E%3C/svg%3E">
<link rel="stylesheet" href="/app.css">
<script type="module" src="/app.js"></script>
</head>
<body><div id="app"></div><noscript>The dashboard needs JavaScript. weir status shows the same in a terminal.</noscript></body>
</html>
`;
