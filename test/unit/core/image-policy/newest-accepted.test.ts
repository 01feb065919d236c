import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ImagePolicy } from '#core/image-policy/image-policy.ts';
import { newestAccepted, type RegistryImage } from '#core/image-policy/newest-accepted.ts';

const releases: ImagePolicy = { rule: { kind: 'semver', range: '>=1 <2' }, ignore: ['*-dev'], acceptUntagged: false };

function image(digest: string, pushedAt: number, ...tags: readonly string[]): RegistryImage {
  return { digest, pushedAt, tags };
}

describe('the newest accepted image', () => {
  test('it is the one pushed last among the accepted', () => {
    const images = [image('a', 1, '1.0.0'), image('b', 3, '1.1.0'), image('c', 2, '1.2.0'), image('d', 9, '2.0.0'), image('e', 8)];
    expect(newestAccepted(releases, images)).toEqual({ image: images[1], tag: '1.1.0', rule: 'semver >=1 <2' });
  });

  test('nothing accepted is no image', () => {
    expect(newestAccepted(releases, [])).toBeUndefined();
    expect(newestAccepted(releases, [image('a', 1, 'latest'), image('b', 2)])).toBeUndefined();
  });

  test('an image with several tags is wanted for any of them and named by its highest version', () => {
    expect(newestAccepted(releases, [image('a', 1, 'latest', '1.2.0', '1.10.0', '1.11.0-dev', '2.0.0')])?.tag).toBe('1.10.0');
  });

  test('an untagged image counts only where the policy wants it', () => {
    const images = [image('a', 1, '1.0.0'), image('b', 2)];
    expect(newestAccepted({ ...releases, acceptUntagged: true }, images)).toMatchObject({ image: { digest: 'b' }, tag: undefined, rule: 'untagged' });
  });

  test('a signature pushed later is passed over', () => {
    const signature = { ...image('b', 2, '1.0.1'), artifactMediaType: 'application/vnd.dev.cosign.artifact.sig.v1+json' };
    expect(newestAccepted(releases, [image('a', 1, '1.0.0'), signature])?.image.digest).toBe('a');
  });

  test('law: the order of the list and of the tags never matters', () => {
    const tag = fc.constantFrom('1.0.0', 'v1.0.0', '1.2.0', '2.0.0', 'latest', '1.3.0-dev');
    const anyImage = fc.record({ digest: fc.stringMatching(/^[a-f]{4}$/), pushedAt: fc.integer({ min: 0, max: 3 }), tags: fc.uniqueArray(tag) });
    const lists = fc.uniqueArray(anyImage, { selector: (one) => one.digest, maxLength: 8 });
    fc.assert(
      fc.property(lists, (images) => {
        const backwards = images.toReversed().map((one) => ({ ...one, tags: one.tags.toReversed() }));
        const found = newestAccepted(releases, images);
        const again = newestAccepted(releases, backwards);
        expect([again?.image.digest, again?.tag]).toEqual([found?.image.digest, found?.tag]);
      }),
    );
  });
});
