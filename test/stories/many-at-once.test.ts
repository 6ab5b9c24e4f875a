import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { crashStage, inboundUrl } from '../crash-stage.ts'

suite('two processes, many at once', { timeout: 180_000 }, () => {
  test('CC-01, CC-02, CC-03: one call is one invite, of one asking; a consumer’s cap and conversation hold over both', async (t) => {
    const cap = { invites: 2, hours: 24 }
    const stage = await crashStage(t, { env: { PROCESSES: 'several' }, settings: { consumerCap: cap } })
    const [one, other] = await Promise.all([stage.start(), stage.start({ place: 1 })])
    const either = (number: number) => (number % 2 === 0 ? one : other)

    // CC-01: the same question fifty times.
    const call = await stage.call(one)
    const answers = await Promise.all(Array.from({ length: 50 }, (_, number) => stage.invite(either(number), call)))
    for (const answer of answers) assert.deepEqual([answer?.status, answer?.body], [200, { callId: call.callId }])
    assert.equal((await stage.copies(call.phone)).length, 1)

    // CC-02: the same call, asked for in twenty ways. One of them is sent, whole: its own text with its own skill.
    const skills = Object.keys(stage.brand.skills) as (keyof typeof stage.brand.skills)[]
    const ways = Array.from({ length: 20 }, (_, number) => ({
      overrideMessage: `Way ${number}`,
      overrideSkill: skills[number % skills.length]!,
    }))
    const mixed = await stage.call(other)
    for (const answer of await Promise.all(ways.map((way, number) => stage.invite(either(number), mixed, way))))
      assert.deepEqual([answer?.status, answer?.body], [200, { callId: mixed.callId }])
    const [copy, more] = await stage.copies(mixed.phone)
    assert.equal(more, undefined)
    const sent = ways.find(({ overrideMessage }) => new RegExp(`^${overrideMessage}\\b`).test(copy!.body))
    const [invite] = await stage.db`select skill_id, override_message from invites where call_id = ${mixed.callId}`
    assert.deepEqual(invite, {
      skill_id: stage.brand.skills[sent!.overrideSkill as 'support'],
      override_message: sent!.overrideMessage,
    })

    // CC-03: ten calls of one consumer: the cap of two holds, the others are told.
    const phone = '+14155550177'
    const calls = await Promise.all(Array.from({ length: 10 }, (_, number) => stage.call(either(number), phone)))
    const told = await Promise.all(calls.map((each, number) => stage.invite(either(number), each)))
    assert.deepEqual(told.map((answer) => answer?.status).sort(), [200, 200, ...Array<number>(8).fill(400)])
    assert.deepEqual(
      new Set(told.filter((answer) => answer?.status === 400).map((answer) => answer?.body.errorCode)),
      new Set([1400]),
    )
    assert.equal((await stage.copies(phone)).length, 2)

    // The consumer answers twice at once, by way of both processes: one conversation with both texts.
    const { address } = stage.brand.smsSender
    await stage.twilio.call('drain')
    await stage.twilio.call('inboundUrl', address, inboundUrl(one, stage.brand))
    const hello = stage.twilio.call('consumerSends', phone, address, 'Hello', { times: 5 })
    await stage.twilio.call('inboundUrl', address, inboundUrl(other, stage.brand))
    const again = stage.twilio.call('consumerSends', phone, address, 'Anybody?', { times: 5 })
    for (const { webhook } of await Promise.all([hello, again])) assert.equal(webhook?.status, 200)
    const texts = await stage.db`
      select m.body, c.state, count(*) over ()::integer as texts, count(*) over (partition by conversation_id)::integer as together
      from messages m join conversations c using (account_id, conversation_id) where m.direction = 'in' and m.address = ${phone}
      order by m.body`
    assert.deepEqual(
      texts.map((row) => ({ ...row })),
      [
        { body: 'Anybody?', state: 'queued', texts: 2, together: 2 },
        { body: 'Hello', state: 'queued', texts: 2, together: 2 },
      ],
    )
    // Refused invites are no part of the comparison: nothing was acknowledged and nothing is stored of them.
    assert.deepEqual((await stage.compare()).states, { sent: 4 })
  })
})
