import { all, body, type Command, type Given, Mistake, one } from './command.ts'
import { accountOption, listCommand, type Noun, pathOf, pathOfOne, type Row, shown, someChange } from './nouns.ts'

const noun: Noun = {
  word: 'template',
  path: '/templates',
  list: 'templates',
  id: 'templateId',
  names: ['name'],
  columns: [
    ['NAME', 'name'],
    ['LANGUAGE', 'language'],
    ['CATEGORY', 'category'],
    ['STATUS', 'status'],
    ['REASON', 'reason'],
    ['ID', 'templateId'],
  ],
}

const options = {
  ...accountOption,
  name: { value: 'NAME', about: 'Small letters, digits and underscores.' },
  language: { value: 'CODE', about: 'en, en_US, …; default en.' },
  category: { value: 'CATEGORY', about: 'UTILITY (the default), MARKETING or AUTHENTICATION.' },
  sender: { value: 'SENDER', about: 'The WhatsApp sender, by id or address.' },
  body: { value: 'TEXT', about: 'The text; may hold {{1}}.' },
  header: { value: 'TEXT|none', about: 'A line above the text.' },
  'header-file': {
    value: 'KIND=ADDRESS',
    field: 'header',
    about: 'Or a file there: image, video or document, and its web address.',
  },
  footer: { value: 'TEXT|none', about: 'A line below the text.' },
  button: { value: 'LABEL[=PAYLOAD|URL|NUMBER]', many: true, about: 'A button: what it says, and what it does.' },
  sample: { value: 'NAME=VALUE', field: 'samples.body', many: true, about: 'A sample for a variable of the text.' },
  'header-sample': {
    value: 'NAME=VALUE',
    field: 'samples.header',
    many: true,
    about: 'A sample for the variable of the header.',
  },
  'button-sample': {
    value: 'NAME=VALUE',
    field: 'samples.buttons',
    many: true,
    about: 'A sample for the variable of a button.',
  },
} as const

/** The WhatsApp templates that a handoff may name. */
export const templateCommands: readonly Command[] = [
  listCommand(noun),
  {
    name: 'template add',
    about: 'Write a template; submit it then.',
    options: {
      ...options,
      name: { ...options.name, required: true },
      sender: { ...options.sender, required: true },
      body: { ...options.body, required: true },
    },
    async run({ given, api }) {
      return shown(await (await api()).post<Row>(pathOf(given, '/templates'), fieldsOf(given)))
    },
  },
  {
    name: 'template change',
    about: 'Change a template that is a draft or was rejected.',
    words: ['TEMPLATE'],
    options,
    async run({ words, given, api }) {
      const change = someChange(fieldsOf(given), options)
      const server = await api()
      return shown(await server.patch<Row>(await pathOfOne(server, given, noun, words[0]!), change))
    },
  },
  {
    name: 'template submit',
    about: 'Submit a draft to its provider, who approves it or not.',
    words: ['TEMPLATE'],
    options: accountOption,
    async run({ words, given, api }) {
      const server = await api()
      return shown(await server.post<Row>(`${await pathOfOne(server, given, noun, words[0]!)}/submit`))
    },
  },
  {
    name: 'template delete',
    about: 'Delete a template that no handoff names, at its provider too.',
    words: ['TEMPLATE'],
    options: accountOption,
    async run({ words, given, api }) {
      const server = await api()
      await server.delete(await pathOfOne(server, given, noun, words[0]!))
      return { json: { deleted: words[0] }, text: `The template ${words[0]} is deleted.` }
    },
  },
  {
    name: 'template sync',
    about: 'Ask the providers for the state of all templates now, and take in drafts that they know.',
    options: accountOption,
    async run({ given, api }) {
      return shown(await (await api()).post<Row>(pathOf(given, '/templates/sync')))
    },
  },
]

function fieldsOf(given: Given): Record<string, unknown> {
  const samples = body({
    body: pairsOf(given, 'sample'),
    header: pairsOf(given, 'header-sample'),
    buttons: pairsOf(given, 'button-sample'),
  })
  const header = headerOf(given)
  const footer = one(given, 'footer')
  return {
    ...body({
      name: one(given, 'name'),
      language: one(given, 'language'),
      category: one(given, 'category'),
      sender: one(given, 'sender'),
      body: one(given, 'body'),
      buttons: all(given, 'button')?.map(buttonOf),
    }),
    ...(header === undefined ? {} : { header }),
    ...(footer === undefined ? {} : { footer: footer === 'none' ? null : footer }),
    ...(Object.keys(samples).length === 0 ? {} : { samples }),
  }
}

function headerOf(given: Given): { kind: string; content: string } | null | undefined {
  const text = one(given, 'header')
  const file = one(given, 'header-file')
  if (text !== undefined && file !== undefined) throw new Mistake('Give --header or --header-file, not both.')
  if (file !== undefined) {
    const [kind, content] = split(file, '--header-file must be like image=https://….')
    return { kind, content }
  }
  return text === undefined ? undefined : text === 'none' ? null : { kind: 'text', content: text }
}

function pairsOf(given: Given, option: string): Record<string, string> | null {
  const pairs = all(given, option)
  return pairs && Object.fromEntries(pairs.map((pair) => split(pair, `--${option} must be like NAME=VALUE.`)))
}

/** An address makes it a link, a number a call; anything else, or nothing, is a reply with that payload. */
function buttonOf(text: string): { kind: string; label: string; value: string } {
  const [label, value] = text.includes('=') ? split(text, '--button must be like LABEL=VALUE.') : [text, text]
  const kind = /^https?:/.test(value) ? 'url' : /^\+[0-9]+$/.test(value) ? 'phone' : 'quick-reply'
  return { kind, label, value }
}

function split(pair: string, otherwise: string): [string, string] {
  const middle = pair.indexOf('=')
  if (middle < 1) throw new Mistake(otherwise)
  return [pair.slice(0, middle), pair.slice(middle + 1)]
}
