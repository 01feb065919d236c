import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type ImagePolicy, judgePush, type TagRule, tagRuleProblem } from '#core/image-policy/image-policy.ts';

function policy(rule: TagRule, rest: Partial<ImagePolicy> = {}): ImagePolicy {
  return { rule, ignore: [], acceptUntagged: false, ...rest };
}

const anyTag = policy({ kind: 'glob', globs: ['*'] });
const digestHex = '7f5b2640fe6fb4f46592dfd3410c4a79dac4f89e4782432e0378abcd1234abcd';

/** Characters a tag may have. Source: OCI distribution specification, `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`. */
const tags = fc.stringMatching(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/);

describe('which tags a rule accepts', () => {
  test.each<[TagRule, string, boolean]>([
    [{ kind: 'exact', tags: ['stable', 'latest'] }, 'stable', true],
    [{ kind: 'exact', tags: ['stable'] }, 'stable-2', false],
    [{ kind: 'exact', tags: ['*'] }, 'stable', false],
    [{ kind: 'glob', globs: ['release-*'] }, 'release-2026.11', true],
    [{ kind: 'glob', globs: ['release-*'] }, 'my-release-1', false],
    [{ kind: 'glob', globs: ['release-*', 'hotfix-*'] }, 'hotfix-', true],
    [{ kind: 'glob', globs: ['v?.*'] }, 'v1.2.3', true],
    [{ kind: 'glob', globs: ['v?.*'] }, 'v12.3', false],
    [{ kind: 'glob', globs: ['{main,release}-*'] }, 'main-3f0c2a9', true],
    [{ kind: 'glob', globs: ['[0-9]*'] }, '1.4', true],
    [{ kind: 'glob', globs: ['[0-9]*'] }, 'one', false],
    [{ kind: 'glob', globs: ['**'] }, 'anything.at-all', true],
    [{ kind: 'glob', globs: ['*.*.*'] }, '1.2', false],
    [{ kind: 'glob', globs: ['1.4'] }, '1x4', false],
    [{ kind: 'glob', globs: ['*-dev'] }, 'x-dev', true],
    [{ kind: 'glob', globs: ['*'] }, 'Main', true],
    [{ kind: 'glob', globs: ['main'] }, 'Main', false],
    [{ kind: 'semver', range: '>=1.0.0 <2' }, '1.8.0', true],
    [{ kind: 'semver', range: '>=1.0.0 <2' }, 'v1.8.0', true],
    [{ kind: 'semver', range: '>=1.0.0 <2' }, '2.0.0', false],
    [{ kind: 'semver', range: '>=1.0.0 <2' }, '1.9.0-rc.1', false],
    [{ kind: 'semver', range: '>=1.9.0-rc.0 <2' }, '1.9.0-rc.1', true],
    [{ kind: 'semver', range: '*' }, '0.0.1', true],
    [{ kind: 'semver', range: '^1.2' }, '1.2', false],
    [{ kind: 'semver', range: '^1.2' }, 'latest', false],
    [{ kind: 'semver', range: '^1.2' }, 'version1.2.3', false],
    [{ kind: 'semver', range: '^1.2' }, '=1.2.3', false],
    [{ kind: 'regex', regex: 'v[0-9]+' }, 'v12', true],
    [{ kind: 'regex', regex: 'v[0-9]+' }, 'xv12', false],
    [{ kind: 'regex', regex: 'v[0-9]+' }, 'v12-dev', false],
    [{ kind: 'regex', regex: 'a|b' }, 'b', true],
    [{ kind: 'regex', regex: 'a|b' }, 'bx', false],
  ])('%j on %s: %p', (rule, tag, accepted) => {
    expect(judgePush(policy(rule), { tag }).accepted).toBe(accepted);
  });

  test('the answer names the rule, or the reason in words', () => {
    expect(judgePush(policy({ kind: 'semver', range: '^1' }), { tag: '1.0.0' })).toEqual({ accepted: true, rule: 'semver ^1' });
    expect(judgePush(policy({ kind: 'semver', range: '^1' }), { tag: 'latest' })).toEqual({ accepted: false, reason: 'tag latest is not a semantic version' });
    expect(judgePush(policy({ kind: 'semver', range: '^1' }), { tag: '2.0.0' })).toEqual({ accepted: false, reason: 'tag 2.0.0 does not match semver ^1' });
    expect(judgePush(policy({ kind: 'exact', tags: ['a', 'b'] }), { tag: 'c' })).toEqual({ accepted: false, reason: 'tag c does not match exact a, b' });
    expect(judgePush(policy({ kind: 'regex', regex: 'a' }), { tag: 'c' })).toEqual({ accepted: false, reason: 'tag c does not match regex a' });
  });

  test('an ignored tag is refused whatever the rule says', () => {
    const verdict = judgePush({ ...anyTag, ignore: ['tmp-*', '*-dev'] }, { tag: '1.0.0-dev' });
    expect(verdict).toEqual({ accepted: false, reason: 'tag 1.0.0-dev is ignored by *-dev' });
  });

  test('law: the glob * accepts every tag and an exact list accepts exactly itself', () => {
    fc.assert(
      fc.property(tags, tags, (tag, other) => {
        fc.pre(!tag.startsWith('sha256-'));
        expect(judgePush(anyTag, { tag }).accepted).toBe(true);
        expect(judgePush(policy({ kind: 'exact', tags: [tag] }), { tag }).accepted).toBe(true);
        expect(judgePush(policy({ kind: 'exact', tags: [other] }), { tag }).accepted).toBe(tag === other);
      }),
    );
  });

  test('law: a tag written as a glob matches itself and, having no wildcard, nothing else', () => {
    fc.assert(
      fc.property(tags, tags, (tag, other) => {
        fc.pre(!tag.startsWith('sha256-') && !other.startsWith('sha256-'));
        const rule: TagRule = { kind: 'glob', globs: [tag] };
        expect(judgePush(policy(rule), { tag }).accepted).toBe(true);
        expect(judgePush(policy(rule), { tag: other }).accepted).toBe(tag === other);
      }),
    );
  });

  test('law: any rule and any tag get a verdict, never a crash', () => {
    const rules = fc.oneof(
      fc.record({ kind: fc.constant('glob' as const), globs: fc.array(fc.string(), { maxLength: 3 }) }),
      fc.record({ kind: fc.constant('semver' as const), range: fc.string() }),
      fc.record({ kind: fc.constant('regex' as const), regex: fc.string() }),
    );
    fc.assert(
      fc.property(rules, fc.string(), (rule, tag) => {
        const verdict = judgePush(policy(rule), { tag });
        if (!verdict.accepted) expect(verdict.reason).not.toBe('');
      }),
      { numRuns: 500 },
    );
  });

  test.each<[string, TagRule]>([
    ['a regular expression that explodes when backtracking', { kind: 'regex', regex: '(a*)*b' }],
    ['a glob of many wildcards', { kind: 'glob', globs: [`${'a*'.repeat(60)}b`] }],
  ])('%s still answers at once', (_, rule) => {
    const started = performance.now();
    expect(judgePush(policy(rule), { tag: 'a'.repeat(128) }).accepted).toBe(false);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe('pushes that are not a new version', () => {
  test('a push without a tag is refused unless the policy wants it', () => {
    expect(judgePush(anyTag, { tag: undefined })).toEqual({ accepted: false, reason: 'it was pushed without a tag' });
    expect(judgePush({ ...anyTag, acceptUntagged: true }, { tag: undefined })).toEqual({ accepted: true, rule: 'untagged' });
  });

  test.each([`sha256-${digestHex}.sig`, `sha256-${digestHex}.att`, `sha256-${digestHex}.sbom`, `sha256-${digestHex}`])(
    '%s is derived from another image',
    (tag) => {
      const verdict = judgePush(anyTag, { tag, artifactMediaType: 'application/vnd.oci.image.config.v1+json' });
      expect(verdict).toMatchObject({ accepted: false, reason: expect.stringContaining('of another image') });
    },
  );

  test.each([
    'application/vnd.dev.cosign.artifact.sig.v1+json',
    'application/vnd.dev.sigstore.bundle.v0.3+json',
    'application/vnd.in-toto+json',
    'application/spdx+json',
    'application/vnd.cncf.notary.signature',
    'application/vnd.cncf.helm.config.v1+json',
    'application/vnd.docker.plugin.v1+json',
  ])('an artifact of type %s is refused by name', (artifactMediaType) => {
    const expected = { accepted: false, reason: `it is not a container image but ${artifactMediaType}` };
    expect(judgePush(anyTag, { tag: '1.0.0', artifactMediaType })).toEqual(expected);
    expect(judgePush({ ...anyTag, acceptUntagged: true }, { tag: undefined, artifactMediaType })).toEqual(expected);
  });

  test.each(['application/vnd.oci.image.config.v1+json', 'application/vnd.oci.image.index.v1+json', 'application/vnd.docker.container.image.v1+json'])(
    'an image of type %s is accepted',
    (artifactMediaType) => {
      expect(judgePush(anyTag, { tag: '1.0.0', artifactMediaType }).accepted).toBe(true);
    },
  );
});

describe('a policy that cannot work', () => {
  test.each<[TagRule, RegExp]>([
    [{ kind: 'regex', regex: '(' }, /RE2/],
    [{ kind: 'regex', regex: '(?=a)' }, /RE2/],
    [{ kind: 'regex', regex: '' }, /empty/],
    [{ kind: 'regex', regex: 'a'.repeat(201) }, /at most 200/],
    [{ kind: 'semver', range: 'newest' }, /range of semantic versions/],
    [{ kind: 'semver', range: '' }, /empty/],
    [{ kind: 'glob', globs: ['ok', '[a-'] }, /not a glob/],
    [{ kind: 'glob', globs: [''] }, /empty/],
  ])('%j', (rule, problem) => {
    expect(tagRuleProblem(rule)).toMatch(problem);
    expect(judgePush(policy(rule), { tag: 'a' })).toMatchObject({ accepted: false, reason: expect.stringContaining('the policy itself is wrong') });
  });

  test('a bad ignore glob refuses everything rather than letting everything through', () => {
    expect(judgePush({ ...anyTag, ignore: ['[a-'] }, { tag: 'a' })).toMatchObject({
      accepted: false,
      reason: expect.stringContaining('the policy itself is wrong'),
    });
  });

  test('a good rule has no problem', () => {
    expect(tagRuleProblem(anyTag.rule)).toBeUndefined();
  });
});
