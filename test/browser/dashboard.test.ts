// The dashboard in a real browser, served by `weir dashboard` in front of the local AWS with the packaged stack on virtual time: a person
// follows a canary, approves it, sees weights and evidence move, aborts it, and sees it go back. Skipped, with a word, without Chromium.
// WEIR_SCREENSHOTS=1 writes docs/images as well; a usual run writes nothing.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { chromiumPath, startBrowser } from '../support/browser.ts';
import { runWeir, type ServedDashboard, serveDashboard } from '../support/run-weir.ts';
import { type Scenario, SERVICE_KEY, startScenario } from '../support/scenario/scenario.ts';

const IMAGES = join(import.meta.dirname, '..', '..', 'docs', 'images');
const writesImages = process.env['WEIR_SCREENSHOTS'] !== undefined;
const MINUTE = 60_000;
/** What Chromium says of a request that the test cuts off. */
const CUT_OFF = 'Failed to load resource: net::ERR_FAILED';
const desktop = { width: 1240, height: 900 };
const phone = { width: 390, height: 844 };

const describeWithChromium = chromiumPath === undefined ? describe.skip : describe;
const title = chromiumPath === undefined ? 'Chromium is not installed (apt-get install chromium), so the dashboard in a browser is skipped' : 'the dashboard';

