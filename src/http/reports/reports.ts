import type { FastifyInstance } from 'fastify'
import type { Deps } from '../../deps.ts'
import { requireSession } from '../require-session.ts'
import { calls } from './calls.ts'
import { optOuts } from './opt-outs.ts'
import { query } from './query.ts'
import { type ReportDoor, sessionDoor } from './report-door.ts'
import { variants } from './variants.ts'

/** Our own reports, for people who are signed in. */
export async function reports(scope: FastifyInstance, { deps }: { deps: Deps }): Promise<void> {
  await requireSession(scope, deps)
  reportsAt(scope, deps, sessionDoor)
}

/** The same at any door. */
export function reportsAt(scope: FastifyInstance, deps: Deps, door: ReportDoor): void {
  for (const one of [query, calls, optOuts, variants]) one(scope, deps, door)
}
