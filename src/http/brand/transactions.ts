import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import { listTransactions, type TransactionsWanted } from '../../actions/list-transactions.ts'
import type { Deps } from '../../deps.ts'
import type { CredentialCaller } from '../../domain/caller.ts'
import { messageStatuses } from '../../domain/report.ts'
import { Problem } from '../../errors.ts'
import { callerOf } from '../callers.ts'
import { attemptedWindow, windowQuery } from './attempted-window.ts'
import { type BrandApp, brandApps, ofAccount } from './brand-apps.ts'
import { channelFilter, channelList, filterOf, skillList } from './filters.ts'
import { nextPageOf, placeOf } from './next-page.ts'
import { refusals } from './refusal.ts'
import { presentTransaction, transactionRow } from './transaction-row.ts'

const usualLimit = 100
/** Of the published API: a page of version 2, and of version 1. */
const mostLimit = { v1: 9_999, v2: 5_000 } as const
/** Of `offset`: more than any brand has calls. */
const mostOffset = 2 ** 40
/** Room for 5,000 ids. */
const bodyLimit = 512 * 1024
const uuidPattern = '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'

const limit = Type.Integer({ minimum: 1, maximum: mostLimit.v1, description: 'At most 5,000 in version 2.' })
const filters = { channels: Type.Optional(channelList), skills: Type.Optional(skillList) }
const body = Type.Object({
  ...filters,
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: mostOffset, description: 'Version 2; usually 0.' })),
  limit: Type.Optional(limit),
  filters: Type.Optional(
    Type.Object({
      ...filters,
      messagestatus: Type.Optional(Type.Array(Type.Enum(messageStatuses), { maxItems: 100 })),
      transactionids: Type.Optional(Type.Array(Type.String({ pattern: uuidPattern }), { maxItems: mostLimit.v2 })),
    }),
  ),
  page: Type.Optional(
    Type.Object(
      {
        nextPage: Type.Optional(Type.Union([Type.String({ maxLength: 200 }), Type.Null()])),
        limit: Type.Optional(limit),
      },
      { description: 'Version 1: where to go on, as the page before said.' },
    ),
  ),
})
type Body = Static<typeof body>

const page = Type.Object({
  count: Type.Integer({ description: 'Transactions on this page.' }),
  offset: Type.Optional(Type.Integer()),
  limit: Type.Optional(Type.Integer()),
  total: Type.Optional(Type.Integer({ description: 'Version 2: on all pages.' })),
  currentPage: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  nextPage: Type.Optional(
    Type.Union([Type.String(), Type.Null()], { description: 'Version 1: null on the last page.' }),
  ),
})
const answer = Type.Object({ transactions: Type.Array(transactionRow), page })
type Answer = Static<typeof answer>

/** The calls themselves, a page at a time: version 1 goes on from page to page, version 2 by offset. */
export function transactions(app: FastifyInstance, { deps }: { deps: Deps }): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  for (const brandApp of brandApps)
    for (const end of ['/', ''] as const) {
      routes.post(
        `/${brandApp}/transactions${end}`,
        {
          config: { brandDoor: { act: 'transactions.read', endpoint: 'transactions' } },
          bodyLimit,
          schema: {
            tags: ['Reporting'],
            summary: 'List calls and what became of each',
            description: 'In the order of their time, as of this moment. Any span within the retention.',
            security: [{ appJwt: [] }, { oauth1: [] }],
            params: ofAccount,
            querystring: Type.Object({
              ...windowQuery,
              v: Type.Optional(
                Type.Enum(['1', '1.0', '2', '2.0'] as const, { description: '`2.0`: by offset. Without: version 1.' }),
              ),
            }),
            body: Type.Optional(body),
            response: { 200: answer, ...refusals },
            hide: brandApp !== 'c2m' || end === '',
          },
        },
        async (request) => {
          const caller = callerOf(request, 'credential')
          const { from, until } = attemptedWindow(request.query)
          const given = request.body ?? {}
          const wanted = {
            ...{ from, until },
            channels: channelFilter(given.channels, given.filters?.channels),
            skills: filterOf(given.skills, given.filters?.skills),
            statuses: filterOf(given.filters?.messagestatus),
            callIds: filterOf(given.filters?.transactionids),
          }
          return request.query.v?.startsWith('2')
            ? byOffset(brandApp, caller, wanted, given)
            : byPage(brandApp, caller, wanted, given)
        },
      )
    }

  async function byOffset(
    brandApp: BrandApp,
    caller: CredentialCaller,
    wanted: TransactionsWanted,
    { offset = 0, limit = usualLimit }: Body,
  ): Promise<Answer> {
    if (limit > mostLimit.v2)
      throw new Problem('invalid-request', { details: [`limit must be at most ${mostLimit.v2}.`] })
    const found =
      brandApp === 'c2m'
        ? await listTransactions(deps, caller, wanted, { offset, limit })
        : { transactions: [], total: 0 }
    return {
      transactions: found.transactions.map((one) => presentTransaction(one, 'v2')),
      page: { count: found.transactions.length, offset, limit, total: found.total ?? 0 },
    }
  }

  async function byPage(
    brandApp: BrandApp,
    caller: CredentialCaller,
    wanted: TransactionsWanted,
    given: Body,
  ): Promise<Answer> {
    const currentPage = given.page?.nextPage || null
    const after = currentPage === null ? null : placeOf(currentPage)
    const limit = given.page?.limit ?? given.limit ?? usualLimit
    const found =
      brandApp === 'c2m'
        ? await listTransactions(deps, caller, wanted, { after, limit })
        : { transactions: [], next: null }
    return {
      transactions: found.transactions.map((one) => presentTransaction(one, 'v1')),
      page: {
        ...{ count: found.transactions.length, currentPage },
        nextPage: found.next === null ? null : nextPageOf(found.next),
      },
    }
  }
}
