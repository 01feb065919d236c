// The OCI distribution API of the local ECR, request by request as docker and skopeo make them.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createEcr } from '#localaws/ecr/create-ecr.ts';
import { DOCKER_MANIFEST, digestOf, OCI_INDEX, OCI_MANIFEST } from '#localaws/ecr/manifest.ts';
import { AwsError } from '#localaws/endpoint/aws-error.ts';
import type { AwsShape, Principal, Service, ServiceFactory } from '#localaws/region.ts';
import { type RunningRegion, startRegion } from '#localaws/start-region.ts';

const root: Principal = { kind: 'root' };
const name = 'team/orders';
let region: RunningRegion;
let authorization: string;
let pushed: [tag: unknown, digest: unknown][];

const recordingBus: ServiceFactory = (): Service => ({
  name: 'events',
  iamPrefix: 'events',
  wires: [],
  operations: {
    PutEvents: {
      handle: ({ Entries }) => {
        for (const entry of Entries) {
          const detail = JSON.parse(entry.Detail);
          if (detail['action-type'] === 'PUSH') pushed.push([detail['image-tag'], detail['image-digest']]);
        }
        return {};
      },
    },
  },
});

const ecr = (operation: string, input: AwsShape, principal: Principal = root) => region.region.call('ecr', operation, input, principal);

async function tokenFor(principal: Principal): Promise<string> {
  const { authorizationData } = await ecr('GetAuthorizationToken', {}, principal);
  return `Basic ${authorizationData[0].authorizationToken}`;
}

async function request(method: string, path: string, init: { body?: string; headers?: Record<string, string>; as?: string } = {}): Promise<Response> {
  const url = new URL(path, region.endpointUrl);
  return fetch(url, { method, headers: { authorization: init.as ?? authorization, ...init.headers }, ...(init.body === undefined ? {} : { body: init.body }) });
}

async function errorOf(answer: Response): Promise<{ status: number; code: string; message: string }> {
  const { errors } = (await answer.json()) as { errors: { code: string; message: string }[] };
  return { status: answer.status, code: errors[0]?.code ?? '', message: errors[0]?.message ?? '' };
}

async function pushBlob(content: string, repository = name): Promise<{ mediaType: string; digest: string; size: number }> {
  const digest = digestOf(content);
  const begun = await request('POST', `/v2/${repository}/blobs/uploads/`);
  const answer = await request('PUT', `${begun.headers.get('location')}?digest=${digest}`, { body: content });
  expect(answer.status).toBe(201);
  return { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest, size: Buffer.byteLength(content) };
}

async function manifestOf(content: string, mediaType = OCI_MANIFEST): Promise<string> {
  const config = { ...(await pushBlob(`config ${content}`)), mediaType: 'application/vnd.oci.image.config.v1+json' };
  return JSON.stringify({ schemaVersion: 2, mediaType, config, layers: [await pushBlob(`layer ${content}`)] });
}

const putManifest = (reference: string, body: string, mediaType = OCI_MANIFEST) =>
  request('PUT', `/v2/${name}/manifests/${reference}`, { body, headers: { 'content-type': mediaType } });

beforeEach(async () => {
  pushed = [];
  region = await startRegion({ services: [createEcr, recordingBus], clock: { kind: 'virtual' } });
  await ecr('CreateRepository', { repositoryName: name });
  authorization = await tokenFor(root);
});

afterEach(() => region.close());

