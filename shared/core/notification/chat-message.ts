// A notification as some lines of chat, in the mark-up Slack calls mrkdwn and others understand or show as it is.
// Source: Slack developer documentation, "Formatting text for app surfaces" (escaping) and "Truncating content".
import { type AlertName, runbookLink } from './alert.ts';

/** Slack advises at most this many characters. */
const TEXT_LENGTH_MAX = 4_000;

/** @param runbooks where docs/operations.md is to be read: a path or a URL */
export function chatMessage({ title, text, alert }: { readonly title: string; readonly text: string; readonly alert: AlertName }, runbooks: string): string {
  const begin = `*${escapeMarkup(title)}*\n`;
  const end = `\nRunbook: ${escapeMarkup(runbookLink(alert, runbooks))}`;
  return `${begin}${cut(escapeMarkup(text), TEXT_LENGTH_MAX - begin.length - end.length)}${end}`;
}

/** The three characters that mean something; with them gone nobody can be mentioned by a log line. */
function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function cut(text: string, lengthMax: number): string {
  return text.length <= lengthMax ? text : `${text.slice(0, Math.max(0, lengthMax - 1))}…`;
}
