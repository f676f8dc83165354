const SHOWN = /\[((?:<[0-9a-f]*>|[\s0-9.-])*)\] TJ/g;
const decoder = new TextDecoder('windows-1252');

/** What is written on an uncompressed page, line by line, without a tool. */
export const textOf = (pdf: Uint8Array): string =>
  [...Buffer.from(pdf).toString('latin1').matchAll(SHOWN)]
    .map(([, shown = '']) =>
      [...shown.matchAll(/<([0-9a-f]*)>/g)]
        .map(([, hex = '']) => decoder.decode(Buffer.from(hex, 'hex')))
        .join(''),
    )
    .join('\n');

export const pagesOf = (pdf: Uint8Array): number =>
  [
    ...Buffer.from(pdf)
      .toString('latin1')
      .matchAll(/\/Type \/Page\b(?!s)/g),
  ].length;
