import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Channel } from '../domain/channel.ts'
import { sandboxConsumer } from '../domain/sandbox-account.ts'
import { type OauthKey, signOauth1 } from './sign-oauth1.ts'

/** DATA_DIR/sandbox.json, as far as the journey needs it. */
export interface Sandbox {
  readonly accountId: string
  readonly apiKey: OauthKey
  readonly users: readonly { readonly email: string; readonly password: string; readonly role: string }[]
  readonly handoffs: Readonly<Record<Channel, string>>
}

/** Runs one step: its title, then what it found; an error ends the journey. */
export type Step = <T>(title: string, work: () => Promise<{ value: T; said: string }>) => Promise<T>

interface PhoneMessage {
  readonly channel: Channel
  readonly direction: 'to-phone' | 'from-phone'
  readonly text: string
}
interface Conversation {
  readonly conversationId: string
  readonly callId: string | null
  readonly skill: { readonly name: string }
}

const phone = '+12065551004'
const question = 'Hello, where is my order 77?'
const reply = 'It arrives tomorrow before noon.'

/** What differs between the channels. `number`: by which the simulator knows the phone. `available`: in the handoff's order. */
interface Way {
  readonly number: string
  readonly asked: { readonly consumerId?: string }
  readonly available: readonly Channel[]
  readonly noun: string
}
const ways: Readonly<Record<Channel, Way>> = {
  sms: { number: phone, asked: {}, available: ['sms'], noun: 'text' },
  wa: { number: phone, asked: {}, available: ['wa', 'sms'], noun: 'WhatsApp message' },
  inapp: { number: sandboxConsumer, asked: { consumerId: sandboxConsumer }, available: ['inapp'], noun: 'push' },
}

/** Longest wait for something that happens behind the scenes, in milliseconds. */
const patienceMs = 15_000

