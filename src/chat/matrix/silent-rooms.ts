import type { EncryptionOff } from './encryption-state.ts';

/** Rooms in which Chiffon can't speak, because they are encrypted and it can't encrypt. */
export class SilentRooms {
  readonly #rooms = new Set<string>();
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  add(room: string): void {
    if (this.#rooms.has(room)) return;
    this.#rooms.add(room);
    this.#changed();
  }

  list(): readonly string[] {
    return [...this.#rooms];
  }
}

export function silentRoomSentence(room: string, { why }: EncryptionOff): string {
  return `The room ${room} is encrypted and ${why}, so Chiffon says nothing there: its words would be readable for everybody.`;
}

export function silentRoomRemedy({ remedy }: EncryptionOff): string {
  return `${remedy} Or use a room without encryption.`;
}
