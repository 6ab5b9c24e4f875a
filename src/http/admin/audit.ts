import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Deps } from '../../deps.ts'
import { listAudit } from '../../store/audit.ts'
import { configOf } from './config-of.ts'
import { permit } from './permit.ts'
import { ofAccount, strict, uuid } from './schemas.ts'

const pageSize = 100

const auditAnswer = Type.Object({
  entries: Type.Array(
    Type.Object({
      auditId: Type.String(),
      at: Type.Unsafe<Date>(Type.String({ format: 'date-time' })),
      actor: Type.String({ description: 'operator, system, user:<id> or credential:<id>.' }),
      action: Type.String(),
      subject: Type.String(),
      before: Type.Unknown(),
      after: Type.Unknown(),
    }),
  ),
})

export function audit(app: FastifyInstance, { deps }: { deps: Deps }): void {
  app.withTypeProvider<TypeBoxTypeProvider>().get(
    '/audit',
    {
      schema: {
        tags: ['admin'],
        summary: 'Show who changed what',
        description: `The newest ${pageSize} changes; \`after\`, the id of the last one shown, gives older ones.`,
        params: ofAccount,
        querystring: strict({ after: Type.Optional(uuid) }),
        response: { 200: auditAnswer },
      },
    },
    async (request) => {
      const permitted = permit(request, 'audit.read')
      await configOf(deps, permitted)
      return {
        entries: [
          ...(await listAudit(deps.db, permitted.accountId, { limit: pageSize, after: request.query.after ?? null })),
        ],
      }
    },
  )
}
