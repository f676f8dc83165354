const SharedRealmEnvironment = require('./jest-environment.cjs') as {
  new (): { teardown(): Promise<void> };
  readonly globalsOfPackages: Set<string>;
};

describe('running specs in one realm', () => {
  it('puts back what a spec has done to it', async () => {
    const globals = globalThis as unknown as Record<string, unknown>;
    const { Date: clock } = globalThis;
    const { exit } = process;
    const path = process.env['PATH'];
    const environment = new SharedRealmEnvironment();

    globals['left'] = 'behind';
    globals['Date'] = null;
    process.exit = () => undefined as never;
    process.env['LEFT'] = 'behind';
    delete process.env['PATH'];
    await environment.teardown();

    expect('left' in globals).toBe(false);
    expect(globalThis.Date).toBe(clock);
    expect(process.exit).toBe(exit);
    expect('LEFT' in process.env).toBe(false);
    expect(process.env['PATH']).toBe(path);
  });

  it('leaves what packages need as long as they are loaded', async () => {
    const globals = globalThis as unknown as Record<string, unknown>;
    const environment = new SharedRealmEnvironment();
    globals['proto'] = 'of a package';
    SharedRealmEnvironment.globalsOfPackages.add('proto');
    await environment.teardown();
    expect(globals['proto']).toBe('of a package');
    delete globals['proto'];
  });
});
