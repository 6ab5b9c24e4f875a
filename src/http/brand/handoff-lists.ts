import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { type ListedHandoffs, listHandoffs } from '../../actions/list-handoffs.ts'
import type { Deps } from '../../deps.ts'
import type { Channel } from '../../domain/channel.ts'
import type { HandoffChannel } from '../../domain/handoff.ts'
import { callerOf } from '../callers.ts'
import { type BrandApp, brandApps, ofAccount } from './brand-apps.ts'
import { inappComponents, smsComponents, waComponents } from './handoff-components.ts'
import { refusals } from './refusal.ts'

/** The published names of channels; of two of them this server has nothing. */
const channelPaths: Readonly<Record<string, Channel | 'none'>> = {
  wa: 'wa',
  'sms-twilio': 'sms',
  inapp: 'inapp',
  sms: 'sms',
  twilio: 'sms',
  'apple-twilio': 'none',
  googlercs: 'none',
}
const publishedType = { sms: 'sms-twilio', wa: 'wa', inapp: 'inapp' } as const satisfies Record<Channel, string>
const documented = ['wa', 'sms-twilio', 'inapp']

const number = (description: string) => Type.Optional(Type.String({ pattern: '^[0-9]{1,4}$', description }))
const querystring = Type.Object({
  v: Type.Optional(Type.Enum(['1', '1.0'] as const)),
  limit: number('At most so many; usually 30.'),
  offset: number('Pass over so many; usually 0.'),
})
const usualLimit = 30

const answer = Type.Object({
  handoffs: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      enabled: Type.Boolean(),
      lookbackPeriodDay: Type.Integer(),
      lookbackPeriodHour: Type.Integer(),
      routeAllWithinLookback: Type.Boolean(),
      createdAt: Type.String({ format: 'date-time' }),
      updatedAt: Type.String({ format: 'date-time' }),
      channels: Type.Array(
        Type.Object({
          type: Type.String({ description: '`sms-twilio`, `wa` or `inapp`.' }),
          language: Type.Optional(Type.String()),
          outboundnumber: Type.Optional(Type.String({ description: 'SMS with its plus; WhatsApp digits only.' })),
          templatename: Type.Optional(Type.String()),
          appNames: Type.Optional(Type.Array(Type.String())),
          messageComponents: Type.Array(Type.Object({ type: Type.String() }, { additionalProperties: true })),
        }),
      ),
    }),
  ),
  page: Type.Object({ count: Type.Integer(), offset: Type.Integer(), limit: Type.Integer(), total: Type.Integer() }),
})
type Answer = Static<typeof answer>

/** The brand's handoffs as the published configuration API shows them; nothing can be changed here. */
export function handoffLists(app: FastifyInstance, { deps }: { deps: Deps }): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  for (const brandApp of brandApps) {
    const add = (path: string, channel: Channel | 'none' | null, shownInDocs: boolean) =>
      routes.get(
        `/${brandApp}/handoffs/list${path}`,
        {
          config: { brandDoor: { act: 'handoffs.read', endpoint: path === '' ? 'handoffs' : 'handoffs-of-channel' } },
          schema: {
            tags: ['Reporting'],
            summary: path === '' ? 'List the handoffs' : `List the handoffs that have the channel ${path.slice(9)}`,
            security: [{ appJwt: [] }, { oauth1: [] }],
            params: ofAccount,
            querystring,
            response: { 200: answer, ...refusals },
            hide: brandApp !== 'c2m' || !shownInDocs,
          },
        },
        (request) => list(brandApp, channel, request, request.query),
      )
    add('', null, true)
    for (const [name, channel] of Object.entries(channelPaths))
      add(`/channel/${name}`, channel, documented.includes(name))
  }

  async function list(
    brandApp: BrandApp,
    channel: Channel | 'none' | null,
    request: FastifyRequest,
    query: Static<typeof querystring>,
  ): Promise<Answer> {
    const caller = callerOf(request, 'credential')
    const [offset, limit] = [Number(query.offset ?? 0), Number(query.limit ?? usualLimit)]
    const wanted = { channel: brandApp === 'c2m' ? channel : 'none', offset, limit } as const
    const listed = await listHandoffs(deps, caller, wanted)
    return {
      handoffs: listed.handoffs.map((one) => shown(one, channel, listed)),
      page: { count: listed.handoffs.length, offset, limit, total: listed.total },
    }
  }
}

function shown(
  { handoff, times }: ListedHandoffs['handoffs'][number],
  channel: Channel | 'none' | null,
  listed: ListedHandoffs,
): Answer['handoffs'][number] {
  const lookbackHours = Math.ceil(handoff.lookbackMinutes / 60)
  return {
    ...{ id: handoff.handoffId, name: handoff.title, enabled: handoff.enabled },
    ...{ lookbackPeriodDay: Math.floor(lookbackHours / 24), lookbackPeriodHour: lookbackHours % 24 },
    routeAllWithinLookback: handoff.routeAllWithinLookback,
    ...{ createdAt: times.createdAt.toISOString(), updatedAt: times.updatedAt.toISOString() },
    channels: handoff.channels
      .filter((one) => channel === null || one.channel === channel)
      .map((one) => shownChannel(one, listed)),
  }
}

function shownChannel(
  one: HandoffChannel,
  { senders, templates }: ListedHandoffs,
): Answer['handoffs'][number]['channels'][number] {
  const type = publishedType[one.channel]
  const addressOf = (senderId: string) => senders.get(senderId)?.address ?? ''
  switch (one.channel) {
    case 'sms':
      return { type, outboundnumber: addressOf(one.senderId), messageComponents: [...smsComponents(one)] }
    case 'inapp':
      return { type, appNames: one.senderIds.map(addressOf), messageComponents: [...inappComponents(one)] }
    case 'wa': {
      const template = templates.get(one.templateId)
      const outboundnumber = addressOf(one.senderId).replace(/\D/g, '')
      if (template === undefined) return { type, outboundnumber, messageComponents: [] }
      const { language, name: templatename } = template
      return { type, language, outboundnumber, templatename, messageComponents: [...waComponents(template)] }
    }
  }
}
