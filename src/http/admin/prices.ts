import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { deletePrice } from '../../actions/delete-price.ts'
import { setPrice } from '../../actions/set-price.ts'
import type { Deps } from '../../deps.ts'
import { currencyPattern } from '../../domain/money.ts'
import { categoryPattern, mostMicros, pricedChannels } from '../../domain/price.ts'
import { listPrices } from '../../store/prices.ts'
import { configOf } from './config-of.ts'
import { permit } from './permit.ts'
import { ofAccount, ofUuid, strict, uuid } from './schemas.ts'

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])

const fields = {
  channel: Type.Enum(pricedChannels),
  senderId: orNull({ ...uuid, description: 'Only through this sender; null: any of the channel.' }),
  country: orNull(
    Type.String({ pattern: '^[A-Z]{2}$', description: 'Of the consumer’s number, ISO 3166 like US; null: any.' }),
  ),
  category: orNull(
    Type.String({ pattern: categoryPattern, description: 'wa: marketing, utility, authentication, …; null: any.' }),
  ),
  per: Type.Enum(['message', 'segment'] as const, { description: 'segment (sms): each part of a long text.' }),
  micros: Type.Integer({
    minimum: 0,
    maximum: mostMicros,
    description: 'In millionths of the currency’s unit: 7500 is 0.0075.',
  }),
  currency: Type.String({ pattern: currencyPattern, description: 'ISO 4217, like USD.' }),
}
const anyText = orNull(Type.String())
const priceAnswer = Type.Object({
  ...{ priceId: Type.String(), ...fields },
  ...{ senderId: anyText, country: anyText, category: anyText },
})
const { senderId, country, category, per } = fields
const newPrice = strict({
  ...fields,
  senderId: Type.Optional(senderId),
  country: Type.Optional(country),
  category: Type.Optional(category),
  per: Type.Optional(per),
})

/** What messages cost where their provider does not say so. */
export function prices(app: FastifyInstance, { deps }: { deps: Deps }): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()

  routes.get(
    '/prices',
    {
      schema: {
        tags: ['admin'],
        summary: 'Show the price table',
        description: 'What messages cost where their provider does not say so. In-app messages cost nothing.',
        params: ofAccount,
        response: { 200: Type.Object({ prices: Type.Array(priceAnswer) }) },
      },
    },
    async (request) => {
      const { accountId } = await configOf(deps, permit(request, 'prices.read'))
      return { prices: [...(await listPrices(deps.db, accountId))] }
    },
  )

  routes.post(
    '/prices',
    {
      schema: {
        tags: ['admin'],
        summary: 'Set a price',
        description:
          'Of those that fit a message, the price that names more counts: sender before country before category. Set again for the same channel, sender, country and category, a price is replaced. It counts for messages that are settled from now on.',
        params: ofAccount,
        body: newPrice,
        response: { 200: priceAnswer },
      },
    },
    async (request) => {
      const { caller, accountId } = permit(request, 'prices.change')
      const { channel } = request.body
      return setPrice(deps, caller, accountId, {
        ...{ senderId: null, country: null, category: null, per: channel === 'sms' ? 'segment' : 'message' },
        ...request.body,
      })
    },
  )

  routes.delete(
    '/prices/:priceId',
    {
      schema: {
        tags: ['admin'],
        summary: 'Take a price out of the table',
        params: ofUuid('priceId'),
        response: { 204: Type.Null({ description: 'Taken out.' }) },
      },
    },
    async (request, reply) => {
      const { caller, accountId } = permit(request, 'prices.change')
      await deletePrice(deps, caller, accountId, request.params.priceId)
      return reply.code(204).send(null)
    },
  )
}
