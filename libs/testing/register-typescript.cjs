// `node -r libs/testing/register-typescript.cjs program.ts`: lets a test start one of our programs as a process of its own,
// to kill it, without a build. Workspace names mean their sources, as in the tests themselves.
const { createHash } = require('node:crypto');
const { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const { join, resolve } = require('node:path');
const { threadId } = require('node:worker_threads');

const ROOT = resolve(__dirname, '..', '..');
/** What each source has become: a whole product is five hundred of them, compiled anew for every process that a test kills. */
const CACHE = join(ROOT, 'node_modules', '.cache', 'tributary', 'typescript');
const COMPILED_BY = [readFileSync(__filename), require('@swc/core/package.json').version];
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

require.extensions['.ts'] = (module, filename) =>
  module._compile(compiled(filename, readFileSync(filename, 'utf8')), filename);

/** The last line says what it was made from. */
function compiled(filename, source) {
  const kept = join(CACHE, `${hashOf(filename)}.js`);
  const mark = `//# compiled from ${hashOf(...COMPILED_BY, source)}`;
  const known = existsSync(kept) ? readFileSync(kept, 'utf8') : '';
  if (known.endsWith(mark)) return known;
  const code = `${transformed(filename, source)}\n${mark}`;
  mkdirSync(CACHE, { recursive: true });
  // Several processes and threads compile at once, and one may be killed meanwhile: what has this name is whole.
  const mine = `${kept}.${process.pid}.${threadId}`;
  writeFileSync(mine, code);
  renameSync(mine, kept);
  return code;
}

function hashOf(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
}

function transformed(filename, source) {
  const { transformSync } = require('@swc/core');
  const { code } = transformSync(source, {
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
  return code;
}
