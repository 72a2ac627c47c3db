import type { AlertRow } from '#flow/alert-record.ts';
import { below, requestPage } from '#platform/addresses.ts';
import type { PhoneMessage } from './phone.ts';

/** Lines on a locked phone are short; what is longer is cut with a sign that it is. */
const lineLength = 160;

/**
 * An alert as phones show it. Without an address that others reach there is nothing to tap, and the text says where to
 * look.
 */
export function alertMessage(alert: AlertRow, publicUrl: string | null): PhoneMessage {
  return {
    headline: line(alert.headline),
    need: line(alert.need),
    about: `P-${alert.request}`,
    link: requestPage(publicUrl, alert.request),
    acknowledge:
      publicUrl === null
        ? null
        : { url: below(publicUrl, `api/v1/alerts/${alert.id}/acknowledge`), token: alert.token },
    urgent: alert.kind === 'gave_up',
  };
}

/** What rings when somebody wants to see whether it does. */
export function testMessage(publicUrl: string | null): PhoneMessage {
  return {
    headline: 'Chiffon tries out this phone.',
    need: 'Nothing is wrong and nothing has to be done.',
    about: 'Chiffon',
    link: publicUrl,
    acknowledge: null,
    urgent: false,
  };
}

function line(words: string): string {
  const one = words.replace(/\s+/g, ' ').trim();
  return one.length <= lineLength ? one : `${one.slice(0, lineLength - 1).trimEnd()}…`;
}
