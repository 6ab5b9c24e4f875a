import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { readAnalytics } from '../../actions/read-analytics.ts'
import type { Deps } from '../../deps.ts'
import type { AnalyticsRow } from '../../reports/analytics.ts'
import { callerOf } from '../callers.ts'
import { attemptedWindow, windowQuery } from './attempted-window.ts'
import { type BrandApp, brandApps, ofAccount } from './brand-apps.ts'
import { channelFilter, channelList, filterOf, nameList, skillList } from './filters.ts'
import { refusals } from './refusal.ts'

const filters = {
  channels: Type.Optional(channelList),
  skills: Type.Optional(skillList),
  handoffids: Type.Optional(nameList('Ids of handoffs. When given, rows are told apart by handoff, too.')),
  source: Type.Optional(
    nameList('Who began it: `API` is all there is here. When given, rows are told apart by it, too.'),
  ),
}
const analyticsBody = Type.Object({
  ...filters,
  filters: Type.Optional(Type.Object(filters, { description: 'The same, as older clients send them.' })),
})
type Filters = Static<typeof analyticsBody>['filters']

const count = (description: string) => Type.Integer({ description })
const row = Type.Object({
  channel: Type.Union([Type.String(), Type.Null()]),
  skill: Type.Union([Type.String(), Type.Null()]),
  transactionday: Type.String({ description: 'MM-DD-YYYY, UTC.', examples: ['01-31-2026'] }),
  handoffid: Type.Optional(Type.String()),
  source: Type.Optional(Type.String()),
  attempted: count('Calls that asked for eligibility.'),
  eligible: count('Of these, those that could be reached.'),
  skipped: count('Not sent because the consumer has opted out.'),
  sent: count('Handed to the provider.'),
  failed: count('Not sent, for whatever reason; or sent and not delivered.'),
  delivered: count('Reported as delivered, or as read.'),
  read: count('Reported as read.'),
  conversationscreated: count('Answered by the consumer.'),
  conversationsclosed: count('Of these conversations, those that are closed.'),
  csat: Type.Union([Type.String(), Type.Literal(0)], {
    description: 'Average score with one decimal; 0: nobody gave one.',
    examples: ['4.5'],
  }),
  error_aggregation: Type.Record(Type.String(), Type.Integer(), {
    description: 'How many calls ended with which error: `source_code` of the published dictionary.',
    examples: [{ c2m_1400: 3, twilio_30006: 1 }],
  }),
})
const answer = Type.Object({
  requestMetadata: Type.Object({
    accountId: Type.String(),
    app: Type.String(),
    attemptedStartTime: Type.Integer(),
    attemptedEndTime: Type.Integer(),
    filters: Type.Optional(Type.Unknown()),
  }),
  analytics: Type.Array(row),
})

/** Counts by channel, skill and day, with the slash at the end that the documentation has and without. */
export function analytics(app: FastifyInstance, { deps }: { deps: Deps }): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const querystring = Type.Object(windowQuery)
  const config = { brandDoor: { act: 'reports.read', endpoint: 'analytics' } } as const

  for (const brandApp of brandApps)
    for (const end of ['/', ''] as const) {
      const url = `/${brandApp}/analytics${end}`
      const schema = {
        tags: ['Reporting'],
        summary: 'Count what became of calls',
        description:
          'By channel, skill and day (UTC), as of this moment. Any span within the retention; POST takes filters.',
        security: [{ appJwt: [] }, { oauth1: [] }],
        params: ofAccount,
        querystring,
        response: { 200: answer, ...refusals },
        hide: brandApp !== 'c2m' || end === '',
      }
      routes.get(url, { config, schema }, (request) => answerOf(brandApp, request, request.query, undefined))
      routes.post(url, { config, schema: { ...schema, body: analyticsBody } }, (request) =>
        answerOf(brandApp, request, request.query, request.body),
      )
    }

  async function answerOf(
    brandApp: BrandApp,
    request: FastifyRequest,
    query: Static<typeof querystring>,
    body: Static<typeof analyticsBody> | undefined,
  ): Promise<Static<typeof answer>> {
    const caller = callerOf(request, 'credential')
    const window = attemptedWindow(query)
    const given: Filters[] = [body, body?.filters]
    const handoffIds = filterOf(...given.map((one) => one?.handoffids))
    const source = filterOf(...given.map((one) => one?.source))
    const nothing = brandApp !== 'c2m' || (source !== null && !source.includes('API'))
    const rows = nothing
      ? []
      : await readAnalytics(deps, caller, {
          ...{ from: window.from, until: window.until },
          channels: channelFilter(...given.map((one) => one?.channels)),
          skills: filterOf(...given.map((one) => one?.skills)),
          ...{ handoffIds, byHandoff: handoffIds !== null },
        })
    return {
      requestMetadata: {
        ...{ accountId: caller.accountId, app: brandApp },
        ...{ attemptedStartTime: window.startMs, attemptedEndTime: window.endMs },
        ...(body === undefined ? {} : { filters: body.filters ?? body }),
      },
      analytics: rows.map((one) => shown(one, source !== null)),
    }
  }
}

function shown(one: AnalyticsRow, bySource: boolean): Static<typeof row> {
  const [year, month, day] = one.day.split('-')
  return {
    ...{ channel: one.channel, skill: one.skill, transactionday: `${month}-${day}-${year}` },
    ...(one.handoffId === null ? {} : { handoffid: one.handoffId }),
    ...(bySource ? { source: 'API' } : {}),
    ...{ attempted: one.attempted, eligible: one.eligible, skipped: one.skipped, sent: one.sent, failed: one.failed },
    ...{ delivered: one.delivered, read: one.read },
    conversationscreated: one.replied,
    conversationsclosed: one.closed,
    csat: one.csat === null ? 0 : one.csat.toFixed(1),
    error_aggregation: { ...one.errors },
  }
}
