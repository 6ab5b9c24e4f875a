import type { Privilege } from './account.ts'

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
  | { readonly kind: 'operator' }
  | { readonly kind: 'system'; readonly accountId: string }
export type CredentialCaller = Extract<Caller, { kind: 'credential' }>
export type UserCaller = Extract<Caller, { kind: 'user' }>
export type SystemCaller = Extract<Caller, { kind: 'system' }>
