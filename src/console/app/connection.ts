import { signal } from '@preact/signals';

/** Whether what the page shows is live. */
export interface Connection {
  readonly state: 'connecting' | 'live' | 'lost';
  /** When the last sign of life came, in milliseconds. */
  readonly since: number;
}

export const connection = signal<Connection>({ state: 'connecting', since: Date.now() });

/** Why nothing can be pressed now, or null when everything can. */
export function offlineReason(): string | null {
  return connection.value.state === 'lost' ? 'Not possible without a connection to Chiffon.' : null;
}

/** Whether the last call, if not the stream of events, reached the server. */
export const answering = signal(true);

let listener: () => void = () => {};

/** Who looks after the connection wants to know when a call fails. */
export function onConnectionFailed(look: () => void): void {
  listener = look;
}

/** A call did not reach the server. */
export function connectionFailed(): void {
  listener();
}
