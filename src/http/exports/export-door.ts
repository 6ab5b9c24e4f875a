import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Caller } from '../../domain/caller.ts'
import { type Act, may } from '../../domain/policy.ts'
import { Problem } from '../../errors.ts'
import { permit } from '../admin/permit.ts'
import { accountId, uuid } from '../admin/schemas.ts'
import { callerOf } from '../callers.ts'

/** Exports have two doors: the console's, where the session says which brand, and the one whose path names it. */
export interface ExportDoor {
  /** Schemas of paths: of the door alone, and with the id of something. */
  readonly params: ReturnType<typeof Type.Object>
  readonly paramsWith: (name: 'exportId' | 'scheduleId') => ReturnType<typeof Type.Object>
  /** Who asks, and of which brand. @throws Problem `forbidden`, `not-found` */
  readonly who: (request: FastifyRequest, act: Act) => { readonly caller: Caller; readonly accountId: string }
}

export const sessionDoor: ExportDoor = {
  params: Type.Object({}),
  paramsWith: (name) => Type.Object({ [name]: uuid }),
  who(request, act) {
    const caller = callerOf(request, 'user')
    if (!may(caller, act)) throw new Problem('forbidden')
    return { caller, accountId: caller.accountId }
  },
}

export const namedAccountDoor: ExportDoor = {
  params: Type.Object({ accountId }),
  paramsWith: (name) => Type.Object({ accountId, [name]: uuid }),
  who: permit,
}
