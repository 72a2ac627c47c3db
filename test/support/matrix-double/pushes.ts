import type { StoredEvent } from './room.ts';

/** Whether an event makes a phone ring for somebody, by the push rules every account starts with. */
export function pushes(event: StoredEvent, userId: string): boolean {
  if (event.sender === userId) return false;
  if (event.type === 'm.reaction') return false;
  const { content } = event;
  if (content['msgtype'] === 'm.notice') return false;
  const mentioned: boolean = content['m.mentions']?.user_ids?.includes(userId) ?? false;
  // A mention in the edit itself does ring: its rule comes before the one that silences edits.
  if (mentioned) return true;
  if (content['m.relates_to']?.rel_type === 'm.replace') return false;
  return false;
}
