import { collectingLogger } from '../testing';

describe('writing the log', () => {
  it('names the service that speaks, where several share a process', () => {
    const { logger, lines } = collectingLogger();
    logger.event('info', 'parked', { service: 'attribution' });
    expect(lines.join('').match(/"service":"[a-z]+"/g)).toEqual(['"service":"attribution"']);
  });

  it('names where an error comes from, and quotes what it said only when asked to', () => {
    const cause = Object.assign(new Error('invalid input: "canary"'), { code: '22P02' });
    const error = new Error('query failed for canary', { cause });
    const quiet = collectingLogger('info');
    quiet.logger.failure('failed', error);
    expect(quiet.lines.join('')).toContain('"code":"22P02"');
    expect(quiet.lines.join('')).toContain('structured-logger.spec');
    expect(quiet.lines.join('')).not.toContain('canary');

    const loud = collectingLogger('debug');
    loud.logger.failure('failed', error);
    expect(loud.lines.join('')).toContain('query failed for canary');
  });

  it('takes what Nest says: texts with a context, errors as errors, its wiring only when debugging', () => {
    const { logger, lines } = collectingLogger('info');
    logger.log('Mapped {/x, GET} route', 'RouterExplorer');
    logger.warn('slow', 'Feed');
    logger.error(new Error('canary'), 'Feed');
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({ level: 'warn', msg: 'slow', context: 'Feed' }),
      expect.objectContaining({
        level: 'error',
        error: [expect.objectContaining({ name: 'Error' })],
        context: 'Feed',
      }),
    ]);
    expect(lines.join('')).not.toContain('canary');
  });
});
