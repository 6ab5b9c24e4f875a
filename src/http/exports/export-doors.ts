import type { FastifyInstance } from 'fastify'
import type { Deps } from '../../deps.ts'
import { requireSession } from '../require-session.ts'
import { namedAccountDoor, sessionDoor } from './export-door.ts'
import { exportRoutes } from './export-routes.ts'
import { scheduleRoutes } from './schedule-routes.ts'

/** The console's door: people who are signed in. */
export async function exportDoors(scope: FastifyInstance, { deps }: { deps: Deps }): Promise<void> {
  await requireSession(scope, deps)
  await scope.register(
    async (inner) => {
      exportRoutes(inner, { deps, door: sessionDoor })
      scheduleRoutes(inner, { deps, door: sessionDoor })
    },
    { prefix: '/api' },
  )
}

/** The same below a path that names the account, for systems and the operator; within the scope of administration. */
export function exportsOfAccount(scope: FastifyInstance, { deps }: { deps: Deps }): void {
  exportRoutes(scope, { deps, door: namedAccountDoor })
  scheduleRoutes(scope, { deps, door: namedAccountDoor })
}
