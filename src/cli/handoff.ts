import { all, body, type Command, type Given, Mistake, one, whole } from './command.ts'
import { accountOption, commonCommands, find, type Noun, pathOf, type Row, shown, someChange } from './nouns.ts'

const noun: Noun = {
  word: 'handoff',
  path: '/handoffs',
  list: 'handoffs',
  id: 'handoffId',
  names: ['title'],
  columns: [
    ['ID', 'handoffId'],
    ['TITLE', 'title'],
    ['ENABLED', 'enabled'],
    ['CHANNELS', (row) => (row.channels as readonly ChannelRow[]).map(({ channel }) => channel)],
    ['LOOKBACK MIN', 'lookbackMinutes'],
    ['SKILLS', 'skills'],
  ],
}

const options = {
  ...accountOption,
  title: { value: 'TITLE', about: 'Unique, without < and >.' },
  order: { value: 'CHANNELS', field: 'channels', about: 'Channels in order, like wa,sms; needed with more than one.' },
  'sms-sender': { value: 'SENDER', field: 'channels.sender', about: 'The sender of the SMS, by id or address.' },
  'sms-text': { value: 'TEXT', field: 'channels.text', about: 'The first SMS; may hold {{1}}.' },
  'sms-variant': {
    value: 'NAME:WEIGHT=TEXT|none',
    field: 'channels.variants',
    many: true,
    about: 'Texts tried against each other, 2 to 10; none: one text.',
  },
  'opt-out-line': { value: 'TEXT|none', field: 'channels.optOutLine', about: 'Appended to the SMS.' },
  'sender-for': {
    value: 'IVR-NUMBER=SENDER',
    field: 'channels.senderByIvrNumber',
    many: true,
    about: 'The sender for calls to an IVR number.',
  },
  'wa-sender': { value: 'SENDER', field: 'channels.sender', about: 'The WhatsApp sender, by id or address.' },
  'wa-template': { value: 'TEMPLATE', field: 'channels.template', about: 'The approved template, by id or name.' },
  'wa-variant': {
    value: 'NAME:WEIGHT=TEMPLATE|none',
    field: 'channels.variants',
    many: true,
    about: 'Templates tried against each other.',
  },
  'inapp-sender': {
    value: 'APP',
    field: 'channels.senders',
    many: true,
    about: 'Up to three apps, by address or id; excludes the other channels.',
  },
  'inapp-title': { value: 'TEXT', field: 'channels.title', about: 'Title of the push.' },
  'inapp-text': { value: 'TEXT', field: 'channels.text', about: 'Text of the push.' },
  'inapp-variant': {
    value: 'NAME:WEIGHT=TITLE|TEXT|none',
    field: 'channels.variants',
    many: true,
    about: 'Pushes tried against each other.',
  },
  skill: { value: 'SKILL|any', many: true, about: 'The skills it may be called with; any: all.' },
  'lookback-minutes': { value: 'N', about: '60 (an hour) to 43200 (30 days, the default).' },
  'ttl-seconds': {
    value: 'N',
    field: 'inviteTtlSeconds',
    about: 'How long an unsent invite is worth sending: 30 to 86400, default 600.',
  },
  'open-conversation': { value: 'refuse|continue', about: 'What an open conversation does to an invite.' },
  'route-all': {
    value: 'on|off',
    field: 'routeAllWithinLookback',
    about: 'Whether late replies within the lookback keep the invite’s skill.',
  },
} as const

export const handoffCommands: readonly Command[] = [
  {
    name: 'handoff add',
    about: 'Add a handoff; answers with its id.',
    options: { ...options, title: { ...options.title, required: true } },
    async run({ given, api }) {
      const channels = channelsOf(given, [])
      if (channels.length === 0) throw new Mistake('Give it a channel: --sms-sender, --wa-sender or --inapp-sender.')
      const server = await api()
      return shown(await server.post<Row>(pathOf(given, '/handoffs'), { ...fieldsOf(given), channels }))
    },
  },
  {
    name: 'handoff change',
    about: 'Change parts of a handoff; the rest stays.',
    words: ['HANDOFF'],
    options,
    async run({ words, given, api }) {
      const server = await api()
      const before = await find(server, given, noun, words[0]!)
      const touched = Object.keys(given).some((name) => /^(order|sms-|wa-|inapp-|opt-out-line|sender-for)/.test(name))
      const channels = touched ? { channels: channelsOf(given, before.channels as readonly ChannelRow[]) } : {}
      const change = someChange({ ...fieldsOf(given), ...channels }, options)
      return shown(await server.patch<Row>(pathOf(given, `/handoffs/${before.handoffId}`), change))
    },
  },
  {
    name: 'handoff show',
    about: 'Show one handoff.',
    words: ['HANDOFF'],
    options: accountOption,
    async run({ words, given, api }) {
      return shown(await find(await api(), given, noun, words[0]!))
    },
  },
  ...commonCommands(noun),
]

