// CloudFormation's quotas that the local AWS keeps.

export const TEMPLATE_BYTES_MAX = 1024 * 1024;
export const RESOURCES_MAX = 500;
export const OUTPUTS_MAX = 200;
/** Deepest nesting of a template value, so that a hostile template cannot exhaust the stack. */
export const VALUE_DEPTH_MAX = 100;
export const STACKS_MAX = 200;
/** Page length of the List operations. */
export const LIST_ITEMS_MAX = 100;
