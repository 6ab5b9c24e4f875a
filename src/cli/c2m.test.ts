import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomInt, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { childEnvironment } from '../../test/child-environment.ts'
import { freePort, type TestServer, testServer } from '../../test/test-server.ts'
import { webhookReceiver } from '../../test/webhook-receiver.ts'

const operatorToken = 'an-operator-token-of-the-tests-long-enough'
const authToken = 'the-token-that-signs-webhooks'
let server: TestServer
let emptyDir: string
const accountId = String(randomInt(10_000_000, 2 ** 40))
const number = `+1206${randomInt(2_000_000, 9_999_999)}`

before(async () => {
  server = await testServer({ env: { OPERATOR_TOKEN: operatorToken } })
  emptyDir = await mkdtemp(join(tmpdir(), 'c2m-cli-'))
})
after(async () => {
  await server.close()
  await rm(emptyDir, { recursive: true, force: true })
})

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
  readonly json: any
}

/** The command line as a person starts it: a process of its own, asking the real server. */
function c2m(args: readonly string[], options: { env?: Record<string, string>; input?: string } = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'c2m.ts'), ...args], {
      env: {
        ...childEnvironment,
        C2M_URL: server.url,
        OPERATOR_TOKEN: operatorToken,
        DATA_DIR: emptyDir,
        ...options.env,
      },
    })
    let [out, err] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text
    })
    child.on('close', (code) => {
      resolve({ code, out, err, json: args.includes('--json') && out !== '' ? JSON.parse(out) : null })
    })
    child.stdin.end(options.input ?? '')
  })
}
const done = async (...args: string[]) => {
  const ended = await c2m([...args, '--account', accountId, '--json'])
  assert.equal(ended.code, 0, ended.err)
  return ended.json
}
const config = async () => (await server.deps.accounts.get(accountId))!

