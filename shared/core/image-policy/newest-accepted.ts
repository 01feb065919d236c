// Which image of a repository should be serving? The sweeper asks, to find pushes whose event was lost.

import semver from 'semver';
import type { ArtifactKind } from './container-image.ts';
import { compilePolicy, type ImagePolicy } from './image-policy.ts';
import { tagVersion } from './tag-matcher.ts';

/** One image as the registry lists it. */
export interface RegistryImage extends ArtifactKind {
  readonly digest: string;
  readonly tags: readonly string[];
  /** Epoch milliseconds. The registry's time of the image, which a later tag on the same image does not change. */
  readonly pushedAt: number;
}

export interface AcceptedImage {
  readonly image: RegistryImage;
  /** The accepted tag that names it best; undefined for an untagged image. */
  readonly tag: string | undefined;
  readonly rule: string;
}

/**
 * The accepted image that was pushed last; undefined when none is accepted. The newest push wins, not the highest version, as with
 * events. The order of the list never matters: of two images of one moment the one with the greater digest wins.
 */
export function newestAccepted(policy: ImagePolicy, images: readonly RegistryImage[]): AcceptedImage | undefined {
  const judge = compilePolicy(policy);
  let newest: AcceptedImage | undefined;
  for (const image of images) {
    if (newest !== undefined && !isNewer(image, newest.image)) continue;
    // An image with an ignored tag among others is wanted for the others: each tag is a push of its own.
    const labels = image.tags.length === 0 ? [undefined] : image.tags.toSorted(bestTagFirst);
    for (const tag of labels) {
      const verdict = judge({ ...image, tag });
      if (!verdict.accepted) continue;
      newest = { image, tag, rule: verdict.rule };
      break;
    }
  }
  return newest;
}

function isNewer(image: RegistryImage, than: RegistryImage): boolean {
  return image.pushedAt === than.pushedAt ? image.digest > than.digest : image.pushedAt > than.pushedAt;
}

/** Versions before words, the highest version first, else by name: any fixed order does, this one names the image best. */
function bestTagFirst(one: string, other: string): number {
  const first = tagVersion(one);
  const second = tagVersion(other);
  if (first !== undefined && second !== undefined && first !== second) return semver.rcompare(first, second);
  if ((first === undefined) !== (second === undefined)) return first === undefined ? 1 : -1;
  return one < other ? -1 : one > other ? 1 : 0;
}
