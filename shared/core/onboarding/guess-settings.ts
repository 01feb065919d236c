// Guesses about a service's settings from what its repository and health check show.

export type TagRuleGuess = { readonly semver: string } | { readonly glob: readonly string[] };

/** Source: semver.org: three numbers, optionally a pre-release and build; a leading v as the manifest allows it. */
const SEMANTIC_VERSION = /^v?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;
/** Tags that name no version and are moved with every push. */
const MOVED_TAGS = new Set(['latest', 'main', 'master', 'stable', 'edge', 'nightly']);
/** Most statuses a smoke check lists. */
const STATUSES_MAX = 20;

/** Which tags are versions here: semantic ones where all are, else any but those that are moved. */
export function guessTagRule(tags: readonly string[]): { readonly rule: TagRuleGuess; readonly notes: readonly string[] } {
  const versions = tags.filter((tag) => !MOVED_TAGS.has(tag));
  const moved = tags.filter((tag) => MOVED_TAGS.has(tag));
  if (versions.length > 0 && versions.every((tag) => SEMANTIC_VERSION.test(tag))) {
    const besides = moved.length === 0 ? '' : ` (${moved.join(', ')} would not be deployed)`;
    return { rule: { semver: '>=0.0.0' }, notes: [`GUESSED: all ${versions.length} tag(s) in the repository are semantic versions${besides}`] };
  }
  const why = versions.length === 0 ? 'the repository has no tags to learn from' : 'the tags follow no pattern known to weir init';
  return { rule: { glob: ['*'] }, notes: [`GUESSED: every tag is deployed, because ${why}; narrow it if only some are releases`] };
}

/**
 * The statuses a target group's matcher (`200`, `200,302`, `200-204`) takes as healthy.
 * undefined when it has none, or more than a smoke check can list.
 */
export function guessSmokeStatuses(matcher: string | undefined): readonly number[] | undefined {
  if (matcher === undefined) return undefined;
  const statuses: number[] = [];
  for (const part of matcher.split(',')) {
    const matched = /^\s*(\d{3})(?:-(\d{3}))?\s*$/.exec(part);
    if (matched?.[1] === undefined) return undefined;
    const from = Number(matched[1]);
    const to = Number(matched[2] ?? matched[1]);
    if (to - from >= STATUSES_MAX) return undefined;
    for (let status = from; status <= to; status++) statuses.push(status);
  }
  return statuses.length === 0 || statuses.length > STATUSES_MAX ? undefined : statuses;
}