describe('credentials', () => {
  test('Without credentials the answer is 401 with a Basic challenge; with a token, or any other password, it is 200.', async () => {
    const bare = await fetch(`${region.endpointUrl}/v2/`);
    expect(bare.status).toBe(401);
    expect(bare.headers.get('www-authenticate')).toBe(`Basic realm="${region.endpointUrl}/",service="ecr.amazonaws.com"`);
    expect((await request('GET', '/v2/')).status).toBe(200);
    expect((await request('GET', '/v2/', { as: `Basic ${Buffer.from('AWS:anything').toString('base64')}` })).status).toBe(200);
  });

  test('A token is refused when it has expired.', async () => {
    const start = region.clock.now();
    region.clock.schedule(13 * 60 * 60 * 1000, () => undefined);
    await region.clock.runUntil(() => region.clock.now() > start, 24 * 60 * 60 * 1000);
    expect(await errorOf(await request('GET', '/v2/'))).toMatchObject({ status: 403, code: 'DENIED', message: expect.stringContaining('expired') });
  });

  test('A token of a role is judged by the role: what it may not do is denied in the words of IAM.', async () => {
    const role: Principal = { kind: 'role', roleArn: 'arn:aws:iam::000000000000:role/puller', sessionName: 'test' };
    const as = await tokenFor(role);
    region.dispatcher.setAuthorizer((_principal, action, resources) =>
      action === 'ecr:InitiateLayerUpload' ? `not authorized to perform: ${action} on resource: ${resources[0]}` : undefined,
    );
    expect((await request('GET', `/v2/${name}/tags/list`, { as })).status).toBe(200);
    expect(await errorOf(await request('POST', `/v2/${name}/blobs/uploads/`, { as }))).toEqual({
      status: 403,
      code: 'DENIED',
      message: 'not authorized to perform: ecr:InitiateLayerUpload on resource: arn:aws:ecr:us-east-1:000000000000:repository/team/orders',
    });
  });
});

