import { closureOf, whatMoved } from './engine-closure';
import { ENGINE } from '../engines/v1/engine';

describe('naming what computed a posting', () => {
  const closure = closureOf('v1');
  const files = Object.keys(closure.files);

  it('has not moved', () => {
    expect(whatMoved('v1')).toBe('');
    expect(ENGINE).toEqual({ name: 'v1', hash: closure.hash });
  });

  it('covers the engine, and the arithmetic of the kernel', () => {
    for (const name of [
      'due',
      'line',
      'running',
      'limits',
      'rules/schedule',
      'rules/pool',
      'fields',
    ])
      expect(files).toContain(`apps/commission/engines/v1/${name}.ts`);
    for (const name of ['rational', 'allocate', 'coded-error'])
      expect(files).toContain(`libs/kernel/src/${name}.ts`);
  });

  it('leaves out what only tests, types and other services need', () => {
    const other = files.filter((file) =>
      /\.(?:spec|fixture)\.ts$|\/facts\.ts$|\/engine\.ts$|period|instant|commands/.test(file),
    );
    expect(other).toEqual([]);
  });
});
