import type { FastifyContextConfig, FastifyRequest } from 'fastify'
import type { TObject } from 'typebox'
import { Type } from 'typebox'
import type { CredentialCaller, UserCaller } from '../../domain/caller.ts'
import type { Act } from '../../domain/policy.ts'
import { ofAccount } from '../brand/brand-apps.ts'
import { refusals } from '../brand/refusal.ts'
import { callerOf } from '../callers.ts'
import { problemAnswer } from '../problem-answer.ts'

/** A way in to reports: the same questions and answers for people who are signed in and for a brand's systems. */
export interface ReportDoor {
  readonly prefix: string
  /** What a route says of itself beside question and answer. */
  readonly schema: {
    readonly tags: string[]
    readonly security?: Record<string, string[]>[]
    readonly params?: TObject
  }
  /** Of an answer that is none. */
  readonly refused: Record<string, TObject>
  config(act: Act, endpoint: string): FastifyContextConfig
  callerOf(request: FastifyRequest): UserCaller | CredentialCaller
}

export const sessionDoor: ReportDoor = {
  prefix: '/api/reports',
  schema: { tags: ['reports'] },
  refused: { '4xx': problemAnswer },
  config: () => ({}) as FastifyContextConfig,
  callerOf: (request) => callerOf(request, 'user'),
}

/** Within the scope of the compatible APIs, whose form of refusals it has. */
export const brandDoor: ReportDoor = {
  prefix: '/c2m/reports',
  schema: { tags: ['Reporting'], security: [{ appJwt: [] }, { oauth1: [] }], params: ofAccount },
  refused: Object.fromEntries(Object.entries(refusals)) as Record<string, TObject>,
  config: (act, endpoint) => ({ brandDoor: { act, endpoint } }) as FastifyContextConfig,
  callerOf: (request) => callerOf(request, 'credential'),
}

export const cursor = Type.Optional(Type.Union([Type.String({ maxLength: 200 }), Type.Null()]))
