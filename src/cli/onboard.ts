import { all, body, type Command, type Env, type Given, Mistake, one } from './command.ts'
import { secretValue } from './secret-value.ts'
import { list } from './table.ts'

interface Onboarded {
  readonly accountId: string
  readonly title: string
  readonly region: string
  readonly apiKey: Readonly<Record<string, string>>
  readonly app: Readonly<Record<string, string>>
  readonly users: readonly { readonly email: string; readonly password: string }[]
  readonly skills: readonly { readonly name: string }[]
  readonly senders: readonly { readonly address: string; readonly hookUrl: string | null }[]
  readonly handoffs: readonly { readonly handoffId: string; readonly title: string }[]
  readonly warnings: readonly string[]
}

const options = {
  account: { value: 'ID', field: 'accountId', required: true, about: 'The account id: 1 to 20 digits.' },
  name: { value: 'NAME', field: 'title', required: true, about: 'The brand’s name.' },
  region: { value: 'REGION', about: 'va, lo or sy; the deployment’s own unless said.' },
  skill: { value: 'SKILL', many: true, about: 'A skill that calls may be handed to.' },
  'admin-email': { value: 'EMAIL', field: 'administrator.email', about: 'Whom the first administrator signs in as.' },
  number: {
    value: 'NUMBER',
    field: 'senders.address',
    about: 'A Twilio number to send from: makes an SMS sender and a handoff.',
  },
  'twilio-account-sid': {
    value: 'SID',
    field: 'senders.settings.accountSid',
    about: 'Twilio’s Account SID; else TWILIO_ACCOUNT_SID.',
  },
  'twilio-auth-token': {
    value: 'TOKEN',
    field: 'senders.settings.authToken',
    about: 'Twilio’s Auth Token: - reads it from standard input; else TWILIO_AUTH_TOKEN.',
  },
  'sms-text': { value: 'TEXT', field: 'handoffs.channels.text', about: 'The handoff’s first SMS.' },
} as const

/** Makes an account with everything it needs to be called. */
export const onboard: Command = {
  name: 'onboard',
  about: 'Make an account: internal user and app, API key, app, administrator, settings, skills, handoff.',
  options,
  async run({ given, api, env }) {
    const email = one(given, 'admin-email')
    const request = {
      ...body({
        accountId: one(given, 'account'),
        title: one(given, 'name'),
        region: one(given, 'region'),
        skills: all(given, 'skill'),
        administrator: email === undefined ? undefined : { email },
      }),
      ...(await twilio(given, env)),
    }
    const server = await api()
    const made = await server.post<Onboarded>('/api/operator/accounts', request)
    return { json: { ...made, baseUrl: server.url }, text: textOf(made, server.url) }
  },
}

async function twilio(given: Given, env: Env): Promise<Record<string, unknown>> {
  const address = one(given, 'number')
  if (address === undefined) {
    const stray = ['twilio-account-sid', 'twilio-auth-token', 'sms-text'].find((name) => given[name] !== undefined)
    if (stray !== undefined) throw new Mistake(`--${stray} needs --number, the number to send from.`)
    return {}
  }
  const accountSid = one(given, 'twilio-account-sid') ?? env.TWILIO_ACCOUNT_SID
  const token = one(given, 'twilio-auth-token')
  const authToken = token === undefined ? env.TWILIO_AUTH_TOKEN : await secretValue(token, env)
  if (!accountSid) throw new Mistake('--number needs --twilio-account-sid, or TWILIO_ACCOUNT_SID.')
  if (!authToken) throw new Mistake('--number needs TWILIO_AUTH_TOKEN, or --twilio-auth-token -.')
  const text = one(given, 'sms-text') ?? `Thank you for calling ${one(given, 'name')}. Reply to go on by text.`
  return {
    senders: [{ connector: 'sms-twilio', address, title: `SMS ${address}`, settings: { accountSid, authToken } }],
    handoffs: [{ title: 'SMS', channels: [{ channel: 'sms', sender: address, text }] }],
  }
}

function textOf(made: Onboarded, url: string): string {
  const { apiKey, app } = made
  return [
    `Account ${made.accountId} (${made.title}, ${made.region}) is ready at ${url}.`,
    '',
    'Shown this once:',
    list([
      ['API key: app key', apiKey.appKey],
      ['API key: secret', apiKey.secret],
      ['API key: access token', apiKey.accessToken],
      ['API key: access token secret', apiKey.accessTokenSecret],
      ['App: client id', app.clientId],
      ['App: client secret', app.clientSecret],
      ...made.users.flatMap(({ email, password }) => [
        ['Administrator: email', email] as const,
        ['Administrator: password', password] as const,
      ]),
    ]),
    '',
    list([
      ['Skills', made.skills.map((skill) => skill.name)],
      ['Handoffs', made.handoffs.map((handoff) => `${handoff.handoffId} (${handoff.title})`)],
      // Not secret, but without it no reply comes in: it must be entered at the provider.
      ...made.senders.map(({ address, hookUrl }) => [`Webhook address of ${address}`, hookUrl] as const),
    ]),
    ...made.warnings.map((warning) => `Note: ${warning}`),
    ...(made.skills.length === 0 ? ['Next: c2m skill add NAME --account ID'] : []),
    ...(made.handoffs.length === 0 ? ['Next: c2m sender add, then c2m handoff add (see their --help)'] : []),
  ].join('\n')
}
