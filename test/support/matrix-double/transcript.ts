import { pushes } from './pushes.ts';
import type { DoubleRoom, StoredEvent } from './room.ts';

/**
 * A room as a plain client would show it: messages in order, threads below their root, edits applied, reactions
 * gathered, and a bell where a phone rings. Event ids don't appear, so that it can stand in a file.
 */
export function transcriptOf(room: DoubleRoom, how: 'body' | 'html' = 'body'): string {
  const shown = room.events.filter((event) => event.type === 'm.room.message' && !isEdit(event));
  const lines: string[] = [];
  for (const event of shown.filter((candidate) => threadOf(candidate) === null)) {
    lines.push(...draw(room, event, '', how));
    for (const reply of shown.filter((candidate) => threadOf(candidate) === event.event_id))
      lines.push(...draw(room, reply, '  ', how));
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

/** What a message says now, with its edits applied. */
export function currentContent(room: DoubleRoom, event: StoredEvent): Record<string, any> {
  const edit = room.events.findLast(
    (candidate) => isEdit(candidate) && candidate.content['m.relates_to']?.event_id === event.event_id,
  );
  return edit?.content['m.new_content'] ?? event.content;
}

/** The reactions below an event: `✅ 2`. */
export function reactionsOn(room: DoubleRoom, event: string): ReadonlyMap<string, readonly string[]> {
  const byKey = new Map<string, string[]>();
  for (const reaction of room.events) {
    const relation = reaction.content['m.relates_to'];
    if (reaction.type !== 'm.reaction' || relation?.event_id !== event) continue;
    byKey.set(relation.key, [...(byKey.get(relation.key) ?? []), reaction.sender]);
  }
  return byKey;
}

function draw(room: DoubleRoom, event: StoredEvent, indent: string, how: 'body' | 'html'): string[] {
  const content = currentContent(room, event);
  const rings = room.joined().filter((user) => pushes(event, user));
  const edits = room.events.filter(
    (other) => isEdit(other) && other.content['m.relates_to']?.event_id === event.event_id,
  );
  const marks = [
    content['msgtype'] === 'm.notice' ? 'quiet' : '',
    content['msgtype'] === 'm.file' ? `file ${content['filename'] ?? content['body']}` : '',
    rings.length > 0 ? `rings for ${rings.join(', ')}` : '',
    edits.length > 0 ? `edited ${edits.length} ${edits.length === 1 ? 'time' : 'times'}` : '',
  ].filter(Boolean);
  const text = how === 'html' ? (content['formatted_body'] ?? content['body']) : content['body'];
  const body = Object.keys(event.content).length === 0 ? '(deleted)' : String(text ?? '');
  const reactions = [...reactionsOn(room, event.event_id)].map(
    ([key, senders]) => `${key} ${senders.length}`,
  );
  return [
    `${event.sender}${marks.length > 0 ? ` (${marks.join('; ')})` : ''}`,
    ...body.split('\n').map((line) => (line === '' ? '' : `  ${line}`)),
    ...(reactions.length > 0 ? [`  [ ${reactions.join('   ')} ]`] : []),
    '',
  ].map((line) => (line === '' ? '' : `${indent}${line}`));
}

function isEdit(event: StoredEvent): boolean {
  return event.content['m.relates_to']?.rel_type === 'm.replace';
}

function threadOf(event: StoredEvent): string | null {
  const relation = event.content['m.relates_to'];
  return relation?.rel_type === 'm.thread' ? relation.event_id : null;
}
