import type { UpstreamEvent } from '@tributary/contracts';
import { type FieldError, pointerOf } from '@tributary/platform';

// eslint-disable-next-line no-control-regex -- control characters are what the expression is for.
const CONTROL = /[\u0000-\u001f\u007f]/;
/** A control character, or what may be half of a character. */
// eslint-disable-next-line no-control-regex -- control characters are what the expression is for.
const NEEDS_CARE = /[\u0000-\u001f\u007f\ud800-\udfff]/;

/** What no store keeps as it was sent. Found here, it has a place; found at the log, it would have none. */
export function textErrors(event: UpstreamEvent): readonly FieldError[] | undefined {
  if (!needsCare(event)) return undefined;
  const errors: FieldError[] = [];
  for (const [name, value] of Object.entries(event)) {
    if (name !== 'data' && CONTROL.test(String(value)))
      errors.push(invalidText([name], 'holds a control character'));
  }
  addTextErrors(event, [], errors);
  return errors.length > 0 ? errors : undefined;
}

/** Without paths, because hardly any fact needs them. */
function needsCare(object: object): boolean {
  for (const name in object) {
    const value = (object as Record<string, unknown>)[name];
    if (typeof value === 'string') {
      if (NEEDS_CARE.test(value)) return true;
    } else if (typeof value === 'object' && value !== null && needsCare(value)) return true;
  }
  return false;
}

function addTextErrors(value: unknown, path: readonly string[], errors: FieldError[]): void {
  if (typeof value === 'string') {
    if (!value.isWellFormed()) errors.push(invalidText(path, 'holds half a character'));
    else if (path.length > 1 && value.includes('\0'))
      errors.push(invalidText(path, 'holds U+0000'));
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, child] of Object.entries(value))
      addTextErrors(child, [...path, name], errors);
  }
}

const invalidText = (path: readonly string[], what: string): FieldError => ({
  pointer: pointerOf(path),
  code: 'invalid_text',
  detail: `It ${what}, which cannot be kept as it was sent.`,
});
