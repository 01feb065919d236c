// Does a service want this push? Its policy against the tag. Called by the image-pushed subscriber for each subscribed service, and
// by the sweeper through newest-accepted.ts.
import { assertNever } from '#core/deployment/assert-never.ts';
import { type ArtifactKind, notAnImageReason } from './container-image.ts';
import { type Compiled, compileGlob, compileRange, compileRegex, type TagMatcher, tagVersion } from './tag-matcher.ts';

/** Which tags are wanted. */
export type TagRule =
  | { readonly kind: 'exact'; readonly tags: readonly string[] }
  | { readonly kind: 'glob'; readonly globs: readonly string[] }
  | { readonly kind: 'semver'; readonly range: string }
  | { readonly kind: 'regex'; readonly regex: string };

export interface ImagePolicy {
  readonly rule: TagRule;
  /** Globs of tags that are refused whatever the rule says. */
  readonly ignore: readonly string[];
  /** Whether images pushed without a tag are wanted. The parts of a multi-architecture image and many attestations come that way too. */
  readonly acceptUntagged: boolean;
}

/** One push: an image under one tag, or without any. */
export interface Push extends ArtifactKind {
  readonly tag: string | undefined;
}

/** `rule` says which rule let it in, `reason` why it is not wanted, both for people. */
export type PushVerdict = { readonly accepted: true; readonly rule: string } | { readonly accepted: false; readonly reason: string };

/** Judges one push. Total: a policy that does not compile accepts nothing and says why. */
export function judgePush(policy: ImagePolicy, push: Push): PushVerdict {
  return compilePolicy(policy)(push);
}

/** The policy as a function, for judging many pushes: patterns are compiled once. */
export function compilePolicy(policy: ImagePolicy): (push: Push) => PushVerdict {
  const rule = compileRule(policy.rule);
  if (!rule.ok) return () => refused(`the policy itself is wrong: ${rule.problem}`);
  const ignored = compileAll(policy.ignore);
  if (!ignored.ok) return () => refused(`the policy itself is wrong: ${ignored.problem}`);
  return ({ tag, ...kind }) => {
    const other = notAnImageReason(kind, tag);
    if (other !== undefined) return refused(other);
    if (tag === undefined) return policy.acceptUntagged ? { accepted: true, rule: 'untagged' } : refused('it was pushed without a tag');
    const index = ignored.matchers.findIndex((matches) => matches(tag));
    if (index >= 0) return refused(`tag ${tag} is ignored by ${policy.ignore[index]}`);
    return rule.matches(tag) ? { accepted: true, rule: describeRule(policy.rule) } : refused(missReason(policy.rule, tag));
  };
}

/** Why a rule can never be used, for the manifest's parser; undefined when it can. */
export function tagRuleProblem(rule: TagRule): string | undefined {
  const compiled = compileRule(rule);
  return compiled.ok ? undefined : compiled.problem;
}

function describeRule(rule: TagRule): string {
  switch (rule.kind) {
    case 'exact':
      return `exact ${rule.tags.join(', ')}`;
    case 'glob':
      return `glob ${rule.globs.join(', ')}`;
    case 'semver':
      return `semver ${rule.range}`;
    case 'regex':
      return `regex ${rule.regex}`;
    default:
      return assertNever(rule);
  }
}

function missReason(rule: TagRule, tag: string): string {
  if (rule.kind === 'semver' && tagVersion(tag) === undefined) return `tag ${tag} is not a semantic version`;
  return `tag ${tag} does not match ${describeRule(rule)}`;
}

function refused(reason: string): PushVerdict {
  return { accepted: false, reason };
}

function compileRule(rule: TagRule): Compiled {
  switch (rule.kind) {
    case 'exact': {
      const tags = new Set(rule.tags);
      return { ok: true, matches: (tag) => tags.has(tag) };
    }
    case 'glob': {
      const globs = compileAll(rule.globs);
      return globs.ok ? { ok: true, matches: (tag) => globs.matchers.some((matches) => matches(tag)) } : globs;
    }
    case 'semver':
      return compileRange(rule.range);
    case 'regex':
      return compileRegex(rule.regex);
    default:
      return assertNever(rule);
  }
}

/** The globs' matchers, in the same order, or the first problem. */
function compileAll(
  globs: readonly string[],
): { readonly ok: true; readonly matchers: readonly TagMatcher[] } | { readonly ok: false; readonly problem: string } {
  const matchers: TagMatcher[] = [];
  for (const glob of globs) {
    const compiled = compileGlob(glob);
    if (!compiled.ok) return compiled;
    matchers.push(compiled.matches);
  }
  return { ok: true, matchers };
}