/** The whole journey of one call on one channel, over real HTTP, each step checked. @throws when a step does not hold. */
export async function journey(
  url: string,
  sandbox: Sandbox,
  channel: Channel,
  step: Step,
  signal: AbortSignal,
): Promise<void> {
  const { number, asked, available, noun } = ways[channel]
  const screen = `${url}/simulator/phones/${number}/messages`
  const ivr = (path: string, body: unknown) => {
    const address = `${url}/api/account/${sandbox.accountId}${path}?v=2.0`
    return ask('POST', address, body, { authorization: signOauth1(sandbox.apiKey, 'POST', address, new Date()) })
  }
  const onPhone = async () => (await ask('GET', screen)) as readonly PhoneMessage[]
  const received = async () => (await onPhone()).filter((message) => message.direction === 'to-phone')

  const callId = await step('The IVR asks whether the caller can be reached (OAuth 1.0a)', async () => {
    const answer = (await ivr('/eligibility', {
      skill: 'support',
      consumerPhoneNumber: phone,
      handoffId: sandbox.handoffs[channel],
      ...asked,
      ivrNumber: '+18005550100',
      sdes: [{ type: 'personal', info: { firstname: 'Maria', lastname: 'L.' } }],
    })) as { eligible: boolean; availableChannels: string[]; recommendedChannelName: string; callId: string }
    assert.equal(answer.eligible, true)
    assert.deepEqual(answer.availableChannels, available)
    assert.equal(answer.recommendedChannelName, channel)
    return { value: answer.callId, said: `yes, by ${answer.recommendedChannelName}; call ${answer.callId}` }
  })
  await step('The IVR sends the invite', async () => {
    assert.deepEqual(await ivr('/invite', { callId }), { callId })
    return { value: null, said: 'accepted' }
  })
  await step(`The ${noun} is on the phone`, async () => {
    const [invite] = await until(signal, received, (messages) => messages.length > 0)
    assert.equal(invite!.channel, channel)
    return { value: null, said: `“${invite!.text.split('\n')[0]}”` }
  })
  await step('The IVR repeats the invite: nothing is sent twice', async () => {
    assert.deepEqual(await ivr('/invite', { callId }), { callId })
    assert.equal((await received()).length, 1)
    return { value: null, said: `still one ${noun}` }
  })
  await step('The caller answers', async () => {
    await ask('POST', screen, { channel, text: question })
    return { value: null, said: `“${question}”` }
  })

  const agent = await step('An agent signs in', async () => {
    const user = sandbox.users.find(({ role }) => role === 'agent')!
    const signedIn = await signIn(url, user)
    // Conversations are only given to somebody who is there.
    await signedIn('PUT', '/api/workspace/presence', { status: 'online' })
    return { value: signedIn, said: `${user.email}, online` }
  })
  const { conversationId } = await step('The conversation waits in the queue of its skill', async () => {
    const queue = async () =>
      ((await agent('GET', '/api/workspace/queue')) as { conversations: Conversation[] }).conversations
    const [waiting] = await until(signal, queue, (conversations) => conversations.some((one) => one.callId === callId))
    assert.equal(waiting!.skill.name, 'support')
    return { value: waiting!, said: waiting!.skill.name }
  })
  const path = `/api/workspace/conversations/${conversationId}`
  await step('The agent takes it, and sees what the call knew', async () => {
    await agent('POST', `${path}/take`)
    const whole = (await agent('GET', path)) as {
      messages: { text: string }[]
      call: { ivrNumber: string; sdes: { personal: { firstname: string } } }
    }
    assert.ok(whole.messages.some((message) => message.text === question))
    const { firstname } = whole.call.sdes.personal
    assert.equal(firstname, 'Maria')
    return { value: null, said: `${firstname}, who called ${whole.call.ivrNumber}` }
  })
  await step('The agent answers, and the phone shows it', async () => {
    await agent('POST', `${path}/reply`, { text: reply, clientId: 'demo-1' })
    await until(signal, received, (messages) => messages.some((one) => one.channel === channel && one.text === reply))
    return { value: null, said: `“${reply}”` }
  })
  await step('The agent closes the conversation', async () => {
    await agent('POST', `${path}/close`)
    return { value: null, said: 'closed' }
  })
  await step('The call’s transaction shows every step', async () => {
    const manager = await signIn(url, sandbox.users.find(({ role }) => role !== 'agent')!)
    const { times } = (await manager('GET', `/api/transactions/${callId}`)) as { times: Record<string, string | null> }
    const needed = ['attemptedAt', 'invitedAt', 'sentAt', 'repliedAt', 'conversationTakenAt', 'conversationClosedAt']
    for (const name of needed) assert.ok(times[name], `the transaction has no ${name}`)
    const known = Object.entries(times).filter(([, at]) => at !== null)
    const lines = known.map(([name, at]) => `      ${name.replace(/At$/, '').padEnd(20)} ${at!.slice(11, 23)}`)
    return { value: null, said: `\n${lines.join('\n')}` }
  })
}

async function signIn(url: string, user: { email: string; password: string }) {
  const { email, password } = user
  const answer = await request('POST', `${url}/api/session`, { email, password })
  const cookie = answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  return (method: string, path: string, body?: unknown) => ask(method, `${url}${path}`, body, { cookie })
}

async function until<T>(signal: AbortSignal, look: () => Promise<T>, enough: (found: T) => boolean): Promise<T> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    signal.throwIfAborted()
    const found = await look()
    if (enough(found)) return found
    if (performance.now() > deadline) throw new Error(`it did not happen within ${patienceMs / 1000} seconds`)
    await sleep(50)
  }
}

async function ask(
  method: string,
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<unknown> {
  const text = await (await request(method, url, body, headers)).text()
  return text === '' ? null : JSON.parse(text)
}

async function request(
  method: string,
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  const answer = await fetch(url, {
    method,
    headers: {
      ...headers,
      'x-c2m-csrf': '1',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(patienceMs),
  })
  if (!answer.ok)
    throw new Error(`${method} ${new URL(url).pathname} was answered ${answer.status}: ${await answer.text()}`)
  return answer
}