describe('blobs', () => {
  test('A blob is pushed in chunks, then found, read whole and read in ranges.', async () => {
    const begun = await request('POST', `/v2/${name}/blobs/uploads/`);
    const location = begun.headers.get('location') ?? '';
    expect([begun.status, begun.headers.get('range')]).toEqual([202, '0-0']);
    const first = await request('PATCH', location, { body: 'hello ', headers: { 'content-range': '0-5' } });
    expect([first.status, first.headers.get('range')]).toEqual([202, '0-5']);
    const gap = await request('PATCH', location, { body: 'x', headers: { 'content-range': '9-9' } });
    expect([gap.status, gap.headers.get('range')]).toEqual([416, '0-5']);
    expect((await request('GET', location)).headers.get('range')).toBe('0-5');
    const digest = digestOf('hello world');
    const done = await request('PUT', `${location}?digest=${digest}`, { body: 'world' });
    expect([done.status, done.headers.get('docker-content-digest')]).toEqual([201, digest]);

    const blob = `/v2/${name}/blobs/${digest}`;
    const head = await request('HEAD', blob);
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '11']);
    expect(await (await request('GET', blob)).text()).toBe('hello world');
    const range = await request('GET', blob, { headers: { range: 'bytes=6-' } });
    expect([range.status, range.headers.get('content-range'), await range.text()]).toEqual([206, 'bytes 6-10/11', 'world']);
    expect(await (await request('GET', blob, { headers: { range: 'bytes=-3' } })).text()).toBe('rld');
    expect((await request('GET', blob, { headers: { range: 'bytes=11-' } })).status).toBe(416);
  });

  test('A blob is pushed by a single POST.', async () => {
    const digest = digestOf('single');
    expect((await request('POST', `/v2/${name}/blobs/uploads/?digest=${digest}`, { body: 'single' })).status).toBe(201);
    expect((await request('HEAD', `/v2/${name}/blobs/${digest}`)).status).toBe(200);
  });

  test('Bytes that do not have the digest they were announced with are refused and forgotten.', async () => {
    const begun = await request('POST', `/v2/${name}/blobs/uploads/`);
    const location = begun.headers.get('location') ?? '';
    expect(await errorOf(await request('PUT', `${location}?digest=${digestOf('this')}`, { body: 'that' }))).toMatchObject({
      status: 400,
      code: 'DIGEST_INVALID',
    });
    expect(await errorOf(await request('PUT', `${location}?digest=${digestOf('that')}`))).toMatchObject({ status: 404, code: 'BLOB_UPLOAD_UNKNOWN' });
  });

  test('An upload can be given up.', async () => {
    const location = (await request('POST', `/v2/${name}/blobs/uploads/`)).headers.get('location') ?? '';
    expect((await request('DELETE', location)).status).toBe(204);
    expect((await request('GET', location)).status).toBe(404);
  });

  test('Pushing a blob that is there already succeeds.', async () => {
    await pushBlob('twice');
    await pushBlob('twice');
  });

  test('A blob of another repository is mounted only where the account has turned that on.', async () => {
    const { digest } = await pushBlob('shared');
    await ecr('CreateRepository', { repositoryName: 'team/other' });
    const mount = () => request('POST', `/v2/team/other/blobs/uploads/?mount=${digest}&from=${name}`);
    expect((await mount()).status).toBe(202);
    await ecr('PutAccountSetting', { name: 'BLOB_MOUNTING', value: 'ENABLED' });
    expect((await mount()).status).toBe(201);
    expect(await (await request('GET', `/v2/team/other/blobs/${digest}`)).text()).toBe('shared');
    expect((await request('POST', `/v2/team/other/blobs/uploads/?mount=${digestOf('nowhere')}&from=${name}`)).status).toBe(202);
    await ecr('DeleteRepository', { repositoryName: name, force: true });
    expect(await (await request('GET', `/v2/team/other/blobs/${digest}`)).text()).toBe('shared');
  });

  test('What ECR does not know is refused in its words.', async () => {
    expect(await errorOf(await request('POST', '/v2/team/absent/blobs/uploads/'))).toEqual({
      status: 404,
      code: 'NAME_UNKNOWN',
      message: "The repository with name 'team/absent' does not exist in the registry with id '000000000000'",
    });
    expect(await errorOf(await request('GET', `/v2/${name}/blobs/${digestOf('x')}`))).toMatchObject({ status: 404, code: 'BLOB_UNKNOWN' });
    expect(await errorOf(await request('GET', `/v2/${name}/blobs/md5:1`))).toMatchObject({ status: 400, code: 'DIGEST_INVALID' });
    expect(await errorOf(await request('DELETE', `/v2/${name}/blobs/${digestOf('x')}`))).toMatchObject({ status: 405, code: 'UNSUPPORTED' });
    expect((await request('GET', '/v2/nonsense')).status).toBe(404);
  });
});

