import type { NumberKind } from './phone.ts'

/** What a provider says of a number's line. */
export type LineType =
  | 'mobile'
  | 'landline'
  | 'fixed-voip'
  | 'non-fixed-voip'
  | 'toll-free'
  | 'other'
  | 'unknown'
  | 'invalid'

/**
 * Why a line takes no texts; null: it takes them, as far as anybody knows. App numbers (non-fixed VoIP) do; desk phones
 * (fixed VoIP) mostly do not; `other` is premium, pager, voicemail and their like (reference: Lookup v2).
 */
export const lineTypeRefusals = {
  mobile: null,
  landline: 'landline',
  'fixed-voip': 'voip',
  'non-fixed-voip': null,
  'toll-free': 'toll_free',
  other: 'no_texts',
  unknown: null,
  invalid: 'invalid_number',
} as const satisfies Record<LineType, string | null>

/** The line type where the numbering plan alone tells it, so that no provider needs to be asked; null where it does not. */
export const lineTypeOfKind = {
  mobile: 'mobile',
  landline: 'landline',
  'toll-free': 'toll-free',
  premium: 'other',
  satellite: 'other',
  voip: 'fixed-voip',
  pager: 'other',
  other: 'other',
  unclear: null,
} as const satisfies Record<NumberKind, LineType | null>