test('onboard makes an account that works, secrets from the environment', async () => {
  const made = await c2m(
    [
      ...['onboard', '--account', accountId, '--name', 'Acme', '--region', 'sy', '--json'],
      ...['--skill', 'support', '--skill', 'sales', '--admin-email', 'boss@acme.example', '--number', number],
    ],
    { env: { TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`, TWILIO_AUTH_TOKEN: authToken } },
  )
  assert.equal(made.code, 0, made.err)
  assert.equal(made.json.baseUrl, server.url)
  assert.equal(made.json.users[0].email, 'boss@acme.example')
  const known = await config()
  assert.equal(known.region, 'sy')
  assert.equal(known.apiKeys.get(made.json.apiKey.appKey)!.secret, made.json.apiKey.secret)
  assert.deepEqual([...known.skillsByName.keys()].sort(), ['sales', 'support'])
  assert.equal([...known.senders.values()][0]!.settings.authToken, authToken)
  assert.ok(known.handoffs.has(made.json.handoffs[0].handoffId))
  assert.ok(!made.out.includes(authToken))

  const again = await c2m(['onboard', '--account', accountId, '--name', 'Acme'])
  assert.deepEqual([again.code, again.err], [2, `The account ${accountId} exists already.\n`])
})

test('onboard tells a person everything once, in words', async () => {
  const made = await c2m(['onboard', '--account', String(randomInt(1e9, 1e10)), '--name', 'Words'])
  assert.equal(made.code, 0, made.err)
  for (const words of [
    /is ready at http/,
    /Shown this once/,
    /access token secret\s+[0-9a-f]{32}/,
    /Next: c2m skill add/,
  ])
    assert.match(made.out, words)
})

test('the address to paste into Twilio is shown by onboard, by sender add and by sender list', async () => {
  const account = ['--account', String(randomInt(1e9, 1e10))]
  const hook = (senderId: string) => `${server.url}/hooks/sms-twilio/${account[1]}/${senderId}`
  const env = { TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`, TWILIO_AUTH_TOKEN: authToken }
  const own = `+1206${randomInt(2_000_000, 9_999_999)}`
  const made = await c2m(['onboard', ...account, '--name', 'Hooks', '--number', own], { env })
  assert.equal(made.code, 0, made.err)
  const { senders } = (await c2m(['sender', 'list', ...account, '--json'])).json
  assert.match(made.out, new RegExp(`^Webhook address of \\${own} +${hook(senders[0].senderId)}$`, 'm'))
  const other = `+1206${randomInt(2_000_000, 9_999_999)}`
  const settings = ['--set', `accountSid=${env.TWILIO_ACCOUNT_SID}`, '--set', `authToken=${authToken}`]
  const connector = ['--connector', 'sms-twilio', '--address', other]
  const added = await c2m(['sender', 'add', ...account, ...connector, ...settings, '--json'])
  assert.equal(added.json.hookUrl, hook(added.json.senderId))
  const listed = await c2m(['sender', 'list', ...account])
  assert.match(listed.out, /^TITLE .* WEBHOOK +ID\n/)
  for (const { senderId } of [senders[0], added.json]) assert.ok(listed.out.includes(hook(senderId)), listed.out)
})

test('skills, settings, internal parts', async () => {
  assert.equal((await done('skill', 'add', 'refunds')).engaged, true)
  await done('skill', 'change', 'refunds', '--name', 'returns', '--engaged', 'off')
  assert.equal((await config()).skillsByName.get('returns')!.engaged, false)
  await done('skill', 'disable', 'returns')
  assert.equal((await config()).skillsByName.get('returns')!.enabled, false)
  assert.equal((await done('skill', 'list')).skills.length, 3)
  const settings = ['--channel', 'sms', '--quiet-hours', '21:00-08:00@Europe/London', '--consumer-cap', 'none']
  await done('settings', 'change', ...settings, '--default-skill', 'support', '--rate-limit', '50')
  const { quietHours, consumerCap, rateLimit, channels } = (await config()).settings!
  assert.deepEqual(
    [quietHours, consumerCap, rateLimit, channels],
    [{ from: '21:00', to: '08:00', timeZone: 'Europe/London' }, null, 50, ['sms']],
  )
  assert.equal((await done('settings', 'show')).defaultSkill, 'support')
  await done('internal', 'change', '--user', 'off')
  assert.equal((await config()).internalUser, false)
  assert.deepEqual(await done('internal', 'change', '--user', 'on'), { user: true, app: true })
})

test('senders and handoffs, a secret from standard input', async () => {
  const other = `+1206${randomInt(2_000_000, 9_999_999)}`
  const secret = 'from-standard-input'
  const added = await c2m(
    [
      ...[
        'sender',
        'add',
        '--account',
        accountId,
        '--connector',
        'sms-twilio',
        '--address',
        other,
        '--title',
        'Second',
      ],
      ...['--set', `accountSid=AC${'1'.repeat(32)}`, '--set', 'authToken=-', '--set', 'advancedOptOut=on', '--json'],
    ],
    { input: `${secret}\n` },
  )
  assert.equal(added.code, 0, added.err)
  assert.ok(!added.out.includes(secret))
  const { settings } = (await config()).senders.get(added.json.senderId)!
  assert.deepEqual([settings.authToken, settings.advancedOptOut], [secret, true])
  await done('sender', 'change', other, '--title', 'Renamed', '--set', 'advancedOptOut=')
  assert.deepEqual((await config()).senders.get(added.json.senderId)!.settings.advancedOptOut, undefined)

  const texts = ['--sms-sender', number, '--sms-text', 'x'.repeat(150), '--sender-for', `08005550100=${other}`]
  const handoff = await done('handoff', 'create', '--title', 'Orders', ...texts, '--skill', 'support')
  assert.match(handoff.warnings[0], /150 characters/)
  const { handoffId } = handoff
  const stored = (await config()).handoffs.get(handoffId)!.channels[0]!
  assert.ok(stored.channel === 'sms')
  assert.deepEqual(stored.senderByIvrNumber, { '08005550100': added.json.senderId })
  await done('handoff', 'change', 'Orders', '--sms-text', 'Short.', '--skill', 'any', '--lookback-minutes', '60')
  const changed = (await config()).handoffs.get(handoffId)!
  assert.deepEqual([changed.skills, changed.lookbackMinutes], [null, 60])
  assert.ok(changed.channels[0]!.channel === 'sms' && changed.channels[0]!.text === 'Short.')
  assert.deepEqual(Object.keys(changed.channels[0]!.senderByIvrNumber), ['08005550100'])
  const variants = ['--sms-variant', 'short:3=Write to us.', '--sms-variant', 'polite:1=Thank you: write = chat.']
  const tried = await done('handoff', 'change', handoffId, ...variants)
  assert.deepEqual(tried.channels[0].variants, [
    { name: 'short', weight: 3, text: 'Write to us.' },
    { name: 'polite', weight: 1, text: 'Thank you: write = chat.' },
  ])
  const beside = await c2m(['handoff', 'change', handoffId, '--sms-text', 'One.', '--account', accountId])
  assert.match(beside.err, /it has variants; change them with --sms-variant/)
  const single = await done('handoff', 'change', handoffId, '--sms-text', 'One.', '--sms-variant', 'none')
  assert.deepEqual([single.channels[0].text, single.channels[0].variants], ['One.', undefined])
  await done('handoff', 'disable', handoffId)
  assert.equal((await config()).handoffs.get(handoffId)!.enabled, false)
  const listed = await c2m(['handoff', 'list', '--account', accountId])
  assert.match(listed.out, new RegExp(`^ID +TITLE[^]*${handoffId}  Orders  no       sms`))
  await done('sender', 'disable', 'Renamed')
  assert.equal((await config()).senders.get(added.json.senderId)!.enabled, false)
})

test('API keys, apps and users: made, renewed, switched', async () => {
  const key = await done('api-key', 'create', 'Reports', '--privilege', 'reporting')
  assert.deepEqual((await config()).apiKeys.get(key.appKey)!.privileges, ['reporting'])
  const renewed = await done('api-key', 'renew', 'Reports')
  assert.equal((await config()).apiKeys.get(key.appKey)!.secret, renewed.secret)
  await done('api-key', 'disable', key.appKey)
  assert.equal((await config()).apiKeys.get(key.appKey)!.enabled, false)
  assert.ok(!JSON.stringify(await done('api-key', 'list')).includes(renewed.secret))
  const app = await done('app', 'create', 'Backend')
  await done('app', 'change', 'Backend', '--privilege', 'reporting', '--privilege', 'handoffs.read')
  assert.deepEqual((await config()).appInstalls.get(app.clientId)!.privileges, ['reporting', 'handoffs.read'])
  const user = await done('user', 'create', 'anna@acme.example', '--role', 'agent', '--skill', 'support')
  const reset = await done('user', 'password', 'anna@acme.example')
  assert.notEqual(reset.password, user.password)
  await done('user', 'disable', 'Anna@ACME.example')
  const row = (await done('user', 'list')).users.find((one: { email: string }) => one.email === 'anna@acme.example')
  assert.deepEqual([row.enabled, row.skills], [false, ['support']])
})

test('templates and changes are listed', async () => {
  assert.deepEqual(await done('template', 'list'), { templates: [] })
  const shown = await c2m(['audit', 'list', '--account', accountId])
  assert.match(shown.out, /^AT +WHO +WHAT +WHICH\n/)
  assert.match(shown.out, new RegExp(`operator +account\\.create +${accountId}\\n$`))
})

test('a template is written with a file above its text, and deleted', async () => {
  const senderId = randomUUID()
  await server.deps.db`
    insert into senders (account_id, sender_id, connector, channel, address, title, settings)
    values (${accountId}, ${senderId}, 'wa-cloud', 'wa', '+12065550177', 'WhatsApp', '{}')`
  const address = 'https://cdn.example.com/hello.png'
  const text = ['--sender', '+12065550177', '--body', 'Hello, reply here.']
  const added = await done('template', 'add', '--name', 'hello', ...text, '--header-file', `image=${address}`)
  assert.deepEqual(added.header, { kind: 'image', content: address })
  const both = ['--header', 'Hello', '--header-file', `image=${address}`]
  const refused = await c2m(['template', 'change', 'hello', '--account', accountId, ...both])
  assert.match(refused.err, /not both/)
  assert.deepEqual(await done('template', 'delete', 'hello'), { deleted: 'hello' })
  assert.deepEqual(await done('template', 'list'), { templates: [] })
})

test('prices are set, replaced and taken out', async () => {
  const set = ['--channel', 'sms', '--price', '0.0079', '--currency', 'USD', '--country', 'US']
  const { priceId } = await done('price', 'set', ...set)
  const again = await done('price', 'set', ...set, '--per', 'message', '--price', '0.01')
  assert.deepEqual([again.priceId, again.micros, again.per], [priceId, 10_000, 'message'])
  await done('price', 'set', '--channel', 'wa', '--price', '0.0625', '--currency', 'EUR', '--category', 'marketing')
  await done('price', 'set', ...set, '--sender', number)
  const listed = await c2m(['price', 'list', '--account', accountId])
  assert.match(listed.out, /wa +any +marketing +any +0\.0625 EUR +message/)
  assert.match(listed.out, /sms +US +any +any +0\.01 USD +message/)
  const account = ['--account', accountId]
  const digits = await c2m(['price', 'set', ...set, '--price', '0.0000001', ...account])
  assert.match(digits.err, /up to six digits/)
  assert.deepEqual(await done('price', 'delete', priceId), { deleted: priceId })
  assert.equal((await done('price', 'list')).prices.length, 2)
})

test('a webhook endpoint is named beside the server, which alone hears the operator’s token', async (t) => {
  const receiver = await webhookReceiver()
  t.after(() => receiver.close())
  const made = await done('webhook', 'create', 'CRM', '--endpoint', receiver.url, '--url', server.url)
  assert.match(made.secret, /^whsec_/)
  const moved = `${receiver.url}-moved`
  assert.equal((await done('webhook', 'change', 'CRM', '--endpoint', moved)).url, moved)
  assert.equal((await done('webhook', 'list')).webhooks[0].url, moved)
  assert.deepEqual(receiver.received, [])
})

test('accounts are listed and switched', async () => {
  const listed = await c2m(['account', 'list', '--json'])
  assert.ok(listed.json.accounts.some((one: { accountId: string }) => one.accountId === accountId))
  await done('account', 'disable')
  assert.equal((await config()).enabled, false)
  await done('account', 'enable')
  assert.equal((await config()).enabled, true)
})

test('nonsense is refused by a sentence, exit code 2', async () => {
  const account = ['--account', accountId]
  const rows: [readonly string[], RegExp, Record<string, string>?][] = [
    [['dance'], /There is no command "dance"\. See: c2m --help/],
    [['skill'], /"skill" needs one of: add, change, list, disable, enable/],
    [['skill', 'fly', ...account], /"skill" needs one of/],
    [['skill', 'add', 'x'], /--account is missing/],
    [['skill', 'add', ...account], /Usage: c2m skill add NAME/],
    [['skill', 'add', 'a', 'b', ...account], /Usage: c2m skill add NAME/],
    [['skill', 'add', 'x', ...account, '--colour', 'red'], /Unknown option '--colour'/],
    [['skill', 'add', 'x', ...account, '--engaged', 'maybe'], /--engaged must be on or off, not "maybe"/],
    [['skill', 'change', 'support', ...account], /Say what to change: --name, --engaged/],
    [['skill', 'disable', 'magic', ...account], /There is no skill "magic" in account/],
    [['skill', 'list', '--account', '999'], /^There is no account "999"\.\n$/],
    [['skill', 'list', '--account', 'x/../y'], /^There is no account "x\/\.\.\/y"\.\n$/],
    [['account', 'disable', '--account', 'abc'], /^--account is wrong\. The account id/],
    [['onboard', '--account', 'abc', '--name', 'X'], /^--account is wrong\. The account id: 1 to 20 digits\.\n$/],
    [['onboard', '--account', '77', '--name', 'X', '--region', 'mars'], /^--region must be one of: va, lo, sy\.\n$/],
    [
      ['onboard', '--account', '77', '--name', 'X', '--admin-email', 'x'],
      /^--admin-email must be at least 3 characters/,
    ],
    [['onboard', '--account', '77', '--name', 'X', '--number', '+12065550100'], /needs --twilio-account-sid/],
    [['onboard', '--account', '77', '--name', 'X', '--sms-text', 'Hi'], /--sms-text needs --number/],
    [['settings', 'change', ...account, '--rate-limit', 'many'], /--rate-limit must be a whole number, not "many"/],
    [['settings', 'change', ...account, '--channel', 'foo'], /^--channel must be one of: sms, wa, inapp\.\n$/],
    [['settings', 'change', ...account, '--rate-limit', '-5'], /begins with a dash.*--rate-limit=-5/],
    [['settings', 'change', ...account, '--quiet-hours', 'night'], /like 21:00-08:00@Europe\/London/],
    [['handoff', 'add', ...account, '--title', 'X'], /Give it a channel/],
    [['handoff', 'add', ...account, '--title', 'X', '--sms-sender', number], /^--sms-text is missing\.\n$/],
    [['sender', 'change', number, ...account, '--set', 'pin'], /--set must be like NAME=VALUE/],
    [['sender', 'change', number, ...account, '--set', 'authToken=env:NONE'], /variable NONE is not set/],
    [['user', 'add', 'nobody', ...account, '--role', 'agent'], /like name@example\.com/],
    [['user', 'add', 'x', ...account, '--role', 'agent'], /^EMAIL must be at least 3 characters long\.\n$/],
    [['export', 'run', ...account, '--out', '/nonexistent/x.csv'], /^There is no folder \/nonexistent/],
    [
      ['export', 'run', ...account, '--out', join(emptyDir, 'x'), '--from', 'yesterday'],
      /^--from is wrong\. Since when.*\n$/,
    ],
    [['help', 'fly'], /There is no command "fly"/],
    [['account', 'list'], /does not accept the operator's token/, { OPERATOR_TOKEN: 'x'.repeat(40) }],
    [['account', 'list'], /operator's token is missing/, { OPERATOR_TOKEN: '' }],
    [['account', 'list', '--url', 'nowhere'], /"nowhere" is no address of a server/],
    [['doctor'], /There is no database in .* yet/],
    [['migrate'], /^PORT is wrong: it must be a whole number/, { PORT: 'x' }],
  ]
  const refused = async ([args, sentence, env]: (typeof rows)[number]) => {
    const ended = await c2m(args, env === undefined ? {} : { env })
    assert.equal(ended.code, 2, `${args.join(' ')}: ${ended.err}`)
    assert.match(ended.err, sentence)
    assert.equal(ended.out, '')
    assert.ok(!ended.err.includes('    at '), 'a sentence, not a stack')
  }
  for (let at = 0; at < rows.length; at += 4) await Promise.all(rows.slice(at, at + 4).map(refused))
  const json = await c2m(['dance', '--json'])
  assert.deepEqual([json.code, json.json.error], [2, 'There is no command "dance". See: c2m --help'])
})

test('no server: one sentence, exit code 3', async () => {
  const nowhere = `http://127.0.0.1:${await freePort()}`
  const refused = await c2m(['account', 'list', '--url', nowhere])
  assert.equal(refused.code, 3)
  assert.match(refused.err, new RegExp(`^The server at ${nowhere} cannot be reached \\(ECONNREFUSED\\)`))
  const none = await c2m(['account', 'list'], { env: { C2M_URL: '' } })
  assert.equal(none.code, 3)
  assert.match(none.err, /No server runs in .*: start one with "npm start"/)
})

test('help, whole and for one command', async () => {
  const whole = await c2m(['--help'])
  assert.equal(whole.code, 0)
  for (const name of ['onboard', 'sender add', 'handoff change HANDOFF', 'doctor', 'migrate', 'demo']) {
    assert.ok(whole.out.includes(`\n${name} `), name)
  }
  const one = await c2m(['handoff', 'add', '--help'])
  assert.equal(one.code, 0)
  assert.match(one.out, /--sms-text TEXT +The first SMS/)
  assert.match(one.out, /--account ID +The account id\. Needed\./)
  assert.equal((await c2m(['help', 'handoff', 'add'])).out, one.out)
  assert.match((await c2m(['help', 'webhook'])).out, /^Usage.*\n\nCOMMAND *\nwebhook list /)
  assert.equal((await c2m(['--json'])).json[0].name, 'onboard')
})
