import { z } from 'zod';
import { ApiError, badForm } from './api-error.ts';
import type { Component } from './world.ts';

/** Flags a bot may set: SUPPRESS_EMBEDS, EPHEMERAL (interactions only), SUPPRESS_NOTIFICATIONS, IS_COMPONENTS_V2. */
export const flags = { suppressEmbeds: 4, ephemeral: 64, quiet: 4096, componentsV2: 32_768 } as const;

/** Numbers of the kinds of components. */
export const kinds = {
  row: 1,
  button: 2,
  select: 3,
  textInput: 4,
  section: 9,
  text: 10,
  file: 13,
  separator: 14,
  container: 17,
} as const;

const AllowedMentions = z.strictObject({
  parse: z.array(z.enum(['roles', 'users', 'everyone'])).optional(),
  users: z.array(z.string()).max(100).optional(),
  roles: z.array(z.string()).max(100).optional(),
  replied_user: z.boolean().optional(),
});

export const MessageBody = z.looseObject({
  content: z.string().nullish(),
  nonce: z.union([z.string(), z.number()]).nullish(),
  enforce_nonce: z.boolean().nullish(),
  embeds: z.array(z.unknown()).nullish(),
  flags: z.number().int().nullish(),
  allowed_mentions: AllowedMentions.nullish(),
  components: z.array(z.unknown()).nullish(),
  attachments: z
    .array(z.looseObject({ id: z.union([z.string(), z.number()]), filename: z.string().optional() }))
    .nullish(),
  message_reference: z
    .looseObject({ message_id: z.string(), fail_if_not_exists: z.boolean().optional() })
    .nullish(),
});
export type MessageBody = z.infer<typeof MessageBody>;

/** Reads the body of a message, or says like Discord what is wrong with it. */
export function readMessageBody(raw: unknown): MessageBody {
  const read = MessageBody.safeParse(raw ?? {});
  if (!read.success) {
    const [issue] = read.error.issues;
    throw badForm(issue?.path.join('.') || '_', 'BASE_TYPE_BAD', issue?.message ?? 'bad body');
  }
  const { content, nonce, allowed_mentions: allowed, embeds } = read.data;
  if (content != null && content.length > 2_000)
    throw badForm('content', 'BASE_TYPE_MAX_LENGTH', 'Must be 2000 or fewer in length.');
  if (nonce != null && String(nonce).length > 25)
    throw badForm('nonce', 'BASE_TYPE_MAX_LENGTH', 'Must be 25 or fewer in length.');
  if (allowed?.parse?.includes('users') === true && (allowed.users?.length ?? 0) > 0)
    throw badForm(
      'allowed_mentions',
      'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
      'parse:["users"] and users: [ids...] are mutually exclusive.',
    );
  if ((embeds?.length ?? 0) > 10)
    throw badForm('embeds', 'BASE_TYPE_MAX_LENGTH', 'Must be 10 or fewer in length.');
  return read.data;
}

/** What the rules have to know besides the body. */
export interface Around {
  readonly v2: boolean;
  /** Names of the files the message will have. */
  readonly files: readonly string[];
}

