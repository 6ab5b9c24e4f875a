import { decimalOf, microsOf } from '../domain/money.ts'
import { body, type Command, Mistake, one } from './command.ts'
import { accountOption, find, listCommand, type Noun, pathOf, type Row, shown } from './nouns.ts'
import { senderNoun } from './sender.ts'

const any = (value: unknown) => value ?? 'any'
const noun: Noun = {
  word: 'price',
  path: '/prices',
  list: 'prices',
  id: 'priceId',
  names: [],
  columns: [
    ['CHANNEL', 'channel'],
    ['COUNTRY', ({ country }) => any(country)],
    ['CATEGORY', ({ category }) => any(category)],
    ['SENDER', ({ senderId }) => any(senderId)],
    ['PRICE', ({ micros, currency }) => `${decimalOf(micros as number)} ${currency}`],
    ['PER', 'per'],
    ['ID', 'priceId'],
  ],
}

/** What messages cost where their provider does not say so. */
export const priceCommands: readonly Command[] = [
  listCommand(noun),
  {
    name: 'price set',
    about: 'Set what a message costs where its provider does not say so; the price that names more counts.',
    options: {
      ...accountOption,
      channel: { value: 'sms|wa', required: true, about: 'In-app messages cost nothing.' },
      price: { value: 'AMOUNT', required: true, about: 'Like 0.0079: up to six digits after the point.' },
      currency: { value: 'CODE', required: true, about: 'Like USD.' },
      country: { value: 'CODE', about: 'Of the consumer’s number, like US; default any.' },
      sender: { value: 'SENDER', about: 'Only through this sender, by id or address; default any of the channel.' },
      category: { value: 'WORD', about: 'wa: marketing, utility, authentication or service; default any.' },
      per: { value: 'segment|message', about: 'Default segment for sms, message for wa.' },
    },
    async run({ given, api }) {
      const micros = microsOf(one(given, 'price')!)
      if (micros === null || /\.[0-9]{7}/.test(one(given, 'price')!))
        throw new Mistake('--price must be like 0.0079, with up to six digits after the point.')
      const server = await api()
      const sender = one(given, 'sender')
      const senderId = sender === undefined ? undefined : (await find(server, given, senderNoun, sender)).senderId
      const options = ['channel', 'currency', 'country', 'category', 'per']
      const named = body(Object.fromEntries(options.map((name) => [name, one(given, name)])))
      return shown(await server.post<Row>(pathOf(given, '/prices'), { ...named, ...body({ senderId }), micros }))
    },
  },
  {
    name: 'price delete',
    about: 'Take a price out of the table; what was settled by it stays.',
    words: ['PRICE'],
    options: accountOption,
    async run({ words, given, api }) {
      const server = await api()
      const { priceId } = await find(server, given, noun, words[0]!)
      await server.delete(pathOf(given, `/prices/${priceId}`))
      return { json: { deleted: priceId }, text: `The price ${priceId} is deleted.` }
    },
  },
]
