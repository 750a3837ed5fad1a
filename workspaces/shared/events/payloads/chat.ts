import { z } from 'zod';
import { faultInJson } from '../../service/json-shape.ts';
import { text } from '../text.ts';

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The chat's own JSON, kept as it is. Not a z.record: that drops a `__proto__` key without a word. */
const layout = (maxItems: number) =>
  z
    .custom<Record<string, unknown>[]>(
      (value) => Array.isArray(value) && value.length > 0 && value.length <= maxItems && value.every(isObject),
      `must be a list of 1 to ${maxItems} objects`,
    )
    .superRefine((value, context) => {
      const fault = faultInJson(value, { maxDepth: 16, storable: true });
      if (fault) context.addIssue({ code: 'custom', message: fault });
    })
    .meta({ type: 'array', items: { type: 'object' }, minItems: 1, maxItems });

export const chatPayload = z
  .strictObject({
    /** Name of a webhook in the provider's settings; `default` where neither this nor `url` is given. */
    target: z
      .string()
      .regex(/^[\w.-]{1,80}$/, 'must be a name of letters, digits, dot, dash and underscore')
      .optional(),
    /** The incoming webhook itself, of the chat's own host. It is a credential: shown and logged without its path. */
    url: z
      .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
      .max(2_048)
      .optional(),
    // Slack cuts what is longer; Discord takes 2,000.
    text: text().min(1).max(40_000),
    /** Slack's Block Kit: https://docs.slack.dev/reference/block-kit/blocks */
    blocks: layout(50).optional(),
    /** Discord's embeds: https://docs.discord.com/developers/resources/message#embed-object */
    embeds: layout(10).optional(),
    /** True: mentions in the text notify people. Otherwise they are shown and notify nobody. */
    mentions: z.boolean().optional(),
  })
  .refine((chat) => chat.target === undefined || chat.url === undefined, {
    path: ['url'],
    message: 'either target or url, not both',
  });

export type ChatMessage = z.output<typeof chatPayload>;
