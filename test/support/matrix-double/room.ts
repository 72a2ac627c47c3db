/** An event as the double keeps it. */
export interface StoredEvent {
  event_id: string;
  type: string;
  sender: string;
  state_key?: string;
  content: Record<string, any>;
  origin_server_ts: number;
  redacts?: string;
  unsigned: Record<string, any>;
  /** Its place in the order of everything on this server, from 1. */
  at: number;
}

/** A room: all its events in order, and who is in it. */
export class DoubleRoom {
  readonly id: string;
  readonly events: StoredEvent[] = [];
  readonly members = new Map<string, 'join' | 'invite' | 'leave' | 'ban'>();
  /** How many of the newest events a sync brings at most, whatever the client asks for. */
  syncLimit = 50;

  constructor(id: string) {
    this.id = id;
  }

  find(id: string): StoredEvent | undefined {
    return this.events.find((event) => event.event_id === id);
  }

  state(type: string, key = ''): StoredEvent | undefined {
    return this.events.findLast((event) => event.type === type && event.state_key === key);
  }

  joined(): string[] {
    return [...this.members].filter(([, membership]) => membership === 'join').map(([user]) => user);
  }
}
