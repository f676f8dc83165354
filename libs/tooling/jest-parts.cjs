const { createRequire } = require('node:module');

/** What we build on has to be the copy that the running Jest uses, wherever it lies. */
const core = createRequire(require.resolve('jest')).resolve('@jest/core');
const runtime = createRequire(core).resolve('jest-runtime');

module.exports = {
  JestRuntime: require(runtime).default,
  ModuleMocker: createRequire(runtime)('jest-mock').ModuleMocker,
};
