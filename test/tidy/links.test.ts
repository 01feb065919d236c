import { existsSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { projectFiles, projectRoot, readProjectFile } from './project-files.ts';

const documents = projectFiles('*.md', '{docs,examples}/**/*.md');

interface Link {
  readonly path: string;
  readonly anchor: string | undefined;
}

/** Relative links of a document outside of its code blocks. */
function linksOf(document: string): readonly Link[] {
  const prose = withoutCode(readProjectFile(document));
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? '')
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = '', anchor] = target.split('#');
      return { path: path === '' ? document : posix.normalize(posix.join(posix.dirname(document), decodeURI(path))), anchor };
    });
}

function withoutCode(text: string): string {
  return text.replace(/^ *```[\s\S]*?^ *```/gm, '');
}

/** Anchors as GitHub makes them of headings. */
function anchorsOf(document: string): readonly string[] {
  return [...withoutCode(readProjectFile(document)).matchAll(/^#+ (.+)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}

describe('the documentation', () => {
  test('has the documents that others point at', () => {
    expect(documents).toEqual(expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'docs/architecture.md', 'docs/trace.md']));
  });

  test.each(documents)('%s links only to files that exist', (document) => {
    const broken = linksOf(document).filter(({ path }) => !existsSync(join(projectRoot, path)));
    expect(broken).toEqual([]);
  });

  test.each(documents)('%s links only to headings that exist', (document) => {
    const anchored = linksOf(document).filter(({ path, anchor }) => anchor !== undefined && path.endsWith('.md') && statSync(join(projectRoot, path)).isFile());
    expect(anchored.filter(({ path, anchor }) => !anchorsOf(path).includes(anchor ?? ''))).toEqual([]);
  });

  test('traces an image push to a canary in at most ten hops, each with a link', () => {
    const hops = readProjectFile('docs/trace.md')
      .split(/^(?=\d+\. )/m)
      .slice(1);
    expect(hops.length).toBeGreaterThan(0);
    expect(hops.length).toBeLessThanOrEqual(10);
    expect(hops.filter((hop) => !/\]\(\.\.\//.test(hop))).toEqual([]);
  });

  test('lists every decision in the order of its number', () => {
    const decisions = projectFiles('docs/adr/*.md').filter((file) => !file.endsWith('README.md'));
    expect(decisions.map((file) => Number(posix.basename(file).slice(0, 4)))).toEqual(decisions.map((_, index) => index + 1));
    expect(linksOf('docs/adr/README.md').map((link) => link.path)).toEqual(decisions);
  });
});