type ChannelRow = Readonly<Record<string, unknown>> & { readonly channel: string }

function fieldsOf(given: Given): Record<string, unknown> {
  const skills = all(given, 'skill')
  const routeAll = one(given, 'route-all')
  return {
    ...body({
      title: one(given, 'title'),
      lookbackMinutes: whole(given, 'lookback-minutes'),
      inviteTtlSeconds: whole(given, 'ttl-seconds'),
      openConversation: one(given, 'open-conversation'),
      routeAllWithinLookback: routeAll === undefined ? undefined : routeAll === 'on',
    }),
    ...(skills === null ? {} : { skills: skills.includes('any') ? null : skills }),
  }
}

/** The channels as they were, with what was given laid over them, in the order that was asked for. */
function channelsOf(given: Given, before: readonly ChannelRow[]): readonly ChannelRow[] {
  const optOutLine = one(given, 'opt-out-line')
  const changes: Readonly<Record<string, Record<string, unknown>>> = {
    sms: body({
      sender: one(given, 'sms-sender'),
      text: one(given, 'sms-text'),
      variants: variantsOf(given, 'sms-variant', (text) => ({ text })),
      optOutLine: optOutLine === 'none' ? '' : optOutLine,
      senderByIvrNumber: sendersFor(all(given, 'sender-for')),
    }),
    wa: body({
      sender: one(given, 'wa-sender'),
      template: one(given, 'wa-template'),
      variants: variantsOf(given, 'wa-variant', (template) => ({ template })),
    }),
    inapp: body({
      senders: all(given, 'inapp-sender'),
      title: one(given, 'inapp-title'),
      text: one(given, 'inapp-text'),
      variants: variantsOf(given, 'inapp-variant', pushOf),
    }),
  }
  const named = (channel: string) => before.some((known) => known.channel === channel)
  const touched = Object.keys(changes).filter((channel) => Object.keys(changes[channel]!).length > 0)
  const standing = [...before.map(({ channel }) => channel), ...touched.filter((channel) => !named(channel))]
  const order = one(given, 'order')?.split(',')
  const strange = order?.find((channel) => !standing.includes(channel))
  if (strange !== undefined) throw new Mistake(`--order names "${strange}", which the handoff does not have.`)
  if (order === undefined && before.length === 0 && standing.length > 1) {
    throw new Mistake(`Say in which order: --order ${standing.join(',')}.`)
  }
  return (order ?? standing).map((channel) => {
    const was = before.find((known) => known.channel === channel)
    const change = changes[channel]!
    const own = ['text', 'title', 'template'].find((name) => name in change)
    const { variants = [] } = { ...was, ...change } as { readonly variants?: readonly unknown[] }
    // A text beside variants would be taken and never sent.
    if (own !== undefined && variants.length > 0)
      throw new Mistake(`--${channel}-${own}: it has variants; change them with --${channel}-variant, or give none.`)
    return { ...was, ...change, channel }
  })
}

/** Empty for `none`; undefined: nothing was given. */
function variantsOf(given: Given, option: string, said: (words: string) => Record<string, string>) {
  const texts = all(given, option)
  if (texts === null) return undefined
  if (texts.length === 1 && texts[0] === 'none') return []
  return texts.map((text) => {
    const [, name, weight, words] = /^([^:=]+):([0-9]{1,4})=([\s\S]+)$/.exec(text) ?? []
    if (name === undefined) throw new Mistake(`--${option} must be like NAME:WEIGHT=…, or none.`)
    return { name, weight: Number(weight), ...said(words!) }
  })
}

function pushOf(words: string): { title: string; text: string } {
  const middle = words.indexOf('|')
  if (middle < 1) throw new Mistake('--inapp-variant must be like NAME:WEIGHT=TITLE|TEXT.')
  return { title: words.slice(0, middle), text: words.slice(middle + 1) }
}

function sendersFor(pairs: readonly string[] | null): Record<string, string> | undefined {
  if (pairs === null) return undefined
  return Object.fromEntries(
    pairs.map((pair) => {
      const middle = pair.lastIndexOf('=')
      if (middle < 1) throw new Mistake('--sender-for must be like IVR-NUMBER=SENDER.')
      return [pair.slice(0, middle), pair.slice(middle + 1)]
    }),
  )
}
