import { CHANNELS, PROVIDER_NAMES } from '@postrider/shared/events/channels.ts';
import { DEAD_LETTER_REASONS } from '@postrider/shared/events/event.ts';
import type { FilterField } from '../forms/filter.ts';

export const FIELDS: FilterField[] = [
  { name: 'reason', label: 'Reason', values: DEAD_LETTER_REASONS },
  { name: 'channel', label: 'Channel', values: CHANNELS },
  { name: 'provider', label: 'Provider', values: PROVIDER_NAMES },
  { name: 'from', label: 'From (UTC)', isTime: true },
  { name: 'to', label: 'Until (UTC)', isTime: true },
];
