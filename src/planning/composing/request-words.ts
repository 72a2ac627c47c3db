import type { Intent } from '#core/intent.ts';
import { sayIntent } from '../understanding/say-intent.ts';
import type { House } from './house.ts';

/** Several intents as one request, as if somebody had typed it: "update immich, then restart traefik on n100". */
export function requestWordsOfAll(intents: readonly Intent[], house: House): string {
  return intents.map((intent) => sayIntent(house.catalog, intent)).join(', then ');
}
