import type { ChatSurface } from '#chat/surface-port.ts';
import { hiddenIn } from '#flow/hidden-in.ts';
import type { Redaction } from '#flow/redaction-port.ts';

/** The same surface, on which no secret is said: in cards, notes, files, titles and answers. */
export function surfaceWithoutSecrets(surface: ChatSurface, redaction: Pick<Redaction, 'text'>): ChatSurface {
  const hide = <T>(value: T): T => hiddenIn(value, redaction);
  return {
    name: surface.name,
    editPaceMs: surface.editPaceMs,
    freshForMs: surface.freshForMs,
    start: (listener, memory) =>
      surface.start(
        {
          heard: async (heard) => hide(await listener.heard(heard)),
          offers: async () => hide(await listener.offers()),
        },
        memory,
      ),
    stop: () => surface.stop(),
    health: () => surface.health(),
    onHealth: (changed) => surface.onHealth(changed),
    openThread: (where) => surface.openThread({ ...where, title: hide(where.title) }),
    post: (place, message, key) => surface.post(place, hide(message), key),
    edit: (at, message) => surface.edit(at, hide(message)),
    busy: (place) => surface.busy(place),
  };
}
