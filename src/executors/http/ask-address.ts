import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** What an address answered, or why it did not. */
export type HttpAnswer =
  | { readonly answered: true; readonly status: number; readonly body: string; readonly url: string }
  | { readonly answered: false; readonly why: string };

/** Bytes of a body that are looked at: 512 KiB. */
const mostBody = 512 * 1024;
const mostRedirects = 5;

/**
 * Asks an address once. A redirect is followed, five at most, unless its own status is one of those expected.
 * Certificates are not checked: homelab services sign their own, and only the service's health is asked for; no
 * secret is sent.
 */
export async function askAddress(
  url: string,
  expectStatus: readonly number[],
  signal: AbortSignal,
): Promise<HttpAnswer> {
  let address = url;
  for (let redirects = 0; ; redirects++) {
    const answer = await askOnce(address, signal);
    if (!answer.answered) return answer;
    const next = answer.status >= 300 && answer.status < 400 ? answer.location : undefined;
    if (next === undefined || expectStatus.includes(answer.status) || redirects === mostRedirects) {
      return { answered: true, status: answer.status, body: answer.body, url: address };
    }
    const resolved = URL.canParse(next, address) ? new URL(next, address) : null;
    if (resolved === null || !/^https?:$/.test(resolved.protocol)) {
      return { answered: false, why: `it redirects to ${next}, which is not an HTTP address` };
    }
    address = resolved.href;
  }
}

type RawAnswer =
  | { answered: true; status: number; body: string; location: string | undefined }
  | { answered: false; why: string };

async function askOnce(url: string, signal: AbortSignal): Promise<RawAnswer> {
  return await new Promise((resolve) => {
    const { protocol } = new URL(url);
    if (!/^https?:$/.test(protocol)) {
      resolve({ answered: false, why: `${protocol} addresses are not asked` });
      return;
    }
    const request = protocol === 'https:' ? requestHttps : requestHttp;
    const options = {
      agent: false,
      signal,
      rejectUnauthorized: false,
      headers: { 'user-agent': 'chiffon', accept: '*/*' },
    };
    const sent = request(url, options, (response) => {
      const pieces: Buffer[] = [];
      let bytes = 0;
      const finish = () =>
        resolve({
          answered: true,
          status: response.statusCode ?? 0,
          body: Buffer.concat(pieces).toString('utf8'),
          location: response.headers.location,
        });
      response.on('data', (piece: Buffer) => {
        pieces.push(piece.subarray(0, Math.max(0, mostBody - bytes)));
        bytes += piece.length;
        if (bytes < mostBody) return;
        finish();
        response.destroy();
      });
      response.on('end', finish);
      response.on('error', (error) => resolve({ answered: false, why: plainWords(error, signal) }));
    });
    sent.on('error', (error) => resolve({ answered: false, why: plainWords(error, signal) }));
    sent.end();
  });
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to its network',
  ETIMEDOUT: 'no answer',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name could not be looked up',
  EPROTO: 'it does not speak TLS',
};

function plainWords(
  error: Error & { code?: string; errors?: (Error & { code?: string })[] },
  signal: AbortSignal,
): string {
  if (signal.aborted) return 'no answer in time';
  const code = error.code ?? error.errors?.[0]?.code;
  if (code?.startsWith('HPE_') === true) return 'it does not speak HTTP';
  return (code === undefined ? undefined : words[code]) ?? error.message;
}
