// Serverless plugin: bundles the functions before they are packaged, so that `serverless package` and `serverless deploy` work by
// themselves. The bundling is TypeScript; a child on a Node that runs TypeScript does it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export default class BundleFunctionsPlugin {
  constructor(serverless) {
    this.hooks = { 'before:package:createDeploymentArtifacts': () => bundle(serverless.config.servicePath ?? serverless.serviceDir) };
  }
}

function bundle(projectRoot) {
  const run = spawnSync(process.execPath, [join(projectRoot, 'bin', 'launch.mjs'), join(projectRoot, 'build', 'bundle-functions.ts')], {
    cwd: projectRoot,
    stdio: 'inherit',
  });
  if (run.status !== 0) throw new Error('bundling the functions failed; see the lines above');
}
