import { installLibrary } from './crypto-self-test.ts';

/** Rooms in which Chiffon can't speak, because they are encrypted and the library for that is missing. */
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

export function silentRoomSentence(room: string): string {
  return `The room ${room} is encrypted and the encryption library is not installed, so Chiffon says nothing there: its words would be readable for everybody.`;
}

export const silentRoomRemedy = `${installLibrary} Or use a room without encryption.`;
