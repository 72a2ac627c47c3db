import type { Phone } from './phone.ts';
import { post } from './post.ts';

/** Any program that takes a JSON document: `{event, headline, need, about, link, urgent, acknowledge}`. */
export function createWebhook(at: { readonly name: string; readonly url: string }): Phone {
  return {
    name: at.name,
    ring: (message) =>
      post('The webhook', at.url, {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ event: 'alert', ...message }),
      }),
  };
}
