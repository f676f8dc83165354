import { isUtf8 } from 'node:buffer';

/** The most common lie of bank files is their encoding, so the bytes are believed before the header. */
export function textOf(bytes: Uint8Array): string {
  const declared = utf16Of(bytes);
  if (declared !== undefined) return new TextDecoder(declared).decode(bytes);
  return new TextDecoder(isUtf8(bytes) ? 'utf-8' : 'windows-1252').decode(bytes);
}

function utf16Of([first, second]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return undefined;
}
