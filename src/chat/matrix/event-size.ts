/** What a message says, twice: for clients that draw HTML and for those that don't. */
export interface MessageText {
  readonly body: string;
  readonly html: string;
}

/** Clients and homeservers take more, but nobody reads more. In characters, plain text and HTML together. */
const mostCharacters = 16_000;
/** An event may weigh 65,536 bytes; the homeserver's signatures, ids and what other servers add need room too. */
const mostBytes = 60_000;
/** Encryption writes its payload in base64 and adds its own frame. */
const encryptedGrowth = 4 / 3;

/** Whether a text can be sent and later edited, which carries the plain text twice. */
export function fitsIntoEvent({ body, html }: MessageText): boolean {
  if (body.length + html.length > mostCharacters) return false;
  const weight = jsonBytes(body) * 2 + jsonBytes(html);
  return weight * encryptedGrowth + 2_000 <= mostBytes;
}

/** How many bytes a text takes inside JSON. */
export function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text), 'utf8');
}
