const { ModuleMocker } = require('./jest-parts.cjs');

/** Keys that packages have added to the global object; these stay as long as the packages do, which is as long as the process. */
const globalsOfPackages = new Set();

/**
 * Tests run in the realm of Jest itself instead of one per file, so that packages can be loaded once per process (jest-runtime.cjs).
 * What a file does to the globals and to the environment variables is undone after it.
 */
class SharedRealmEnvironment {
  constructor() {
    this.global = globalThis;
    this.moduleMocker = new ModuleMocker(globalThis);
    // Nobody fakes time: clocks are handed in, and Jest would wait by the same timers.
    this.fakeTimers = null;
    this.fakeTimersModern = null;
    this.before = Object.getOwnPropertyDescriptors(globalThis);
    this.variables = { ...process.env };
    this.exit = process.exit;
  }

  async setup() {}

  async teardown() {
    for (const [key, { configurable }] of entriesOf(Object.getOwnPropertyDescriptors(globalThis))) {
      if (configurable && !Object.hasOwn(this.before, key) && !globalsOfPackages.has(key))
        delete globalThis[key];
    }
    for (const [key, descriptor] of entriesOf(this.before)) {
      if (descriptor.configurable) Object.defineProperty(globalThis, key, descriptor);
    }
    for (const name of Object.keys(process.env)) {
      if (!(name in this.variables)) delete process.env[name];
    }
    Object.assign(process.env, this.variables);
    process.exit = this.exit;
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  getVmContext() {
    return globalThis;
  }
}

module.exports = Object.assign(SharedRealmEnvironment, { globalsOfPackages });

/** Symbols among them, which is where Jest keeps its state. */
const entriesOf = (descriptors) =>
  Reflect.ownKeys(descriptors).map((key) => [key, descriptors[key]]);
