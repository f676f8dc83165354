const { createRequire } = require('node:module');
const { isAbsolute } = require('node:path');
const vm = require('node:vm');

const { globalsOfPackages } = require('./jest-environment.cjs');
const { JestRuntime } = require('./jest-parts.cjs');

/** What every file of a process compiles to, and the function it has become. */
const transformed = new Map();
const compiled = new Map();

/**
 * Loads packages with Node's own `require`, once per process: Jest would load the thousand modules of Nest, Fastify and TypeORM
 * anew for each spec, which took longer than most specs. Our own modules are still new for each spec; only their compiled code is kept.
 */
module.exports = class SharedPackagesRuntime extends JestRuntime {
  constructor(config, environment, resolver, transformer, ...rest) {
    super(config, environment, resolver, transformer, ...rest);
    const transform = transformer.transform.bind(transformer);
    transformer.transform = (filename, options, source) => {
      const known = transformed.get(filename);
      if (known?.source === source) return known.result;
      const result = transform(filename, options, source);
      transformed.set(filename, { source, result });
      return result;
    };
    const { executor } = this;
    executor.compile = (code, filename) => {
      const known = compiled.get(filename);
      if (known?.code === code) return known.run;
      const run = vm.compileFunction(code, executor.injectedModuleParameters, {
        filename,
        importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
      });
      compiled.set(filename, { code, run });
      return run;
    };
  }

  requireModule(from, moduleName, options, isRequireActual) {
    if (moduleName !== undefined && !options?.isInternalModule && isPackage(moduleName))
      return requirePackage(from, moduleName);
    return super.requireModule(from, moduleName, options, isRequireActual);
  }
};

/** What it puts beside the globals while it loads is needed as long as it is loaded. */
function requirePackage(from, name) {
  const before = Reflect.ownKeys(globalThis);
  const loaded = createRequire(from)(name);
  const after = Reflect.ownKeys(globalThis);
  if (after.length > before.length) {
    const known = new Set(before);
    for (const key of after) if (!known.has(key)) globalsOfPackages.add(key);
  }
  return loaded;
}

const isPackage = (name) =>
  !name.startsWith('.') &&
  !name.startsWith('@tributary/') &&
  !name.startsWith('node:') &&
  !isAbsolute(name);
