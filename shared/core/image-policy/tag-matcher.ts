// Compiles globs, regular expressions and semantic version ranges into matchers of tags. Patterns come from manifests and tags
// from whoever may push, so matching must take linear time whatever both say: everything with a repetition runs on RE2.
import picomatch from 'picomatch';
import { RE2JS } from 're2js';
import semver from 'semver';

/** Longest glob, regular expression or version range. */
export const PATTERN_LENGTH_MAX = 200;

/** Whether a tag matches. */
export type TagMatcher = (tag: string) => boolean;

export type Compiled = { readonly ok: true; readonly matches: TagMatcher } | { readonly ok: false; readonly problem: string };

/**
 * What picomatch puts before wildcards so that they match neither nothing nor `.` nor `..`. A tag is never empty and cannot begin
 * with a dot, so the guards decide nothing here, and RE2 has no look-ahead.
 */
const pathGuards = ['(?!(?:^|\\/)\\.{1,2}(?:\\/|$))', '(?!\\.{1,2}(?:\\/|$))', '(?=.)'];

/** Globs over whole tags: `*` any text, `?` one character, `[a-z]` one of, `{a,b}` one of several. */
export function compileGlob(glob: string): Compiled {
  const problem = lengthProblem(glob);
  if (problem !== undefined) return { ok: false, problem };
  try {
    const { source } = picomatch.makeRe(glob, { dot: true, noextglob: true, noglobstar: true, nonegate: true, strictBrackets: true });
    const pattern = RE2JS.compile(pathGuards.reduce((text, guard) => text.replaceAll(guard, ''), source));
    return { ok: true, matches: (tag) => pattern.testExact(tag) };
  } catch (error) {
    return { ok: false, problem: `${quote(glob)} is not a glob: ${messageOf(error)}` };
  }
}

/** A regular expression in RE2 syntax (no look-around, no back-references) that must match the whole tag. */
export function compileRegex(regex: string): Compiled {
  const problem = lengthProblem(regex);
  if (problem !== undefined) return { ok: false, problem };
  try {
    const pattern = RE2JS.compile(regex);
    return { ok: true, matches: (tag) => pattern.testExact(tag) };
  } catch (error) {
    return { ok: false, problem: `${quote(regex)} is not a regular expression in RE2 syntax: ${messageOf(error)}` };
  }
}

/** A range as npm writes them. Pre-releases match only a range that names one of the same version, as npm has it. */
export function compileRange(text: string): Compiled {
  const problem = lengthProblem(text);
  if (problem !== undefined) return { ok: false, problem };
  const range = semver.validRange(text) === null ? undefined : new semver.Range(text);
  if (range === undefined) return { ok: false, problem: `${quote(text)} is not a range of semantic versions` };
  return {
    ok: true,
    matches: (tag) => {
      const version = tagVersion(tag);
      return version !== undefined && range.test(version);
    },
  };
}

/** The semantic version a tag names, with or without a leading `v`; undefined for anything else, `1.2` included. */
export function tagVersion(tag: string): string | undefined {
  if (!/^v?[0-9]/.test(tag)) return undefined;
  return semver.parse(tag)?.version;
}

function lengthProblem(pattern: string): string | undefined {
  if (pattern.length === 0) return 'a pattern must not be empty';
  return pattern.length > PATTERN_LENGTH_MAX ? `a pattern may have at most ${PATTERN_LENGTH_MAX} characters, got ${pattern.length}` : undefined;
}

function quote(text: string): string {
  return JSON.stringify(text);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'it cannot be read';
}
