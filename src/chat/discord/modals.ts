import { type APIModalInteractionResponseCallbackData, ComponentType, TextInputStyle } from 'discord.js';
import { planButton } from './custom-ids.ts';

/** The names of the fields, as they come back. */
export const modalFields = { words: 'words', code: 'code' } as const;

/** What should be different, in one paragraph. */
export function changesModal(plan: number, hash: string | null): APIModalInteractionResponseCallbackData {
  return {
    custom_id: planButton('ch', plan, hash),
    title: `Request changes to P-${plan}`,
    components: [
      {
        type: ComponentType.ActionRow,
        components: [
          {
            type: ComponentType.TextInput,
            custom_id: modalFields.words,
            label: 'What should be different?',
            style: TextInputStyle.Paragraph,
            min_length: 1,
            max_length: 1_000,
            required: true,
            placeholder: 'on nas instead of n100',
          },
        ],
      },
    ],
  };
}

/** The code that stands on the card: nobody deletes something for good with one tap. */
export function codeModal(plan: number, hash: string | null): APIModalInteractionResponseCallbackData {
  return {
    custom_id: planButton('ac', plan, hash),
    title: `Approve P-${plan} for good`,
    components: [
      {
        type: ComponentType.ActionRow,
        components: [
          {
            type: ComponentType.TextInput,
            custom_id: modalFields.code,
            label: 'The code on the card',
            style: TextInputStyle.Short,
            min_length: 1,
            max_length: 20,
            required: true,
          },
        ],
      },
    ],
  };
}
