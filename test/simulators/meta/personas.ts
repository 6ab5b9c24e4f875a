/** How a consumer behaves. */
export interface Persona {
  /** WhatsApp's own spelling of the number, digits; default: the number's. */
  readonly waId?: string
  /** The business-scoped user id, shown in webhooks beside the number. */
  readonly userId?: string
  /** Has a user name: webhooks show the user id alone. */
  readonly hidesNumber?: boolean
  /** Code with which a send is refused at once. */
  readonly create?: number
  /** Code with which it fails later, by webhook. */
  readonly ends?: number
  /** The same, for templates of the category MARKETING only. */
  readonly endsMarketing?: number
  /** The last status that is reported. */
  readonly stopsAt?: 'sent' | 'delivered'
  /** `later`: read after delivered. `at-once`: read, and delivered never said. */
  readonly reads?: 'later' | 'at-once'
}

export const personas = {
  whatsapp: {},
  reader: { reads: 'later' },
  'reads-at-once': { reads: 'at-once' },
  silent: { stopsAt: 'sent' },
  'no-whatsapp': { ends: 131026 },
  blocked: { ends: 131026 },
  unreachable: { stopsAt: 'sent' },
  'marketing-limited': { endsMarketing: 131049 },
  'marketing-stopped': { endsMarketing: 131050 },
  experiment: { ends: 130472 },
  'other-country': { create: 130497 },
  'not-allowed': { create: 131030 },
  'other-wa-id': { waId: '5511987654321' },
  'with-user-id': { userId: 'US.13491208655302741918' },
  'username-only': { userId: 'US.13491208655302741918', hidesNumber: true },
} as const satisfies Record<string, Persona>

export type PersonaName = keyof typeof personas
