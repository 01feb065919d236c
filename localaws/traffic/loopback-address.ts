// Test traffic must never reach a machine that is not this one. Names are not resolved: only addresses and names that mean
// loopback by definition are taken.
import { isIPv4 } from 'node:net';

/**
 * The loopback address a URL points at.
 * @throws Error for any other host, and for anything but http.
 */
export function loopbackAddress(url: URL): string {
  if (url.protocol !== 'http:') throw new Error(`test traffic is sent over http only, not ${url.protocol}//`);
  const host = url.hostname.toLowerCase();
  // The local load balancer listens on IPv4; a resolver may prefer ::1 for the same name.
  if (host === 'localhost' || host.endsWith('.localhost')) return '127.0.0.1';
  if (host === '[::1]') return '::1';
  if (isIPv4(host) && host.startsWith('127.')) return host;
  throw new Error(`test traffic is sent to this machine only (127.0.0.0/8, ::1, localhost), not to ${url.host}`);
}
