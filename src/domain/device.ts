/** How pushes reach a device: by whose service; `proxy` is the brand's own, `simulator` the sandbox's. */
export const devicePlatforms = ['fcm', 'apns', 'webpush', 'proxy', 'simulator'] as const
export type DevicePlatform = (typeof devicePlatforms)[number]

/** How one device is reached. */
export interface PushAddress {
  readonly platform: DevicePlatform
  /** The push service's token, or the Web Push subscription as JSON. */
  readonly token: string
}

/** The connector whose senders push to devices of a platform. */
export const connectorOfPlatform = (platform: DevicePlatform): string => `inapp-${platform}`

/**
 * What signing out stops (the original's `PushUnregisterType`): `all` pushes, those of `agent-only` conversations so that
 * invites still come, or `none`. The device token is dead in every case.
 */
export const unregisterModes = ['all', 'agent-only', 'none'] as const
export type UnregisterMode = (typeof unregisterModes)[number]

/** What a live device is pushed: everything, or invites alone. */
export type DevicePushes = 'all' | 'invites'

/** What is left to a device that signs out; null: nothing. */
export function pushesAfter(mode: UnregisterMode, now: DevicePushes): DevicePushes | null {
  if (mode === 'all') return null
  return mode === 'agent-only' ? 'invites' : now
}

/** More live devices of one consumer in one app are nobody's: the longest unused one goes. Bounds what one invite pushes. */
export const mostDevices = 10

/** Longest push token or subscription that is stored: a Web Push subscription has some 400 characters. */
export const mostTokenCharacters = 4_096

/** Seconds after which somebody who does not type on has stopped typing. */
export const typingSeconds = 6

/**
 * Web origins whose pages may call us as this app, beside our own; native apps have none.
 * @param settings of the in-app sender: `allowedOrigins` holds them with commas or spaces between.
 */
export function allowedOriginsOf(settings: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const { allowedOrigins } = settings
  return new Set(typeof allowedOrigins === 'string' ? allowedOrigins.split(/[\s,]+/).filter((one) => one !== '') : [])
}

/** A consumer for whom the brand has vouched, in one of its apps. */
export interface Vouched {
  readonly accountId: string
  readonly consumerId: string
  /** The in-app senders that are this app, one a push service at most. */
  readonly senderIds: readonly string[]
}
