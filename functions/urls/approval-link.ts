// The page behind the signed link of a notification about an approval. It has a URL only where the stack switches approval links on.
import { answerApprovalLink } from '#flows/answer-approval-link.ts';
import { urlHandler } from '#runtime/url-handler.ts';

export const handler = urlHandler(answerApprovalLink);
