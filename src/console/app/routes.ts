/** Where in the console somebody is. */
export type Route =
  | { readonly page: 'now' | 'ask' | 'requests' | 'machines' | 'audit' | 'settings' | 'more' | 'sign-in' }
  | { readonly page: 'request'; readonly number: number }
  | { readonly page: 'run'; readonly number: number; readonly run: number }
  | { readonly page: 'machine'; readonly name: string }
  | { readonly page: 'nowhere' };

const plain = {
  '/': 'now',
  '/ask': 'ask',
  '/requests': 'requests',
  '/machines': 'machines',
  '/audit': 'audit',
  '/settings': 'settings',
  '/more': 'more',
  '/sign-in': 'sign-in',
} as const;

/** Reads a path. A slash at the end makes no difference. */
export function routeOf(path: string): Route {
  const clean = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  if (Object.hasOwn(plain, clean)) return { page: plain[clean as keyof typeof plain] };
  const run = /^\/r\/([1-9]\d{0,8})\/run\/([1-9]\d{0,5})$/.exec(clean);
  if (run) return { page: 'run', number: Number(run[1]), run: Number(run[2]) };
  const request = /^\/r\/([1-9]\d{0,8})$/.exec(clean);
  if (request) return { page: 'request', number: Number(request[1]) };
  const machine = /^\/machines\/([^/]+)$/.exec(clean);
  if (machine) return namedMachine(machine[1] ?? '');
  return { page: 'nowhere' };
}

function namedMachine(encoded: string): Route {
  try {
    return { page: 'machine', name: decodeURIComponent(encoded) };
  } catch {
    // A lone % is no name that any machine could have.
    return { page: 'nowhere' };
  }
}

/** "R-142", "P-142" or "request:142" → 142; null when there is no number in it. */
export function numberIn(id: string | null): number | null {
  const digits = id === null ? null : /(\d+)/.exec(id);
  return digits ? Number(digits[1]) : null;
}

/** The page of a request. */
export function requestPath(id: string | number): string {
  return `/r/${typeof id === 'number' ? id : (numberIn(id) ?? 0)}`;
}

/** The page of a run: "142-2" → "/r/142/run/2". */
export function runPath(runId: string): string {
  const [request, run] = runId.split('-');
  return `/r/${request}/run/${run}`;
}
