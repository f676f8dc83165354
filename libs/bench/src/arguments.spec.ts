import { readArguments } from './arguments';

const KNOWN = ['append', 'replay'];

describe('reading the arguments of the bench', () => {
  it('runs everything at the usual size when nothing is said', () => {
    expect(readArguments([], KNOWN)).toMatchObject({
      names: KNOWN,
      rounds: 5,
      events: 200_000,
      slack: 1,
      check: false,
    });
  });

  it('takes names, and lets a number win over a preset', () => {
    expect(readArguments(['replay', '--quick', '--rounds', '3', '--check'], KNOWN)).toMatchObject({
      names: ['replay'],
      rounds: 3,
      events: 20_000,
      check: true,
    });
  });

  it('measures a million events with --full', () => {
    expect(readArguments(['--full'], KNOWN)).toMatchObject({ events: 1_000_000, full: true });
  });

  it.each([
    ['an unknown bench', ['speed'], 'No bench is called speed.'],
    ['an unknown option', ['--fast'], '--fast'],
    ['a number that is none', ['--rounds', 'many'], '--rounds takes a whole number'],
    ['no rounds at all', ['--rounds', '0'], '--rounds takes a whole number'],
    ['slack that would tighten the floors', ['--slack', '1.2'], '--slack takes a number'],
    ['two sizes at once', ['--full', '--quick'], 'exclude each other'],
  ])('refuses %s', (_, args, message) => {
    expect(() => readArguments(args, KNOWN)).toThrow(message);
  });
});
