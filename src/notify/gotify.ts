import { below } from '#platform/addresses.ts';
import type { Phone } from './phone.ts';
import { post } from './post.ts';

/** Gotify: one message by an application's token (gotify.net/docs/pushmsg). */
export function createGotify(at: {
  readonly name: string;
  readonly server: string;
  readonly token: string;
}): Phone {
  return {
    name: at.name,
    ring: ({ headline, need, about, link, urgent }) =>
      post('Gotify', below(at.server, 'message'), {
        headers: { 'content-type': 'application/json', 'x-gotify-key': at.token },
        body: JSON.stringify({
          title: headline,
          message: `${need}\nOpen ${about}`,
          // 8 and above make a sound and stay on the screen of its app.
          priority: urgent ? 9 : 8,
          ...(link === null ? {} : { extras: { 'client::notification': { click: { url: link } } } }),
        }),
      }),
  };
}
