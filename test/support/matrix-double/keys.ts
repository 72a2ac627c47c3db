import type { Route } from './routes.ts';

/** The part of a homeserver that publishes what others need to encrypt: it keeps the keys and hands out none. */
export function keyRoutes(): readonly Route[] {
  const devices = new Map<string, Record<string, unknown>>();
  const counts = new Map<string, number>();
  const identities = new Map<string, Record<string, unknown>>();
  return [
    [
      'POST',
      /^\/_matrix\/client\/v3\/keys\/upload$/,
      ({ user, body }) => {
        const { device_keys, one_time_keys = {} } = body;
        if (device_keys !== undefined)
          devices.set(user, { ...devices.get(user), [device_keys.device_id]: device_keys });
        counts.set(user, (counts.get(user) ?? 0) + Object.keys(one_time_keys).length);
        return { one_time_key_counts: { signed_curve25519: counts.get(user) ?? 0 } };
      },
    ],
    [
      'POST',
      /^\/_matrix\/client\/v3\/keys\/query$/,
      ({ body }) => {
        const asked = Object.keys(body['device_keys'] ?? {});
        const published = (kind: string) =>
          Object.fromEntries(
            asked.flatMap((id) => {
              const key = identities.get(id)?.[kind];
              return key === undefined ? [] : [[id, key]];
            }),
          );
        return {
          device_keys: Object.fromEntries(asked.map((id) => [id, devices.get(id) ?? {}])),
          master_keys: published('master_key'),
          self_signing_keys: published('self_signing_key'),
          user_signing_keys: published('user_signing_key'),
          failures: {},
        };
      },
    ],
    [
      'POST',
      /^\/_matrix\/client\/v3\/keys\/device_signing\/upload$/,
      ({ user, body }) => {
        identities.set(user, body);
        return {};
      },
    ],
    ['POST', /^\/_matrix\/client\/v3\/keys\/signatures\/upload$/, () => ({ failures: {} })],
  ];
}
