/** Why encrypted rooms can't be served with the keys that are stored, and what to do; null when they can. */
export function deviceMismatch(
  stored: string | null,
  actual: string | null,
  cryptoFolder: string,
): { readonly detail: string; readonly remedy: string } | null {
  if (actual === null) {
    return {
      detail:
        'The homeserver does not say which device the access token belongs to, so encrypted rooms can’t be served.',
      remedy:
        'Log the bot in with a password once and put the access token of that login into matrix.tokenFile.',
    };
  }
  if (stored === null || stored === actual) return null;
  return {
    detail: `The stored keys belong to the device ${stored}, and the access token to the device ${actual}. Chiffon stays off Matrix, because mixing them would make its messages unreadable.`,
    remedy: `Put the access token of ${stored} back into matrix.tokenFile. If it is lost, move the folder ${cryptoFolder} away: Chiffon then makes new keys, and can’t read what was encrypted for the old ones.`,
  };
}
