import { createHash } from 'node:crypto';

/**
 * The transaction id of a message, made from its key: the homeserver answers with the event it already has when the
 * same message is sent again, also after a restart, because the id counts for the access token's device.
 */
export function transactionId(key: string): string {
  return `chiffon-${createHash('sha256').update(key).digest('base64url').slice(0, 24)}`;
}
