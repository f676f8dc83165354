import { Lanes } from './lanes';

describe('lining up appends', () => {
  it('runs one lane in order, also behind a failure, and different lanes at once', async () => {
    const lanes = new Lanes(10);
    const log: string[] = [];
    const task =
      (name: string, turns: number, fails = false) =>
      async () => {
        log.push(`${name} starts`);
        for (let i = 0; i < turns; i++) await Promise.resolve();
        log.push(`${name} ends`);
        if (fails) throw new Error(name);
        return name;
      };
    const outcomes = await Promise.allSettled([
      lanes.run('a', task('a1', 20, true)),
      lanes.run('a', task('a2', 1)),
      lanes.run('b', task('b1', 1)),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(log.indexOf('a1 ends')).toBeLessThan(log.indexOf('a2 starts'));
    expect(log.indexOf('b1 ends')).toBeLessThan(log.indexOf('a1 ends'));
  });

  it('runs only so many at once', async () => {
    const lanes = new Lanes(3);
    let running = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        lanes.run(String(i), async () => {
          most = Math.max(most, ++running);
          await new Promise((resolve) => setImmediate(resolve));
          running--;
        }),
      ),
    );
    expect(most).toBe(3);
  });
});
