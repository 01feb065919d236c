// Opens a blob's download URL, which ECR gives and our own endpoint serves.
import { get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';

/** Real time without a byte after which a download has failed: the socket, not the simulated world, is being guarded. */
const IDLE_REAL_MS = 30_000;

export function openBlob(url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const answered = (response: IncomingMessage): void => {
      if (response.statusCode === 200) {
        resolve(response);
        return;
      }
      response.resume();
      reject(new Error(`GET ${url} answered ${response.statusCode}`));
    };
    // The endpoint's certificate is its own; it is only reached on the loopback address.
    const request = url.startsWith('https:') ? httpsGet(url, { rejectUnauthorized: false, agent: false }, answered) : httpGet(url, { agent: false }, answered);
    request.setTimeout(IDLE_REAL_MS, () => request.destroy(new Error(`GET ${url} timed out`)));
    request.once('error', reject);
  });
}
