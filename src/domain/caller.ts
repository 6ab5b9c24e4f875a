import type { Privilege } from './account.ts'
import type { DevicePushes } from './device.ts'

export const roles = ['administrator', 'campaign-manager', 'agent-manager', 'agent'] as const
export type Role = (typeof roles)[number]

/**
 * Who asks. Only `http/callers.ts`, a webhook that was verified, or a job makes one, and no action runs without:
 * every query takes its account from here, so another brand's row is simply not found.
 */
export type Caller =
  | {
      readonly kind: 'credential'
      readonly accountId: string
      readonly credentialId: string
      readonly privileges: readonly Privilege[]
    }
  | {
      readonly kind: 'user'
      readonly accountId: string
      readonly userId: string
      readonly name: string
      readonly role: Role
    }
  /** A consumer's app, on a device that the brand has vouched for. */
  | {
      readonly kind: 'device'
      readonly accountId: string
      readonly deviceId: string
      /** The app. */
      readonly senderId: string
      readonly consumerId: string
      readonly pushes: DevicePushes
    }
  | { readonly kind: 'operator' }
  | { readonly kind: 'system'; readonly accountId: string }
export type CredentialCaller = Extract<Caller, { kind: 'credential' }>
export type UserCaller = Extract<Caller, { kind: 'user' }>
export type SystemCaller = Extract<Caller, { kind: 'system' }>
export type DeviceCaller = Extract<Caller, { kind: 'device' }>
