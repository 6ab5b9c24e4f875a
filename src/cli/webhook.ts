import { setTimeout as sleep } from 'node:timers/promises'
import { all, body, type Command, Mistake, one, onOff, whole } from './command.ts'
import { accountOption, listCommand, type Noun, pathOf, pathOfOne, type Row, shown, someChange } from './nouns.ts'
import type { OperatorApi } from './operator-api.ts'
import { table } from './table.ts'

const noun: Noun = {
  word: 'webhook',
  path: '/webhooks',
  list: 'webhooks',
  id: 'endpointId',
  names: ['title', 'url'],
  columns: [
    ['TITLE', 'title'],
    ['URL', 'url'],
    ['STATE', ({ state, disabledFor }) => (state === 'disabled' ? `disabled (${disabledFor})` : state)],
    ['EVENTS', ({ events }) => events ?? 'all'],
    ['WAITING', 'waiting'],
    ['FAILED', 'failed'],
    ['FAILING SINCE', 'failingSince'],
    ['ID', 'endpointId'],
  ],
}
const word = ['WEBHOOK']
const fieldOptions = {
  event: { value: 'TYPE', many: true, about: 'An event it is told, such as invite.replied, or all.' },
  address: {
    value: 'on|off',
    field: 'tellsAddress',
    about: 'Whether the consumer’s number or id goes along; off unless said.',
  },
} as const
const changeOptions = {
  ...accountOption,
  title: { value: 'TITLE', about: 'What people call it.' },
  // Not "url": that is the server, which is given the operator's token.
  endpoint: { value: 'HTTPS-URL', field: 'url', about: 'Where it is told.' },
  ...fieldOptions,
} as const

interface Delivery {
  readonly number: string
  readonly type: string
  readonly state: string
  readonly tries: number
  readonly eventAt: string
  readonly nextTryAt: string | null
  readonly attempts: readonly { status: number | null; ms: number; error: string | null; sentence: string | null }[]
}

const eventsOf = (given: Parameters<typeof all>[0]): { events?: readonly string[] | null } => {
  const named = all(given, 'event')
  return named === null ? {} : { events: named.includes('all') ? null : named }
}

/** How long a test is waited for: longer than an endpoint may take to answer. */
const patienceMs = 25_000

