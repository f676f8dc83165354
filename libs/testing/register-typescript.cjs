// `node -r libs/testing/register-typescript.cjs program.ts`: lets a test start one of our programs as a process of its own,
// to kill it, without a build. Workspace names mean their sources, as in the tests themselves.
const { existsSync, readFileSync } = require('node:fs');
const Module = require('node:module');
const { join, resolve } = require('node:path');

const { transformSync } = require('@swc/core');

const ROOT = resolve(__dirname, '..', '..');
const resolveFilename = Module._resolveFilename;

Module._resolveFilename = function (request, ...rest) {
  const [, project, door] = /^@tributary\/([^/]+)(?:\/([^/]+))?$/.exec(request) ?? [];
  return resolveFilename.call(this, project ? sourceOf(project, door) : request, ...rest);
};

/** The module of a service, or the door of a library. */
function sourceOf(project, door = 'index') {
  const service = join(ROOT, 'apps', project, 'src', `${project}.module.ts`);
  return existsSync(service) ? service : join(ROOT, 'libs', project, 'src', `${door}.ts`);
}

require.extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), {
    filename,
    configFile: false,
    swcrc: false,
    sourceMaps: 'inline',
    module: { type: 'commonjs' },
    jsc: {
      target: 'es2022',
      keepClassNames: true,
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
  });
  module._compile(code, filename);
};
