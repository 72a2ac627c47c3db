import type { Phone } from './phone.ts';
import { post } from './post.ts';

/** Lengths Pushover takes, in characters (pushover.net/api). */
const longest = { title: 250, message: 1024 } as const;

/** Pushover: a form posted to its message API. Repeating until somebody is on it is Chiffon's own affair, so priority 1. */
export function createPushover(at: {
  readonly name: string;
  readonly server: string | null;
  readonly token: string;
  readonly user: string;
}): Phone {
  const server = at.server ?? 'https://api.pushover.net';
  return {
    name: at.name,
    ring: ({ headline, need, about, link, urgent }) =>
      post('Pushover', new URL('/1/messages.json', server).href, {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({
          token: at.token,
          user: at.user,
          title: headline.slice(0, longest.title),
          message: `${need}\nOpen ${about}`.slice(0, longest.message),
          priority: urgent ? '1' : '0',
          ...(link === null ? {} : { url: link, url_title: `Open ${about}` }),
        }).toString(),
      }),
  };
}
