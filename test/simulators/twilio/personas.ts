/** How a consumer's number behaves. */
export interface Persona {
  /** Error number with which a create to this number is refused. */
  readonly create?: number
  /** How its messages end instead of `delivered`. */
  readonly ends?: { readonly status: 'undelivered' | 'failed'; readonly errorCode: number }
  /** The same for its WhatsApp messages, which `ends` and `create` are not about. */
  readonly whatsappEnds?: { readonly status: 'undelivered' | 'failed'; readonly errorCode: number }
  /** Read receipts of WhatsApp: after `delivered`, or `at once`, and then there is no `delivered`. */
  readonly reads?: 'later' | 'at once'
  /** The last status that is reported, such as `sent` where carriers give no receipts. */
  readonly stopsAt?: 'queued' | 'sent'
  /** Blocked for every sender from the start, as after STOP. */
  readonly optedOut?: boolean
  /** Lookup: `line_type_intelligence.type`; null for none. */
  readonly lineType?: string | null
  /** Lookup: an error of the package inside a 200. */
  readonly lookupError?: number
  /** Lookup: `valid`. */
  readonly valid?: boolean
}

export const personas = {
  mobile: { lineType: 'mobile' },
  landline: { lineType: 'landline', ends: { status: 'undelivered', errorCode: 30006 } },
  'landline-refused': { lineType: 'landline', create: 21635 },
  'not-mobile': { lineType: 'landline', create: 21614 },
  blocked: { lineType: 'mobile', ends: { status: 'undelivered', errorCode: 30004 } },
  filtered: { lineType: 'mobile', ends: { status: 'undelivered', errorCode: 30007 } },
  'opted-out': { lineType: 'mobile', optedOut: true },
  invalid: { valid: false, lineType: null, create: 21211 },
  unreachable: { lineType: 'mobile', ends: { status: 'undelivered', errorCode: 30003 } },
  'unknown-handset': { lineType: 'mobile', ends: { status: 'undelivered', errorCode: 30005 } },
  silent: { lineType: 'mobile', stopsAt: 'sent' },
  'other-region': { lineType: 'mobile', create: 21408 },
  unverified: { lineType: 'mobile', create: 21608 },
  voip: { lineType: 'nonFixedVoip' },
  'fixed-voip': { lineType: 'fixedVoip' },
  'toll-free': { lineType: 'tollFree' },
  'no-whatsapp': { lineType: 'mobile', whatsappEnds: { status: 'undelivered', errorCode: 63024 } },
  'unknown-to-whatsapp': { lineType: 'mobile', whatsappEnds: { status: 'failed', errorCode: 63003 } },
  'blocked-brand': { lineType: 'mobile', whatsappEnds: { status: 'undelivered', errorCode: 63014 } },
  reader: { lineType: 'mobile', reads: 'later' },
  'quick-reader': { lineType: 'mobile', reads: 'at once' },
  canadian: { lineType: null, lookupError: 60601 },
  'unknown-line': { lineType: null },
} as const satisfies Record<string, Persona>

export type PersonaName = keyof typeof personas

/** Twilio's magic numbers of test credentials, by To and by From. */
export const magicTo: Readonly<Record<string, number>> = {
  '+15005550001': 21211,
  '+15005550002': 21612,
  '+15005550003': 21408,
  '+15005550004': 21610,
  '+15005550009': 21614,
}
/** null: a valid From that nobody owns. */
export const magicFrom: Readonly<Record<string, number | null>> = {
  '+15005550006': null,
  '+15005550001': 21212,
  '+15005550007': 21606,
  '+15005550008': 21611,
}
