import type { DoubleRoom } from './room.ts';

/** What a homeserver or the specification says no to. */
export class Refusal extends Error {
  readonly status: number;
  readonly errcode: string;
  readonly more: Record<string, unknown>;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    errcode: string,
    message: string,
    more: Record<string, unknown> = {},
    headers: Record<string, string> = {},
  ) {
    super(message);
    this.status = status;
    this.errcode = errcode;
    this.more = more;
    this.headers = headers;
  }
}

const mostBytes = 65_536;
/** Element X draws these; everything else is dropped or glued together there. */
const allowedTags = new Set(['b', 'br', 'ul', 'ol', 'li', 'pre', 'code', 'a', 'blockquote', 'p']);

/**
 * Refuses every event that a client would show wrongly or a real homeserver would not take. Stricter than Synapse, which
 * lets most of this through: what is refused here is a mistake of whoever sent it.
 */
export function checkContent(
  room: DoubleRoom,
  sender: string,
  type: string,
  content: Record<string, any>,
): void {
  const bytes = Buffer.byteLength(JSON.stringify({ type, content, sender, room_id: room.id }), 'utf8') + 700;
  if (bytes > mostBytes) throw new Refusal(413, 'M_TOO_LARGE', 'event too large');
  const relation = content['m.relates_to'] as Record<string, any> | undefined;
  if (relation !== undefined) checkRelation(room, sender, type, content, relation);
  if (type === 'm.room.message') checkMessage(content, relation?.['rel_type'] === 'm.replace');
}

function checkRelation(
  room: DoubleRoom,
  sender: string,
  type: string,
  content: Record<string, any>,
  relation: Record<string, any>,
): void {
  const target = room.find(relation['event_id']);
  if (relation['rel_type'] === undefined) return;
  if (target === undefined) throw bad(`the related event ${relation['event_id']} is not in the room`);
  const targetRelation = target.content['m.relates_to']?.rel_type;
  switch (relation['rel_type']) {
    case 'm.thread':
      if (targetRelation !== undefined) throw bad('Cannot start threads from an event with a relation');
      if (relation['is_falling_back'] === true && relation['m.in_reply_to']?.event_id === undefined)
        throw bad('a fallback needs m.in_reply_to');
      break;
    case 'm.replace':
      if (target.sender !== sender || target.type !== type || target.state_key !== undefined)
        throw bad('only the own event of the same type can be edited');
      if (targetRelation === 'm.replace') throw bad('an edit cannot be edited');
      if (content['m.new_content'] === undefined) throw bad('an edit needs m.new_content');
      break;
    case 'm.annotation': {
      if (typeof relation['key'] !== 'string') throw bad('a reaction needs a key');
      const twin = room.events.find(
        (event) =>
          event.type === type &&
          event.sender === sender &&
          event.content['m.relates_to']?.event_id === relation['event_id'] &&
          event.content['m.relates_to']?.key === relation['key'],
      );
      if (twin !== undefined)
        throw new Refusal(400, 'M_DUPLICATE_ANNOTATION', "Can't send same reaction twice");
      if (targetRelation === 'm.annotation' || targetRelation === 'm.replace')
        throw bad('reactions and edits cannot be reacted to');
      break;
    }
  }
}

function checkMessage(content: Record<string, any>, edit: boolean): void {
  const written = edit ? content['m.new_content'] : content;
  for (const part of edit ? [content, written] : [content]) {
    if (typeof part.body !== 'string' || part.body === '') throw bad('a message needs a body');
    if (typeof part.msgtype !== 'string') throw bad('a message needs a msgtype');
    const mentions = part['m.mentions'];
    if (mentions !== undefined && (typeof mentions !== 'object' || mentions === null))
      throw bad('m.mentions is an object');
    for (const id of mentions?.user_ids ?? []) if (!/^@[^:]+:.+$/.test(id)) throw bad(`${id} is no user id`);
    if (hidden.test(part.body))
      throw bad(`the body has hidden characters in it: ${JSON.stringify(part.body)}`);
    if (part.formatted_body === undefined) continue;
    if (part.format !== 'org.matrix.custom.html') throw bad('formatted_body needs its format');
    checkHtml(part.formatted_body);
  }
}

const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/;

/** Well-formed, known elements only, and no attribute but an `a`'s address and the language of code. */
export function checkHtml(html: string): void {
  const open: string[] = [];
  const rest = html.replace(
    /<(\/?)([a-z0-9]+)((?:\s+[a-z-]+="[^"<>]*")*)\s*>/gi,
    (_whole, close, name, attributes) => {
      const tag = String(name).toLowerCase();
      if (!allowedTags.has(tag)) throw bad(`<${tag}> is not drawn everywhere`);
      if (close === '/') {
        if (open.pop() !== tag) throw bad(`</${tag}> closes nothing: ${html}`);
      } else {
        if (tag === 'p' && open.includes('p')) throw bad('a p in a p');
        if (tag !== 'br') open.push(tag);
        for (const [, key, value] of String(attributes).matchAll(/([a-z-]+)="([^"]*)"/gi)) {
          const fine =
            (tag === 'a' && key === 'href' && /^https?:\/\//.test(value ?? '')) ||
            (tag === 'code' && key === 'class' && /^language-[a-z]+$/.test(value ?? ''));
          if (!fine) throw bad(`<${tag} ${key}="${value}"> is not allowed`);
        }
      }
      return '';
    },
  );
  if (open.length > 0) throw bad(`<${open.at(-1)}> is not closed: ${html}`);
  if (/[<>]/.test(rest)) throw bad(`a bare < or > in ${html}`);
  if (/&(?!(?:amp|lt|gt|quot|#39);)/.test(rest)) throw bad(`a bare & in ${html}`);
  if (hidden.test(html)) throw bad('hidden characters in the HTML');
}

function bad(message: string): Refusal {
  return new Refusal(400, 'M_BAD_JSON', message);
}
