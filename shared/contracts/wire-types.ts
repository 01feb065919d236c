// The small types that AWS's payloads are made of, each with a limit. Used by the contracts of this folder.
import * as z from 'zod';

/** Longest name, ARN or id taken from a payload; AWS's own limits are lower. */
const IDENTIFIER_LENGTH_MAX = 2_048;
/** Reasons and descriptions are cut here: they are shown to people, and losing their end loses no event. */
const REASON_LENGTH_MAX = 1_024;

/** One of the values known when this was written, or any other: AWS adds values without notice. */
export type OpenEnum<Known extends string> = Known | (string & Record<never, never>);

/** A value of an enumeration of AWS's that may grow. */
export function openEnum<Known extends string>() {
  return z
    .string()
    .min(1)
    .max(64)
    .transform((value): OpenEnum<Known> => value);
}

/** A name, ARN or id. */
export const identifier = z.string().min(1).max(IDENTIFIER_LENGTH_MAX);

/** Free text for people, cut to REASON_LENGTH_MAX characters. */
export const reasonText = z.string().transform((text) => text.slice(0, REASON_LENGTH_MAX));

/** Twelve digits. */
export const accountId = z.string().regex(/^[0-9]{12}$/, 'must be an AWS account id of 12 digits');

/** How ECR and ECS identify an image. */
export const imageDigest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be a sha256 digest');

/** ISO 8601 as EventBridge writes it; CloudWatch ends with `+0000` instead of `Z`. Becomes epoch milliseconds. */
export const isoTime = z
  .string()
  .max(40)
  .transform((text, context) => {
    const millis = Date.parse(text.replace(/([+-][0-9]{2})([0-9]{2})$/, '$1:$2'));
    if (Number.isFinite(millis)) return millis;
    context.addIssue({ code: 'custom', message: 'must be an ISO 8601 time' });
    return z.NEVER;
  });

/** CodeDeploy's own id of a deployment. */
export const codedeployDeploymentId = z.string().regex(/^d-[A-Za-z0-9]{1,64}$/, 'must be a CodeDeploy deployment id such as d-A1B2C3D4E');