describeWithChromium(title, () => {
  let scenario: Scenario;
  let dashboard: ServedDashboard;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    scenario = await startScenario({ driver: 'ecs' });
    scenario.traffic.requestsPerMinute = 30_000;
    [dashboard, browser] = await Promise.all([serveDashboard(scenario.localAws.endpointUrl), startBrowser(chromiumPath ?? '')]);
    page = await browser.newPage({ viewport: desktop, colorScheme: 'light' });
    page.setDefaultTimeout(30_000);
    page.on('console', (message) => {
      if (message.type() === 'error' && message.text() !== CUT_OFF) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(dashboard.url);
  });
  afterAll(async () => {
    await browser?.close();
    await dashboard?.close();
    await scenario?.close();
  });

  const manifest = { driver: { kind: 'ecs' }, strategy: { linear: { percent: 20, intervalMinutes: 4 } }, bakeTimeMinutes: 5 };
  const headline = () => page.locator('.headline');
  const greenShare = () => page.locator('.split-words .ink-green b');

  /** Virtual minutes, with traffic that is not the same in each. */
  async function minutes(count: number, digest: string, errorShare: number): Promise<void> {
    for (let minute = 0; minute < count; minute++) {
      scenario.traffic.requestsPerMinute = 30_000 + Math.round(3_500 * Math.sin(minute / 2));
      scenario.traffic.versions.set(digest, { errorShare: errorShare * (1 + 0.6 * Math.sin(minute)), latencySeconds: 0.058 + 0.006 * Math.sin(minute / 1.3) });
      scenario.traffic.versions.set(scenario.firstDigest, { errorShare: 0.004 + 0.002 * Math.cos(minute), latencySeconds: 0.052 + 0.004 * Math.cos(minute) });
      await scenario.pass(MINUTE);
    }
  }

  async function ask(action: string, reason: string): Promise<void> {
    await page.getByRole('button', { name: action, exact: true }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('button', { name: action, exact: true }).isDisabled()).toBe(true);
    await dialog.getByLabel('Why, for the record').fill(reason);
    await dialog.getByRole('button', { name: action, exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
  }

  /** What axe finds wrong in both themes, by the rules of WCAG 2.2 A and AA and its best practices. */
  async function accessibilityFaults(): Promise<readonly string[]> {
    const faults: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.evaluate(axe.source);
      const found = (await page.evaluate('axe.run()')) as { violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] };
      faults.push(...found.violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${colorScheme} ${id}: ${html} ${failureSummary}`)));
    }
    await page.emulateMedia({ colorScheme: 'light' });
    return faults;
  }

  async function picture(name: string, look: { readonly colorScheme?: 'light' | 'dark'; readonly viewport?: typeof desktop } = {}): Promise<void> {
    if (!writesImages) return;
    mkdirSync(IMAGES, { recursive: true });
    await page.emulateMedia({ colorScheme: look.colorScheme ?? 'light', reducedMotion: 'reduce' });
    await page.setViewportSize(look.viewport ?? desktop);
    await page.waitForTimeout(400);
    await page.screenshot({ path: join(IMAGES, `${name}.png`) });
    await page.setViewportSize(desktop);
    await page.emulateMedia({ colorScheme: 'light' });
  }

  test('takes the token out of the address and shows the service', async () => {
    await page.getByRole('link', { name: SERVICE_KEY }).waitFor();
    expect(page.url()).not.toContain('token');
    expect(await page.locator('.chip').first().textContent()).toBe('No deployments');
    await page.reload();
    await page.getByRole('link', { name: SERVICE_KEY }).click();
    await page.getByText('No deployments yet').waitFor();
  });

  test('follows a canary: approved here, weights and evidence move, aborted here, and it goes back', async () => {
    await scenario.apply({ ...manifest, approval: { required: 1, timeoutMinutes: 240 } });
    const digest = await scenario.push('2.4.0');
    await scenario.until(async () => (await scenario.deploymentOf(digest))?.approval !== undefined);
    await scenario.pass(MINUTE);
    await page.getByText('Waits for approval: 0 of 1 given').waitFor();
    expect(await accessibilityFaults()).toEqual([]);
    await page.getByRole('button', { name: 'Approve', exact: true }).click();
    expect(await accessibilityFaults()).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await ask('Approve', 'release notes read');

    await minutes(6, digest, 0.004);
    await page.locator('.split-words .ink-green b', { hasText: /^(20|40) %$/ }).waitFor();
    const firstShare = (await greenShare().textContent()) ?? '';
    const evidence = page.getByRole('img', { name: /^Against green: / }).first();
    const firstEvidence = await evidence.getAttribute('aria-label');
    await minutes(7, digest, 0.0044);
    await greenShare().filter({ hasNotText: firstShare }).waitFor();
    expect(Number.parseFloat((await greenShare().textContent()) ?? '')).toBeGreaterThan(Number.parseFloat(firstShare));
    await page.locator(`.line.fail .gauge:not([aria-label="${firstEvidence}"])`).first().waitFor();
    expect(await page.locator('canvas').count()).toBe(4);
    await page.locator('.tasks .ink-green').first().waitFor();
    expect(await accessibilityFaults()).toEqual([]);
    await picture('dashboard-light');
    await picture('dashboard-dark', { colorScheme: 'dark' });
    await picture('dashboard-phone', { viewport: phone });

    await ask('Abort', 'checkout errors in the support queue');
    await page.getByText(/Asked .* to go back/).waitFor();
    await scenario.untilEnded(digest);
    await page.locator('.hero .chip', { hasText: 'Rolled back' }).waitFor();
    expect(await greenShare().textContent()).toBe('0 %');
    expect(await headline().textContent()).toContain('checkout errors in the support queue');
    await page.getByText('asked to abort: checkout errors in the support queue').first().waitFor();
    const record = await scenario.deploymentOf(digest);
    expect(record).toMatchObject({
      status: 'RolledBack',
      abortRequest: { by: expect.stringContaining('arn:aws') },
      approval: { answers: [{ reason: 'release notes read' }] },
    });
    expect(await scenario.servingDigest()).toBe(scenario.firstDigest);
  });

  test('shows the history with its figures, and services in one line each', async () => {
    // Services nobody deploys: one that is frozen, one whose breaker a person opened.
    await scenario.apply({ service: 'search', driver: { kind: 'ecs' }, frozen: { reason: 'sale until Monday' } });
    await scenario.apply({ service: 'payments', driver: { kind: 'ecs' } });
    await scenario.ask('change-breaker', { by: 'test', serviceKey: 'prod/payments', reason: 'ledger migration', to: 'open', minutes: 90 });
    await scenario.apply({ ...manifest, strategy: { allAtOnce: {} }, bakeTimeMinutes: 1 });
    const good = await scenario.push('2.4.1');
    await scenario.untilEnded(good);
    await scenario.apply({ ...manifest, strategy: { canary: { percent: 25, intervalMinutes: 3 } } });
    const bad = await scenario.push('2.5.0', { errorShare: 0.2 });
    await scenario.untilEnded(bad);
    await page.getByRole('link', { name: 'History' }).click();
    await page.getByText('Change failure rate').waitFor();
    expect(await page.locator('.tile', { hasText: 'Change failure rate' }).textContent()).toContain('66.7 %');
    expect(await page.locator('tbody tr').count()).toBe(3);
    expect(await accessibilityFaults()).toEqual([]);
    await picture('dashboard-history', { viewport: { width: 1240, height: 560 } });
    await page.getByRole('link', { name: 'Weir' }).click();
    await page.locator('tbody tr', { hasText: 'prod/payments' }).getByText('Refuses pushes').waitFor();
    await page.locator('tbody tr', { hasText: 'prod/search' }).getByText('Frozen: sale until Monday', { exact: true }).waitFor();
    await page
      .locator('tbody tr', { hasText: SERVICE_KEY })
      .getByText(/^Rolled back · /)
      .waitFor();
    expect(await accessibilityFaults()).toEqual([]);
    await picture('dashboard-services', { viewport: { width: 1240, height: 420 } });
  });

  test('says when nothing can be read, with the age of what it shows, and goes on by itself', async () => {
    await page.goto(`${new URL(dashboard.url).origin}/#/${SERVICE_KEY}`);
    await headline().waitFor();
    await page.route('**/api/service/**', (route) => route.abort());
    await page.getByText(/AWS cannot be read: what you see is \d+s old/).waitFor();
    expect(await accessibilityFaults()).toEqual([]);
    await page.unroute('**/api/service/**');
    await page.getByRole('alert').waitFor({ state: 'detached' });
  });

  test('can be used on a phone without scrolling sideways, and by keyboard', async () => {
    await page.setViewportSize(phone);
    for (const hash of ['#/', `#/${SERVICE_KEY}`, `#/${SERVICE_KEY}/history`]) {
      await page.goto(`${new URL(dashboard.url).origin}/${hash}`);
      await page.locator('main :is(h1, .headline)').first().waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    }
    await page.setViewportSize(desktop);
    await page.reload();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to content');
    await page.getByRole('button', { name: /Switch to dark/ }).press('Enter');
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
  });

  test('broke no rule of its own content security policy and threw nothing', () => {
    expect(complaints).toEqual([]);
  });

  test('is not served on any address but loopback', async () => {
    const run = await runWeir(scenario.localAws.endpointUrl, ['dashboard', '--host', '0.0.0.0', '--port', '0']);
    expect(run).toMatchObject({ status: 2, error: expect.stringContaining('served on 127.0.0.1 only') });
  });
});