export const webhookCommands: readonly Command[] = [
  listCommand(noun),
  {
    name: 'webhook add',
    about: 'Make a webhook endpoint; its secret is shown this once.',
    words: ['TITLE'],
    options: { ...accountOption, endpoint: { ...changeOptions.endpoint, required: true }, ...fieldOptions },
    async run({ words, given, api }) {
      const fields = body({ title: words[0], url: one(given, 'endpoint'), tellsAddress: onOff(given, 'address') })
      const made = await (await api()).post<Row>(pathOf(given, noun.path), { ...fields, ...eventsOf(given) })
      return shown(made, 'The secret is shown this once:')
    },
  },
  {
    name: 'webhook change',
    about: 'Change what a webhook endpoint is called, where it is or what it is told.',
    words: word,
    options: changeOptions,
    async run({ words, given, api }) {
      const fields = { title: one(given, 'title'), url: one(given, 'endpoint'), tellsAddress: onOff(given, 'address') }
      const change = someChange({ ...body(fields), ...eventsOf(given) }, changeOptions)
      const server = await api()
      return shown(await server.patch<Row>(await pathOfOne(server, given, noun, words[0]!), change))
    },
  },
  ...(
    [
      ['pause', 'paused', 'Let events wait for a webhook endpoint.'],
      ['disable', 'disabled', 'Tell a webhook endpoint nothing more; a replay can tell it later.'],
      ['enable', 'on', 'Switch a webhook endpoint on; what waits for it goes.'],
    ] as const
  ).map(
    ([verb, state, about]): Command => ({
      name: `webhook ${verb}`,
      about,
      words: word,
      options: accountOption,
      async run({ words, given, api }) {
        const server = await api()
        return shown(await server.patch<Row>(await pathOfOne(server, given, noun, words[0]!), { state }))
      },
    }),
  ),
  {
    name: 'webhook remove',
    about: 'Remove a webhook endpoint; what still waits for it is not sent.',
    words: word,
    options: accountOption,
    async run({ words, given, api }) {
      const server = await api()
      await server.delete(await pathOfOne(server, given, noun, words[0]!))
      return { json: { removed: true }, text: 'Removed.' }
    },
  },
  {
    name: 'webhook renew',
    about: 'Give a webhook endpoint a new secret, shown this once; for 24 hours the old one signs as well.',
    words: word,
    options: accountOption,
    async run({ words, given, api }) {
      const server = await api()
      const path = await pathOfOne(server, given, noun, words[0]!)
      return shown(await server.post<Row>(`${path}/secret`), 'The secret is shown this once:')
    },
  },
  {
    name: 'webhook test',
    about: 'Send a webhook endpoint a test event and say what it answered.',
    words: word,
    options: accountOption,
    async run({ words, given, api }) {
      const server = await api()
      const path = await pathOfOne(server, given, noun, words[0]!)
      const { number } = await server.post<{ number: string }>(`${path}/test`)
      const tested = await endOf(server, path, number)
      if (tested === null) return { json: { number }, text: 'Nobody has sent it yet: does a worker run?', exitCode: 1 }
      const attempt = tested.attempts.at(-1)!
      const status = attempt.status === null ? '' : ` (status ${attempt.status})`
      return {
        json: tested,
        text: attempt.error === null ? `Delivered in ${attempt.ms} ms${status}.` : `${attempt.sentence}${status}`,
        ...(attempt.error === null ? {} : { exitCode: 1 }),
      }
    },
  },
  {
    name: 'webhook deliveries',
    about: 'List what a webhook endpoint was told and what became of it, the newest first.',
    words: word,
    options: {
      ...accountOption,
      state: { value: 'STATE', about: 'Only those that are waiting, delivered or failed.' },
      before: { value: 'NUMBER', about: 'Only those before this number.' },
      limit: { value: 'COUNT', about: 'Usually 50, at most 100.' },
    },
    async run({ words, given, api }) {
      const server = await api()
      const path = await pathOfOne(server, given, noun, words[0]!)
      const asked = body({ state: one(given, 'state'), before: one(given, 'before'), limit: whole(given, 'limit') })
      const query = new URLSearchParams(
        Object.entries(asked).map(([name, value]): [string, string] => [name, String(value)]),
      )
      const answer = await server.get<{ deliveries: readonly Delivery[]; next: string | null }>(
        `${path}/deliveries?${query}`,
      )
      const rows = answer.deliveries.map(({ number, type, state, tries, eventAt, nextTryAt, attempts }) => {
        const last = attempts.at(-1)
        return [number, eventAt, type, state, tries, last?.status ?? last?.error ?? null, nextTryAt]
      })
      const headings = ['NUMBER', 'EVENT AT', 'TYPE', 'STATE', 'TRIES', 'LAST', 'NEXT TRY']
      return { json: answer, text: table(headings, rows, 'There are no deliveries.') }
    },
  },
  {
    name: 'webhook replay',
    about: 'Tell a webhook endpoint again: one delivery, or what it has missed since a time.',
    words: word,
    options: {
      ...accountOption,
      number: { value: 'NUMBER', about: 'One delivery.' },
      since: { value: 'TIME', about: 'What happened since then, such as 2026-11-23T08:00:00Z.' },
      all: { about: 'With --since: also what was delivered.' },
    },
    async run({ words, given, api }) {
      const [number, since] = [one(given, 'number'), one(given, 'since')]
      if ((number === undefined) === (since === undefined)) throw new Mistake('Say --number or --since.')
      const at = since === undefined ? null : new Date(since)
      if (at !== null && Number.isNaN(at.getTime())) throw new Mistake('--since must be a time like 2026-11-23T08:00Z.')
      const server = await api()
      const path = await pathOfOne(server, given, noun, words[0]!)
      if (at === null) await server.post(`${path}/deliveries/${encodeURIComponent(number!)}/replay`)
      else
        await server.post(`${path}/replay`, { since: at.toISOString(), scope: given.all === true ? 'all' : 'missed' })
      return { json: { replayed: true }, text: at === null ? 'It is due now.' : 'A job works through it.' }
    },
  },
]

/** The delivery once it has an attempt; null: it has none for long. */
async function endOf(server: OperatorApi, path: string, number: string): Promise<Delivery | null> {
  const until = performance.now() + patienceMs
  while (performance.now() < until) {
    const before = String(BigInt(number) + 1n)
    const { deliveries } = await server.get<{ deliveries: readonly Delivery[] }>(
      `${path}/deliveries?before=${before}&limit=1`,
    )
    const [tested] = deliveries
    if (tested?.number === number && tested.attempts.length > 0) return tested
    await sleep(200)
  }
  return null
}
