import type { Asset } from '@tributary/kernel';
import { commodityOf, decimalOf } from './decimal';

describe('writing amounts for people and programs', () => {
  it.each<[bigint, Asset, string]>([
    [0n, 'BRL/2', '0.00'],
    [5n, 'BRL/2', '0.05'],
    [-5n, 'BRL/2', '-0.05'],
    [123_456n, 'BRL/2', '1234.56'],
    [-1_500n, 'JPY/0', '-1500'],
    [999_999_999_999_999_999n, 'KWD/3', '999999999999999.999'],
    [1n, 'PTS/18', '0.000000000000000001'],
  ])('writes %s of %s as %s', (minor, asset, text) => {
    expect(decimalOf(minor, asset)).toBe(text);
  });

  it('gives every asset a name of its own', () => {
    const assets: readonly Asset[] = ['BRL/2', 'BRL/4', 'JPY/0', 'JPY/2', 'PTS/0'];
    expect(assets.map(commodityOf)).toEqual(['BRL', 'BRL-4', 'JPY', 'JPY-2', 'PTS-0']);
  });
});
