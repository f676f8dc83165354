import { isUtf8 } from 'node:buffer';
import type { Turns } from '../turns';

const BYTES_AT_ONCE = 8 * 1_048_576;

/** The most common lie of bank files is their encoding, so the bytes are believed before the header. */
export function* textOf(bytes: Uint8Array): Turns<string> {
  const encoding = utf16Of(bytes) ?? (isUtf8(bytes) ? 'utf-8' : 'windows-1252');
  const decoder = new TextDecoder(encoding);
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_AT_ONCE) {
    parts.push(decoder.decode(bytes.subarray(at, at + BYTES_AT_ONCE), { stream: true }));
    yield;
  }
  parts.push(decoder.decode());
  return parts.join('');
}

function utf16Of([first, second]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return undefined;
}