/** Checks components by every rule of the documentation; throws like Discord. */
export function checkComponents(raw: readonly unknown[], around: Around): Component[] {
  const seen = {
    ids: new Set<string>(),
    numbers: new Set<number>(),
    count: 0,
    text: 0,
    files: new Set<string>(),
  };
  const read = raw.map((entry, index) =>
    component(entry, `components.${index}`, around.v2 ? 'top' : 'legacy', seen),
  );
  if (!around.v2 && read.length > 5)
    throw badForm('components', 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 5 in length.');
  if (seen.count > 40)
    throw badForm(
      'components',
      'COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED',
      'The total number of components cannot exceed 40',
    );
  if (seen.text > 4_000)
    throw badForm(
      'components',
      'COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED',
      `The total displayable text size cannot exceed 4000: ${seen.text}`,
    );
  for (const name of seen.files)
    if (!around.files.includes(name))
      throw badForm(
        'components',
        'UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND',
        `The referenced attachment ${name} was not found`,
      );
  if (around.v2)
    for (const name of around.files)
      if (!seen.files.has(name))
        throw badForm(
          'attachments',
          'MESSAGE_COMPONENTS_V2_ATTACHMENT_UNREFERENCED',
          `The attachment ${name} is not referenced by a component`,
        );
  return read;
}

interface Seen {
  readonly ids: Set<string>;
  readonly numbers: Set<number>;
  readonly files: Set<string>;
  count: number;
  text: number;
}

type Where = 'legacy' | 'top' | 'container' | 'row';

const allowedIn: Readonly<Record<Where, readonly number[]>> = {
  legacy: [kinds.row],
  top: [kinds.row, kinds.section, kinds.text, kinds.file, kinds.separator, kinds.container],
  container: [kinds.row, kinds.section, kinds.text, kinds.file, kinds.separator],
  row: [kinds.button, kinds.select],
};

function component(raw: unknown, path: string, where: Where, seen: Seen): Component {
  if (typeof raw !== 'object' || raw === null || typeof (raw as Component).type !== 'number')
    throw badForm(`${path}.type`, 'BASE_TYPE_REQUIRED', 'This field is required');
  const one = raw as Component;
  if (!allowedIn[where].includes(one.type))
    throw badForm(
      `${path}.type`,
      'UNION_TYPE_CHOICES',
      `Value of field "type" must be one of (${allowedIn[where].join(', ')}).`,
    );
  seen.count += 1;
  if (one.id !== undefined && one.id !== 0) {
    if (seen.numbers.has(one.id))
      throw badForm(`${path}.id`, 'COMPONENT_ID_DUPLICATED', 'Component id cannot be duplicated');
    seen.numbers.add(one.id);
  }
  switch (one.type) {
    case kinds.container:
      list(one, path, 1, 40);
      if (one.accent_color != null && !(one.accent_color >= 0 && one.accent_color <= 0xffffff))
        throw badForm(
          `${path}.accent_color`,
          'NUMBER_TYPE_MAX',
          'int value should be less than or equal to 16777215.',
        );
      one.components?.forEach((inner, index) =>
        component(inner, `${path}.components.${index}`, 'container', seen),
      );
      break;
    case kinds.row: {
      list(one, path, 1, 5);
      const inner = one.components ?? [];
      inner.forEach((each, index) => component(each, `${path}.components.${index}`, 'row', seen));
      if (inner.length > 1 && inner.some((each) => each.type === kinds.select))
        throw badForm(
          `${path}.components`,
          'COMPONENT_LAYOUT_WIDTH_EXCEEDED',
          'The specified component exceeds the maximum width',
        );
      break;
    }
    case kinds.text:
      text(one.content, `${path}.content`, 1, 4_000);
      seen.text += one.content?.length ?? 0;
      break;
    case kinds.button:
      button(one, path, seen);
      break;
    case kinds.select:
      select(one, path, seen);
      break;
    case kinds.file: {
      const url = one.file?.url ?? '';
      if (!url.startsWith('attachment://'))
        throw badForm(
          `${path}.file.url`,
          'UNFURLED_MEDIA_ITEM_MUST_BE_ATTACHMENT',
          'Only attachment:// is supported',
        );
      seen.files.add(url.slice('attachment://'.length));
      break;
    }
  }
  return one;
}

function button(one: Component, path: string, seen: Seen): void {
  if (one.style === undefined || ![1, 2, 3, 4, 5].includes(one.style))
    throw badForm(`${path}.style`, 'BASE_TYPE_CHOICES', 'Value must be one of {1, 2, 3, 4, 5}.');
  text(one.label, `${path}.label`, 1, 80);
  if (one.style === 5) {
    if (one.custom_id !== undefined)
      throw badForm(
        path,
        'BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE',
        'A custom id and url cannot both be specified',
      );
    address(one.url, `${path}.url`);
    return;
  }
  if (one.url !== undefined)
    throw badForm(`${path}.url`, 'BUTTON_COMPONENT_INVALID_URL', 'Only links have a url');
  customId(one, path, seen);
}

function select(one: Component, path: string, seen: Seen): void {
  customId(one, path, seen);
  const options = one.options ?? [];
  if (options.length < 1 || options.length > 25)
    throw badForm(`${path}.options`, 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 25 in length.');
  options.forEach((option, index) => {
    text(option.label, `${path}.options.${index}.label`, 1, 100);
    text(option.value, `${path}.options.${index}.value`, 1, 100);
  });
  if (new Set(options.map((option) => option.value)).size !== options.length)
    throw badForm(
      `${path}.options`,
      'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
      'The specified option value is already used',
    );
  if (one.placeholder !== undefined) text(one.placeholder, `${path}.placeholder`, 0, 150);
}

function customId(one: Component, path: string, seen: Seen): void {
  text(one.custom_id, `${path}.custom_id`, 1, 100);
  if (seen.ids.has(one.custom_id ?? ''))
    throw badForm(
      `${path}.custom_id`,
      'COMPONENT_CUSTOM_ID_DUPLICATED',
      'Component custom id cannot be duplicated',
    );
  seen.ids.add(one.custom_id ?? '');
}

/** Addresses of one word are refused here, because nobody promises that Discord takes them. */
function address(value: unknown, path: string): void {
  text(value, path, 1, 512);
  const url = URL.parse(String(value));
  if (url === null || !['http:', 'https:', 'discord:'].includes(url.protocol))
    throw badForm(path, 'URL_TYPE_INVALID_SCHEME', `Scheme "${url?.protocol ?? ''}" is not supported.`);
  if (url.protocol !== 'discord:' && !url.hostname.includes('.'))
    throw badForm(path, 'URL_TYPE_INVALID_URL', 'Not a well formed URL.');
}

function text(value: unknown, path: string, least: number, most: number): void {
  if (typeof value !== 'string') throw badForm(path, 'BASE_TYPE_REQUIRED', 'This field is required');
  if (value.length < least || value.length > most)
    throw badForm(path, 'BASE_TYPE_BAD_LENGTH', `Must be between ${least} and ${most} in length.`);
}

function list(one: Component, path: string, least: number, most: number): void {
  const length = one.components?.length ?? 0;
  if (length < least || length > most)
    throw badForm(
      `${path}.components`,
      'BASE_TYPE_BAD_LENGTH',
      `Must be between ${least} and ${most} in length.`,
    );
}

/** A form that opens over the chat. */
export function checkModal(raw: unknown): {
  custom_id: string;
  title: string;
  components: readonly Component[];
} {
  const modal = z
    .looseObject({ custom_id: z.string(), title: z.string(), components: z.array(z.custom<Component>()) })
    .safeParse(raw);
  if (!modal.success) throw badForm('data', 'BASE_TYPE_REQUIRED', 'This field is required');
  text(modal.data.custom_id, 'data.custom_id', 1, 100);
  text(modal.data.title, 'data.title', 1, 45);
  if (modal.data.components.length < 1 || modal.data.components.length > 5)
    throw badForm('data.components', 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 5 in length.');
  modal.data.components.forEach((row, index) => {
    const path = `data.components.${index}`;
    const [field, ...more] = row.components ?? [];
    if (row.type !== kinds.row || field?.type !== kinds.textInput || more.length > 0)
      throw badForm(path, 'UNION_TYPE_CHOICES', 'A row holds one text input.');
    text(field.custom_id, `${path}.custom_id`, 1, 100);
    text(field.label, `${path}.label`, 1, 45);
    if (field.style !== 1 && field.style !== 2)
      throw badForm(`${path}.style`, 'BASE_TYPE_CHOICES', 'Value must be one of {1, 2}.');
    if (field.placeholder !== undefined) text(field.placeholder, `${path}.placeholder`, 0, 100);
    for (const bound of ['min_length', 'max_length']) {
      const value = field[bound];
      if (value !== undefined && !(typeof value === 'number' && value >= 0 && value <= 4_000))
        throw badForm(
          `${path}.${bound}`,
          'NUMBER_TYPE_MAX',
          'int value should be less than or equal to 4000.',
        );
    }
  });
  return modal.data;
}

/** 413 above 10 MiB a file, 10 files at most. */
export function checkFiles(files: readonly { readonly filename: string; readonly content: Buffer }[]): void {
  if (files.length > 10)
    throw badForm('attachments', 'BASE_TYPE_MAX_LENGTH', 'Must be 10 or fewer in length.');
  if (files.some((file) => file.content.length > 10 * 1024 * 1024))
    throw new ApiError(413, 40_005, 'Request entity too large');
}
