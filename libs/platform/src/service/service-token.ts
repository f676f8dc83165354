import { timingSafeEqual } from 'node:crypto';
import { sha256Hex } from '@tributary/kernel';
import { Refusal } from '../errors/problem';

/** Throws unless the caller has the token that the services share. Without one in the settings, nobody has. */
export function assertService(token: string | undefined, authorization = ''): void {
  const [sent, expected] = [authorization, `Bearer ${token}`].map((text) =>
    Buffer.from(sha256Hex(text)),
  );
  if (token !== undefined && sent && expected && timingSafeEqual(sent, expected)) return;
  const detail = 'Only services that share SERVICE_TOKEN come in here.';
  const headers = { 'www-authenticate': 'Bearer' };
  throw new Refusal(401, 'service_token_invalid', detail, { headers });
}