describe('manifests', () => {
  test('A manifest is put by tag and read by tag and by digest, byte for byte.', async () => {
    const manifest = await manifestOf('one');
    const put = await putManifest('1.0.0', manifest);
    const digest = digestOf(manifest);
    expect([put.status, put.headers.get('docker-content-digest'), put.headers.get('location')]).toEqual([201, digest, `/v2/${name}/manifests/${digest}`]);
    for (const reference of ['1.0.0', digest]) {
      const got = await request('GET', `/v2/${name}/manifests/${reference}`);
      expect([got.headers.get('content-type'), got.headers.get('docker-content-digest'), await got.text()]).toEqual([OCI_MANIFEST, digest, manifest]);
    }
    const head = await request('HEAD', `/v2/${name}/manifests/1.0.0`);
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(manifest.length)]);
    expect((await request('HEAD', `/v2/${name}/manifests/2.0.0`)).status).toBe(404);
  });

  test("Docker's own manifests and multi-architecture indexes are taken; children are announced without a tag.", async () => {
    const child = await manifestOf('amd64', DOCKER_MANIFEST);
    const digest = digestOf(child);
    expect((await putManifest(digest, child, DOCKER_MANIFEST)).status).toBe(201);
    const index = JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [{ mediaType: DOCKER_MANIFEST, digest, size: child.length }] });
    expect((await putManifest('multi', index, OCI_INDEX)).status).toBe(201);
    expect(pushed).toEqual([
      [undefined, digest],
      ['multi', digestOf(index)],
    ]);
  });

  test('The same push again succeeds and is announced again.', async () => {
    const manifest = await manifestOf('one');
    for (let times = 0; times < 2; times++) expect((await putManifest('1.0.0', manifest)).status).toBe(201);
    expect(pushed).toEqual([
      ['1.0.0', digestOf(manifest)],
      ['1.0.0', digestOf(manifest)],
    ]);
  });

  test('A manifest is refused when its blobs are missing, its digest differs, it is no JSON, or its tag may not move.', async () => {
    const missing = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digestOf('absent'), size: 6 };
    const incomplete = JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, config: missing, layers: [] });
    expect(await errorOf(await putManifest('x', incomplete))).toMatchObject({ status: 400, code: 'MANIFEST_BLOB_UNKNOWN' });
    const manifest = await manifestOf('one');
    expect(await errorOf(await putManifest(digestOf('other'), manifest))).toMatchObject({ status: 400, code: 'DIGEST_INVALID' });
    expect(await errorOf(await putManifest('x', 'no json'))).toMatchObject({ status: 400, code: 'MANIFEST_INVALID' });
    expect(await errorOf(await putManifest('x', manifest, 'text/plain'))).toMatchObject({ status: 400, code: 'MANIFEST_INVALID' });
    await putManifest('1.0.0', manifest);
    await ecr('PutImageTagMutability', { repositoryName: name, imageTagMutability: 'IMMUTABLE' });
    expect(await errorOf(await putManifest('1.0.0', await manifestOf('two')))).toMatchObject({ status: 400, code: 'TAG_INVALID' });
    expect(await errorOf(await putManifest('1.0.0', manifest))).toMatchObject({ status: 400, code: 'TAG_INVALID' });
    expect(pushed).toHaveLength(1);
    expect(await errorOf(await request('DELETE', `/v2/${name}/manifests/1.0.0`))).toMatchObject({ status: 405, code: 'UNSUPPORTED' });
  });

  test('A manifest over four mebibytes is refused with an answer, not a cut connection.', async () => {
    const answer = await putManifest('x', JSON.stringify({ schemaVersion: 2, padding: 'x'.repeat(4 * 1024 * 1024) }));
    expect(await errorOf(answer)).toMatchObject({ status: 413, code: 'MANIFEST_INVALID' });
  });

  test('Throttling reaches the client as 429 and a server fault as 500.', async () => {
    const restore = region.dispatcher.intercept(async () => Promise.reject(new AwsError('ThrottlingException', 'Rate exceeded')));
    expect(await errorOf(await request('GET', `/v2/${name}/tags/list`))).toMatchObject({ status: 429, code: 'TOOMANYREQUESTS' });
    restore();
    region.dispatcher.intercept(async () => Promise.reject(new AwsError('ServerException', 'oops', { httpStatus: 500 })));
    expect(await errorOf(await request('GET', `/v2/${name}/tags/list`))).toMatchObject({ status: 500, code: 'UNKNOWN' });
  });
});

describe('lists', () => {
  test('Tags and repositories are listed in order and in pages.', async () => {
    const manifest = await manifestOf('one');
    for (const tag of ['c', 'a', 'b']) await putManifest(tag, manifest);
    const first = await request('GET', `/v2/${name}/tags/list?n=2`);
    expect(await first.json()).toEqual({ name, tags: ['a', 'b'] });
    expect(first.headers.get('link')).toBe(`</v2/${name}/tags/list?n=2&last=b>; rel="next"`);
    expect(await (await request('GET', `/v2/${name}/tags/list?n=2&last=b`)).json()).toEqual({ name, tags: ['c'] });
    expect(await (await request('GET', '/v2/_catalog')).json()).toEqual({ repositories: [name] });
    expect((await request('GET', `/v2/${name}/tags/list?n=none`)).status).toBe(400);
  });
});
