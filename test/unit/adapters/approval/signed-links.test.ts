import { describe, expect, test } from '@jest/globals';
import { createSignedLinks } from '#adapters/approval/signed-links.ts';
import type { ApprovalClaim } from '#core/approval/approval-link.ts';

const claim: ApprovalClaim = { serviceKey: 'prod/orders', deploymentId: '20261123T090000-3f0c2a91be', askedAt: 1_000, channel: 'topic', until: 9_000 };
const one = 'a'.repeat(32);
const two = 'b'.repeat(40);
const links = (secret: string, pageUrl: string | undefined = 'https://page.example/') =>
  createSignedLinks({ readSecret: async () => secret, key: { parameter: '/weir/key' }, pageUrl });

async function tokenOf(secret: string): Promise<string> {
  return new URL((await links(secret).make(claim)) ?? '').searchParams.get('token') ?? '';
}

describe('a signed link', () => {
  test('says what was signed', async () => {
    expect(await links(one).read(await tokenOf(one))).toEqual(claim);
  });

  test('is not made where there is no page', async () => {
    expect(await createSignedLinks({ readSecret: async () => one, key: {}, pageUrl: undefined }).make(claim)).toBeUndefined();
  });

  test('counts while its key is the previous one, and no longer', async () => {
    const old = await tokenOf(one);
    expect(await links(`${two}\n${one}`).read(old)).toEqual(claim);
    expect(await links(two).read(old)).toBeUndefined();
    // The first key signs.
    expect(await links(two).read(await tokenOf(`${two} ${one}`))).toEqual(claim);
  });

  test('cannot be changed, cut, extended or made without the key', async () => {
    const token = await tokenOf(one);
    const [text = '', signature = ''] = token.split('.');
    const forged = Buffer.from(Buffer.from(text, 'base64url').toString().replace('9000', '9999')).toString('base64url');
    const tried = [
      '',
      '.',
      text,
      `${text}.`,
      `.${signature}`,
      `${forged}.${signature}`,
      `${text}.${signature.slice(0, -2)}`,
      `${token}.x`,
      `${token}AAAA`,
      'x'.repeat(10_000),
      await tokenOf(two),
    ];
    for (const given of tried) expect({ given, claim: await links(one).read(given) }).toEqual({ given, claim: undefined });
  });

  test.each(['', 'short', `${one} ${two} ${'c'.repeat(32)}`, `${one} short`])('is refused with the key "%s"', async (secret) => {
    await expect(links(secret).make(claim)).rejects.toThrow('one or two texts of at least 32 characters');
  });
});
