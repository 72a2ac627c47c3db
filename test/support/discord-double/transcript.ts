import { readMarkdown } from './markdown.ts';
import { flags, kinds } from './message-rules.ts';
import type { Component, StoredMessage, World } from './world.ts';

/** A channel or thread as a person reads it, oldest first: words, buttons, files, who was called and who alone sees what. */
export function transcript(world: World, channel: string): string {
  const place = world.channels.get(channel);
  const head =
    place === undefined
      ? channel
      : place.type === 1
        ? `@${place.recipient?.name}`
        : `${place.type === 11 ? 'thread ' : '#'}${place.name}`;
  const messages = world.messagesIn(channel).map((message) => messageSeen(world, message));
  return `${[`=== ${head} ===`, ...messages].join('\n\n')}\n`;
}

/** One message as a person reads it. */
export function messageSeen(world: World, message: StoredMessage): string {
  const marks = [
    ...(message.onlyFor === null ? [] : [`only ${message.onlyFor.name} sees this`]),
    ...((message.flags & flags.quiet) !== 0 ? ['quiet'] : []),
    ...(message.called.length === 0
      ? []
      : [`calls ${message.called.map((id) => world.users.get(id)?.name ?? id).join(', ')}`]),
    ...(message.editedAt === null ? [] : ['edited']),
    ...(message.thinking ? ['thinking…'] : []),
  ];
  const thread = world.channels.get(message.id);
  const lines = [
    `${message.author.name}${message.author.bot ? ' [bot]' : ''}${marks.length === 0 ? '' : ` (${marks.join('; ')})`}`,
    ...(message.repliesTo === null ? [] : ['↳ in reply']),
    ...(message.content === '' ? [] : textSeen(world, message.content)),
    ...message.components.flatMap((component) => componentSeen(world, component)),
    ...((message.flags & flags.componentsV2) === 0 ? message.files.map((file) => `📎 ${file.filename}`) : []),
    ...(thread === undefined || thread.deleted ? [] : [`⤷ thread “${thread.name}”`]),
  ];
  return lines.join('\n');
}

function componentSeen(world: World, component: Component): string[] {
  switch (component.type) {
    case kinds.container: {
      const colour =
        component.accent_color === undefined
          ? ''
          : ` #${component.accent_color.toString(16).padStart(6, '0')}`;
      const inner = (component.components ?? []).flatMap((each) => componentSeen(world, each));
      return [`┌──${colour}`, ...inner.map((line) => (line === '' ? '│' : `│ ${line}`)), '└──'];
    }
    case kinds.row:
      return [(component.components ?? []).map(buttonSeen).join('  ')];
    case kinds.text:
      return textSeen(world, component.content ?? '');
    case kinds.separator:
      return ['────────'];
    case kinds.file:
      return [`📎 ${component.file?.url.replace('attachment://', '') ?? ''}`];
    default:
      return [`(component ${component.type})`];
  }
}

const styles = ['', 'blue', 'grey', 'green', 'red', 'link'] as const;

function buttonSeen(component: Component): string {
  if (component.type === kinds.select)
    return `[ ${component.placeholder ?? ''} ▾ ${(component.options ?? []).map((option) => option.label).join(' | ')} ]`;
  const style = component.url ?? styles[component.style ?? 0];
  return `[ ${component.label} : ${style}${component.disabled === true ? ', off' : ''} ]`;
}

function textSeen(world: World, markdown: string): string[] {
  return named(world, readMarkdown(markdown).seen).split('\n');
}

/** Mentions as the names people see. */
export function named(world: World, text: string): string {
  return text.replace(/<@!?(\d+)>/g, (whole, id: string) => {
    const user = world.users.get(id);
    return user === undefined ? whole : `@${user.name}`;
  });
}
