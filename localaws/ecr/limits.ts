// Every bound of the local ECR in one place. AWS's own quota where there is one; ours where AWS has only money.

/** AWS: repositories per registry. */
export const REPOSITORIES_MAX = 100_000;
/** AWS: images per repository. */
export const IMAGES_PER_REPOSITORY_MAX = 20_000;
/** AWS: tags per image. */
export const TAGS_PER_IMAGE_MAX = 1_000;
/** AWS: tags of a repository (the key/value kind). */
export const RESOURCE_TAGS_MAX = 50;
/** AWS: identifiers in one BatchGetImage, BatchDeleteImage, DescribeImages or BatchCheckLayerAvailability. */
export const IDENTIFIERS_PER_CALL_MAX = 100;
/** AWS: items in one page; and what a page holds when nothing is said. */
export const PAGE_ITEMS_MAX = 1_000;
export const PAGE_ITEMS_DEFAULT = 100;
/** AWS: bytes of a manifest. */
export const MANIFEST_BYTES_MAX = 4 * 1024 * 1024;
/** Layers and children one manifest may name. AWS allows 4,200 layer parts and 127 layers by docker's own limit; indexes are larger. */
export const MANIFEST_REFERENCES_MAX = 1_000;
/** AWS: the part size InitiateLayerUpload proposes, and the smallest part but the last. */
export const LAYER_PART_BYTES = 10 * 1024 * 1024;
export const LAYER_PART_BYTES_MIN = 5 * 1024 * 1024;
/** Ours: bytes of one layer and of all layers together, so that a loop of pushes cannot fill the disk. */
export const LAYER_BYTES_MAX = 4 * 1024 ** 3;
export const STORE_BYTES_MAX = 16 * 1024 ** 3;
/** Ours: uploads begun and not finished. */
export const UPLOADS_OPEN_MAX = 1_000;
/** AWS forgets an unfinished upload after about a day (unverified). */
export const UPLOAD_LIFETIME_MS = 24 * 60 * 60 * 1000;
/** AWS: an authorization token is good for 12 hours. */
export const TOKEN_LIFETIME_MS = 12 * 60 * 60 * 1000;
/** Ours: tokens remembered; the oldest is forgotten first. */
export const TOKENS_MAX = 10_000;
/** AWS: a layer's download URL is good for an hour (unverified). */
export const DOWNLOAD_URL_LIFETIME_MS = 60 * 60 * 1000;
