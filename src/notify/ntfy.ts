import type { Phone } from './phone.ts';
import { post } from './post.ts';

/**
 * ntfy, self-hosted or not: one JSON document posted to the server's root (docs.ntfy.sh, "Publish as JSON"). Its
 * buttons open the card or say "I'm on it"; nothing is decided from there.
 */
export function createNtfy(at: {
  readonly name: string;
  readonly server: string | null;
  readonly topic: string;
  readonly token: string | null;
}): Phone {
  const server = at.server ?? 'https://ntfy.sh';
  return {
    name: at.name,
    ring: (message) => {
      const { headline, need, about, link, acknowledge, urgent } = message;
      const actions = [
        ...(link === null ? [] : [{ action: 'view', label: `Open ${about}`, url: link, clear: false }]),
        ...(acknowledge === null
          ? []
          : [
              {
                action: 'http',
                label: 'I’m on it',
                url: acknowledge.url,
                method: 'POST',
                headers: { 'content-type': 'application/json' },
                body: JSON.stringify({ token: acknowledge.token, from: at.name }),
                clear: true,
              },
            ]),
      ];
      return post('ntfy', server, {
        headers: {
          'content-type': 'application/json',
          ...(at.token === null ? {} : { authorization: `Bearer ${at.token}` }),
        },
        body: JSON.stringify({
          topic: at.topic,
          title: headline,
          message: `${need}\nOpen ${about}`,
          // 5 rings through most silence, 4 makes a sound.
          priority: urgent ? 5 : 4,
          ...(link === null ? {} : { click: link }),
          ...(actions.length === 0 ? {} : { actions }),
        }),
      });
    },
  };
}
