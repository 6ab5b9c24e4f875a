import assert from 'node:assert/strict'
import { test } from 'node:test'
import { twilioStage } from '../../../test/provider-stage.ts'
import type { Persona, PersonaName } from '../../../test/simulators/twilio/index.ts'
import type { LineType } from '../connector.ts'
import { lookUp } from './look-up.ts'

const phone = '+12065550150'
const { simulator, sender, http } = await twilioStage()
const ask = (settings: Record<string, unknown> = {}) => lookUp(phone, sender(settings), http())

test('every type of Twilio’s is one of ours', async () => {
  const rows: readonly (readonly [PersonaName | Persona, LineType])[] = [
    ['mobile', 'mobile'],
    ['landline', 'landline'],
    ['voip', 'non-fixed-voip'],
    ['fixed-voip', 'fixed-voip'],
    ['toll-free', 'toll-free'],
    ['canadian', 'unknown'],
    ['unknown-line', 'unknown'],
    ['invalid', 'invalid'],
    [{ lineType: 'toll-free' }, 'toll-free'],
    [{ lineType: 'VOIP' }, 'non-fixed-voip'],
    [{ lineType: 'unknown' }, 'unknown'],
    [{ lineType: 'quantum' }, 'unknown'],
    [{ lineType: 'constructor' }, 'unknown'],
    ...['premium', 'sharedCost', 'uan', 'voicemail', 'pager', 'personal'].map(
      (lineType) => [{ lineType }, 'other'] as const,
    ),
  ]
  for (const [persona, expected] of rows) {
    simulator.persona(phone, persona)
    assert.equal(await ask(), expected, JSON.stringify(persona))
  }
})

test('what Twilio cannot say is unknown; a number it does not have is invalid', async () => {
  simulator.persona(phone, 'mobile')
  for (const code of [60600, 60601, 60606, 60616, 60621]) {
    simulator.fault({ phase: 'api', do: 'error', status: 400, code })
    assert.equal(await ask(), 'unknown', String(code))
  }
  simulator.fault({ phase: 'api', do: 'error', status: 404, code: 20404 })
  assert.equal(await ask(), 'invalid')
  for (const body of ['<html>', '[]', '{"valid": "no"}', '{"line_type_intelligence": {"type": 7}}']) {
    simulator.fault({ phase: 'api', do: 'raw', status: 200, body })
    assert.equal(await ask(), 'unknown', body)
  }
})

test('when Twilio cannot be asked the failure says why', async () => {
  for (const [status, kind] of [
    [401, 'misconfigured'],
    [429, 'throttled'],
    [503, 'unknown-outcome'],
  ] as const) {
    simulator.fault({ phase: 'api', do: 'error', status, code: status === 401 ? 20003 : 20001 })
    await assert.rejects(ask(), { kind })
  }
  await assert.rejects(ask({ lookupsBaseUrl: 'http://10.0.0.1' }), { kind: 'unreachable' })
})

test('a sender that must not ask does not', async () => {
  assert.equal(await ask({ lookUpLineType: false }), 'unknown')
  assert.equal(simulator.requests.length, 0)
})
