// Checks of images: are they there, can a tag move, do they run on the task's processor.
import type { TaskDefinitionView } from '#core/inspection/task-definition-view.ts';
import type { Finding, VerifyFacts } from './verify-facts.ts';

export function checkImagesExist({ images }: VerifyFacts): readonly Finding[] {
  return images
    .filter(({ exists }) => !exists)
    .map(({ container, reference, registry }) => ({
      check: 'imageExists',
      level: 'fault' as const,
      problem: `container ${container}: image ${reference} is not in the registry of account ${registry}`,
      remedy: 'push it again, and see that no lifecycle policy of the repository expires images that still run',
    }));
}

/** Weir deploys by digest, but a sidecar, or the revision that serves today, may still name a tag. */
export function checkTagsCannotMove({ images }: VerifyFacts): readonly Finding[] {
  return images
    .filter(({ pinned, exists, tagsAreImmutable }) => exists && !pinned && tagsAreImmutable !== true)
    .map(({ container, reference, repository }) => ({
      check: 'tagWithoutDigest',
      level: 'warning' as const,
      problem: `container ${container}: ${reference} is a tag that anybody may move, so that two tasks of one revision can run different images`,
      remedy: `name the image by digest (@sha256:...), or make the tags of ${repository} immutable`,
    }));
}

const architectures = { X86_64: 'amd64', ARM64: 'arm64' } as const;

export function checkPlatforms({ images }: VerifyFacts, { cpuArchitecture, windows }: TaskDefinitionView): readonly Finding[] {
  const wanted = `${windows ? 'windows' : 'linux'}/${architectures[cpuArchitecture]}`;
  return images.flatMap(({ container, reference, platforms }) => {
    if (platforms === undefined || platforms.length === 0 || platforms.includes(wanted)) return [];
    const built = platforms.join(', ');
    return [
      {
        check: 'platform',
        level: 'fault' as const,
        problem: `container ${container}: ${reference} was built for ${built}, and the tasks run on ${wanted}`,
        remedy: `build it with --platform ${wanted}, or set runtimePlatform.cpuArchitecture to ${platforms.some((platform) => platform.endsWith('/arm64')) ? 'ARM64' : 'X86_64'}`,
      },
    ];
  });
}
