// IAM's quotas that a deployment can meet, and the bounds of what is kept here.

/** Characters of all inline policies of a role together, white space not counted. */
export const INLINE_POLICY_CHARACTERS_MAX = 10_240;
export const MANAGED_POLICY_CHARACTERS_MAX = 6_144;
export const TRUST_POLICY_CHARACTERS_MAX = 2_048;
export const ATTACHED_POLICIES_MAX = 10;
export const POLICY_VERSIONS_MAX = 5;
export const ROLES_MAX = 1_000;
export const POLICIES_MAX = 1_500;
export const TAGS_MAX = 50;
/** Page length of the List operations when MaxItems is absent, and at most. */
export const LIST_ITEMS_DEFAULT = 100;
export const LIST_ITEMS_MAX = 1_000;
/** Policy documents that are remembered as they were read. */
export const DOCUMENTS_KEPT_MAX = 500;
/** Decisions of a role that are remembered. */
export const DECISIONS_KEPT_MAX = 1_000;
/** Refused calls kept for the report; the oldest go first. */
export const DENIALS_KEPT_MAX = 1_000;
