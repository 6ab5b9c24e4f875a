/**
 * The caller's faults, one row each: what HTTP says and the sentence a person reads. `docs/errors.md` explains every
 * code; a test compares the two. The doors of the published API translate the code to its number (`http/ivr/errors.ts`).
 */
export const problems = {
  'invalid-request': { status: 400, sentence: 'Invalid request' },
  'invalid-phone': { status: 400, sentence: 'Invalid customerPhoneNumber' },
  'invalid-version': { status: 400, sentence: 'Invalid version' },
  'no-internal-user': { status: 400, sentence: 'No internal user is available' },
  'no-internal-app': { status: 400, sentence: 'No internal app is available' },
  'no-engagement': { status: 400, sentence: 'No engagement found for the skill' },
  'cannot-send': { status: 400, sentence: 'Message cannot be sent' },
  'no-handoff': { status: 400, sentence: 'No handoff is available' },
  'no-handoff-channel': { status: 400, sentence: 'No handoff channel is available' },
  'no-settings': { status: 400, sentence: 'No setting is available' },
  'no-override-channel': { status: 400, sentence: 'Overridden channel is not available' },
  'no-override-skill': { status: 400, sentence: 'No engagement provided for the overridden skill' },
  unauthenticated: { status: 401, sentence: 'Sign in, or send valid credentials' },
  'invalid-client': { status: 401, sentence: 'The client id or secret is wrong' },
  'wrong-password': { status: 401, sentence: 'The email or password is wrong' },
  forbidden: { status: 403, sentence: 'Not enough privilege to perform this operation' },
  'cross-site': { status: 403, sentence: 'The request did not come from this site' },
  'not-found': { status: 404, sentence: 'Not Found' },
  'method-not-allowed': { status: 405, sentence: 'Method Not Allowed' },
  'too-slow': { status: 408, sentence: 'The request came too slowly' },
  conflict: { status: 409, sentence: 'This was changed by somebody else meanwhile' },
  'not-yours': { status: 409, sentence: 'The conversation is not yours' },
  'already-taken': { status: 409, sentence: 'Somebody else has taken this conversation' },
  'not-offered': { status: 409, sentence: 'The conversation is not offered to you' },
  'agent-offline': { status: 409, sentence: 'The agent is not there to be given a conversation' },
  'agent-full': { status: 409, sentence: 'The agent has as many conversations as they can hold' },
  'conversation-closed': { status: 409, sentence: 'The conversation is closed' },
  'consumer-opted-out': { status: 409, sentence: 'The consumer has opted out and cannot be written to' },
  'window-closed': { status: 409, sentence: 'The consumer last wrote too long ago; only a template can be sent' },
  'too-many-exports': { status: 409, sentence: 'As many exports as may wait are waiting already' },
  'already-exists': { status: 409, sentence: 'Something with this name exists already' },
  'too-large': { status: 413, sentence: 'The request is too large' },
  'unsupported-media-type': { status: 415, sentence: 'Unsupported Media Type' },
  'rate-limited': { status: 429, sentence: 'Rate limit hit' },
  'header-too-large': { status: 431, sentence: 'The request header is too large' },
  internal: { status: 500, sentence: 'Internal Server Error' },
  unavailable: { status: 503, sentence: 'The service cannot answer just now; try again shortly' },
} as const satisfies Record<string, { status: number; sentence: string }>

export type ProblemCode = keyof typeof problems

/**
 * A fault of the caller, safe to show. `details` are plain sentences about what is wrong (never a person's data);
 * anything that is not a Problem is our fault and leaves as `internal` with a request id and nothing else.
 */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly status: number
  readonly details: readonly string[]
  readonly headers: Readonly<Record<string, string>>

  constructor(
    code: ProblemCode,
    options: {
      details?: readonly string[]
      headers?: Readonly<Record<string, string>>
      sentence?: string
      /** A word for the log; the caller never hears it. */
      cause?: string
    } = {},
  ) {
    super(options.sentence ?? problems[code].sentence, 'cause' in options ? { cause: options.cause } : {})
    this.name = 'Problem'
    this.code = code
    this.status = problems[code].status
    this.details = options.details ?? []
    this.headers = options.headers ?? {}
  }
}
