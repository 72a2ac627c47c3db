import type { ConfiguredPhone } from '#platform/config/config.ts';
import { createGotify } from './gotify.ts';
import { createNtfy } from './ntfy.ts';
import type { Phone } from './phone.ts';
import { createPushover } from './pushover.ts';
import { createWebhook } from './webhook.ts';

/** A configured phone. What its kind needs was checked when the configuration was read. */
export function createPhone(setting: ConfiguredPhone): Phone {
  const { name, server } = setting;
  const needed = <T>(value: T | null, key: string): T => {
    if (value === null) throw new Error(`phone ${name} has no ${key}; the configuration's check let it pass`);
    return value;
  };
  switch (setting.kind) {
    case 'ntfy':
      return createNtfy({
        name,
        server,
        topic: needed(setting.topic, 'topic'),
        token: setting.token?.reveal() ?? null,
      });
    case 'pushover': {
      const token = needed(setting.token, 'token').reveal();
      return createPushover({ name, server, token, user: needed(setting.user, 'user').reveal() });
    }
    case 'gotify':
      return createGotify({
        name,
        server: needed(server, 'server'),
        token: needed(setting.token, 'token').reveal(),
      });
    case 'webhook':
      return createWebhook({ name, url: needed(setting.url, 'url').reveal() });
  }
}
