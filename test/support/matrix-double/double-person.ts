import type { ServerState } from './server-state.ts';

/** Somebody with an account, as a test speaks for them. */
export interface DoublePerson {
  readonly userId: string;
  /** Writes a message; answers its event id. */
  say(room: string, body: string, more?: Record<string, unknown>): string;
  /** Writes into a thread. */
  reply(room: string, root: string, body: string, more?: Record<string, unknown>): string;
  react(room: string, event: string, key: string): string;
  /** Changes what was said. */
  edit(room: string, event: string, body: string): string;
  /** Takes a message or a reaction back. */
  redact(room: string, event: string): string;
  invite(room: string, userId: string, direct?: boolean): void;
  join(room: string): void;
  leave(room: string): void;
  kick(room: string, userId: string): void;
}

/** Speaks for an account. */
export function doublePerson(state: ServerState, userId: string): DoublePerson {
  const post = (room: string, content: Record<string, unknown>): string =>
    state.send(state.roomOf(room), userId, 'm.room.message', content);
  return {
    userId,
    say: (room, body, more = {}) => post(room, { msgtype: 'm.text', body, ...more }),
    reply: (room, root, body, more = {}) =>
      post(room, {
        msgtype: 'm.text',
        body,
        'm.relates_to': {
          rel_type: 'm.thread',
          event_id: root,
          is_falling_back: true,
          'm.in_reply_to': { event_id: root },
        },
        ...more,
      }),
    react: (room, event, key) =>
      state.send(state.roomOf(room), userId, 'm.reaction', {
        'm.relates_to': { rel_type: 'm.annotation', event_id: event, key },
      }),
    edit: (room, event, body) =>
      post(room, {
        msgtype: 'm.text',
        body: `* ${body}`,
        'm.new_content': { msgtype: 'm.text', body },
        'm.relates_to': { rel_type: 'm.replace', event_id: event },
      }),
    redact: (room, event) =>
      state.send(state.roomOf(room), userId, 'm.room.redaction', { redacts: event }, { redacts: event }),
    invite: (room, invited, direct = false) =>
      void state.append(state.roomOf(room), {
        sender: userId,
        type: 'm.room.member',
        state_key: invited,
        content: { membership: 'invite', ...(direct ? { is_direct: true } : {}) },
      }),
    join: (room) =>
      void state.append(state.roomOf(room), {
        sender: userId,
        type: 'm.room.member',
        state_key: userId,
        content: { membership: 'join' },
      }),
    leave: (room) =>
      void state.append(state.roomOf(room), {
        sender: userId,
        type: 'm.room.member',
        state_key: userId,
        content: { membership: 'leave' },
      }),
    kick: (room, kicked) =>
      void state.append(state.roomOf(room), {
        sender: userId,
        type: 'm.room.member',
        state_key: kicked,
        content: { membership: 'leave' },
      }),
  };
}
