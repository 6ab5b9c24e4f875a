/**
 * Every way a send can end without a yes, with the four answers that `actions/` act on. A connector throws
 * `SendFailure` with one of these kinds; it never decides what happens next.
 *
 *  outcome  `unsent`: certainly nothing went out. `refused`: the provider said no. `unknown`: it may have gone out.
 *  retry    the same attempt may be made again (only ever with `unsent`, or a refusal that says "later").
 *  ourFault an administrator or developer has to mend something.
 *  sentence what the administrator reads.
 */
export const failures = {
  unreachable: {
    outcome: 'unsent',
    retry: true,
    ourFault: false,
    sentence: 'The provider could not be reached; nothing was sent.',
  },
  throttled: {
    outcome: 'unsent',
    retry: true,
    ourFault: false,
    sentence: 'The provider asked to slow down; the message waits for its turn.',
  },
  misconfigured: {
    outcome: 'refused',
    retry: false,
    ourFault: true,
    sentence: 'The provider refuses this sender: check its credentials, number and permissions.',
  },
  'invalid-recipient': {
    outcome: 'refused',
    retry: false,
    ourFault: false,
    sentence: 'The provider does not know this recipient.',
  },
  'not-reachable-here': {
    outcome: 'refused',
    retry: false,
    ourFault: false,
    sentence: 'This recipient cannot be reached on this channel (a landline, or not registered there).',
  },
  'device-gone': {
    outcome: 'refused',
    retry: false,
    ourFault: false,
    sentence: 'The app was removed from this device, or its registration has lapsed.',
  },
  'opted-out': {
    outcome: 'refused',
    retry: false,
    ourFault: false,
    sentence: 'The consumer has opted out.',
  },
  'window-closed': {
    outcome: 'refused',
    retry: false,
    ourFault: false,
    sentence: 'The consumer last wrote more than 24 hours ago; only an approved template may be sent.',
  },
  'template-rejected': {
    outcome: 'refused',
    retry: false,
    ourFault: true,
    sentence: 'The provider refuses the template: it is missing, paused, or its variables do not fit.',
  },
  'content-rejected': {
    outcome: 'refused',
    retry: false,
    ourFault: true,
    sentence: 'The provider refuses the content of the message.',
  },
  blocked: {
    outcome: 'refused',
    retry: false,
    ourFault: true,
    sentence: 'The provider or carrier filtered the message; check registration and wording.',
  },
  'refused-for-now': {
    outcome: 'refused',
    retry: false,
    ourFault: false,
    sentence: 'The recipient could not be reached just now.',
  },
  expired: {
    outcome: 'refused',
    retry: false,
    ourFault: false,
    sentence: 'The message was not delivered in time and was given up.',
  },
  'unknown-outcome': {
    outcome: 'unknown',
    retry: false,
    ourFault: false,
    sentence: 'The provider did not answer clearly; the message may have been sent and is being looked for.',
  },
} as const satisfies Record<string, Failure>

interface Failure {
  readonly outcome: 'unsent' | 'refused' | 'unknown'
  readonly retry: boolean
  readonly ourFault: boolean
  readonly sentence: string
}

export type FailureKind = keyof typeof failures

/** What a connector throws from `send`. `detail` is for the log and the exchange, never for a caller. */
export class SendFailure extends Error {
  readonly kind: FailureKind
  /** The provider's own number, `21610`; null when it gave none. */
  readonly providerCode: string | null
  /** Milliseconds the provider asked us to wait; null when it did not say. */
  readonly retryAfterMs: number | null
  /** Sentences for the administrator that say more than the kind's own, in the provider's words where it has some; null: none. */
  readonly advice: string | null

  constructor(
    kind: FailureKind,
    options: {
      providerCode?: string | null
      retryAfterMs?: number | null
      detail?: string
      advice?: string | null
    } = {},
  ) {
    super(options.detail ?? failures[kind].sentence)
    this.name = 'SendFailure'
    this.kind = kind
    this.providerCode = options.providerCode ?? null
    this.retryAfterMs = options.retryAfterMs ?? null
    this.advice = options.advice ?? null
  }
}
