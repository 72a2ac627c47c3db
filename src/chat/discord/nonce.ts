import { createHash } from 'node:crypto';

/**
 * The nonce of a post: 24 characters made from where it goes and its key, so that Discord answers with the message it
 * already has when the same post is sent again within some minutes (`enforce_nonce`; at most 25 characters).
 */
export function nonceOf(target: string, key: string): string {
  return createHash('sha256').update(`${target} ${key}`).digest('base64url').slice(0, 24);
}
