import type { Handed } from '#flow/ring-phones.ts';

/** How long a provider may take, in milliseconds. */
const patienceMs = 10_000;

/**
 * Posts to a provider and says in a sentence what went wrong. Addresses and answers stay out of it: both can carry
 * what must not be seen.
 */
export async function post(
  provider: string,
  url: string,
  request: { readonly headers?: Readonly<Record<string, string>>; readonly body: string },
): Promise<Handed> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...request.headers },
      body: request.body,
      redirect: 'error',
      signal: AbortSignal.timeout(patienceMs),
    });
    await response.body?.cancel();
    return response.ok ? { ok: true } : { ok: false, reason: refusalOf(provider, response.status) };
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError')
      return { ok: false, reason: `${provider} did not answer within ${patienceMs / 1000} s.` };
    const code = codeOf(error);
    return { ok: false, reason: `${provider} can't be reached${code === null ? '' : ` (${code})`}.` };
  }
}

function refusalOf(provider: string, status: number): string {
  if (status === 401 || status === 403) return `${provider} refused the token (${status}).`;
  if (status === 429) return `${provider} wants fewer messages (429).`;
  return `${provider} answered ${status}.`;
}

/** The network's own word, such as ECONNREFUSED; it names no address. */
function codeOf(error: unknown): string | null {
  const cause = error instanceof Error ? (error.cause as { readonly code?: unknown } | undefined) : undefined;
  return typeof cause?.code === 'string' ? cause.code : null;
}
