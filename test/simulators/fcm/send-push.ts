/** How a registration token is known. `malformed`: none at all; `other-project`: of another sender id. */
export type FcmPersona = 'registered' | 'unregistered' | 'malformed' | 'other-project'

export interface FcmAnswer {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** One push as FCM took it. */
export interface FcmPush {
  readonly name: string
  readonly token: string
  readonly collapseKey: string | null
  readonly notification: Readonly<Record<string, string>> | null
  readonly data: Readonly<Record<string, string>>
  readonly message: Readonly<Record<string, unknown>>
}

const words: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
}

/** An error in Google's shape; `errorCode` adds the `FcmError` detail, `field` a `BadRequest` one. */
export function fcmError(
  status: number,
  options: { readonly errorCode?: string; readonly field?: string; readonly message?: string } = {},
): FcmAnswer {
  const details: unknown[] = []
  if (options.errorCode !== undefined)
    details.push({ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode: options.errorCode })
  if (options.field !== undefined)
    details.push({
      '@type': 'type.googleapis.com/google.rpc.BadRequest',
      fieldViolations: [{ field: options.field, description: 'Invalid value' }],
    })
  const message = options.message ?? options.errorCode ?? words[status] ?? 'error'
  return { status, body: { error: { code: status, message, status: words[status] ?? 'UNKNOWN', details } } }
}

const fields = ['token', 'notification', 'data', 'android', 'apns', 'webpush', 'fcm_options'] as const

/** The first field that FCM would find fault with; null: none. */
export function wrongField(message: Readonly<Record<string, unknown>>): string | null {
  const unknown = Object.keys(message).find((name) => !(fields as readonly string[]).includes(name))
  if (unknown !== undefined) return `message.${unknown}`
  const { token, notification, data, android } = message as Record<string, Record<string, unknown> | undefined>
  if (typeof token !== 'string') return 'message.token'
  for (const [name, value] of Object.entries(data ?? {})) if (typeof value !== 'string') return `message.data[${name}]`
  for (const [name, value] of Object.entries(notification ?? {}))
    if (typeof value !== 'string' || !['title', 'body', 'image'].includes(name)) return `message.notification.${name}`
  if (android?.ttl !== undefined && !/^\d+(\.\d+)?s$/.test(String(android.ttl))) return 'message.android.ttl'
  if (android?.priority !== undefined && !['HIGH', 'NORMAL'].includes(String(android.priority)))
    return 'message.android.priority'
  return null
}

/** What FCM says to a push that is well made, by what it knows of the device. */
export function refusalOf(persona: FcmPersona): FcmAnswer | null {
  switch (persona) {
    case 'unregistered':
      return fcmError(404, { errorCode: 'UNREGISTERED' })
    case 'malformed':
      return fcmError(400, {
        errorCode: 'INVALID_ARGUMENT',
        message: 'The registration token is not a valid FCM registration token',
      })
    case 'other-project':
      return fcmError(403, { errorCode: 'SENDER_ID_MISMATCH' })
    default:
      return null
  }
}
