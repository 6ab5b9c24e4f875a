import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Privilege } from './account.ts'
import { type Caller, type Role, roles } from './caller.ts'
import { type Act, acts, actsOf, may } from './policy.ts'

const user = (role: Role): Caller => ({ kind: 'user', accountId: '1', userId: 'u', name: 'U', role })
const credential = (...privileges: Privilege[]): Caller => ({
  kind: 'credential',
  accountId: '1',
  credentialId: 'c',
  privileges,
})
const operator: Caller = { kind: 'operator' }

test('the original matrix of roles holds for settings, handoffs and templates', () => {
  const rows: [Act, Record<Role, boolean>][] = [
    ['settings.create', { administrator: true, 'campaign-manager': true, 'agent-manager': false, agent: false }],
    ['settings.read', { administrator: true, 'campaign-manager': true, 'agent-manager': false, agent: false }],
    ['settings.change', { administrator: true, 'campaign-manager': false, 'agent-manager': false, agent: false }],
    ['handoffs.read', { administrator: true, 'campaign-manager': true, 'agent-manager': false, agent: false }],
    ['handoffs.change', { administrator: true, 'campaign-manager': true, 'agent-manager': false, agent: false }],
    ['templates.change', { administrator: true, 'campaign-manager': true, 'agent-manager': false, agent: false }],
    ['users.change', { administrator: true, 'campaign-manager': false, 'agent-manager': false, agent: false }],
    ['transactions.read', { administrator: true, 'campaign-manager': true, 'agent-manager': true, agent: false }],
    ['workspace.read', { administrator: true, 'campaign-manager': false, 'agent-manager': true, agent: true }],
    ['workspace.read-all', { administrator: true, 'campaign-manager': false, 'agent-manager': true, agent: false }],
  ]
  for (const [act, expected] of rows) {
    for (const role of roles) assert.equal(may(user(role), act), expected[role], `${role} ${act}`)
  }
})

test('nobody but the operator touches accounts, and the operator reads nothing that consumers wrote', () => {
  for (const act of ['accounts.read', 'accounts.create', 'accounts.change'] as const) {
    assert.equal(may(operator, act), true)
    for (const role of roles) assert.equal(may(user(role), act), false)
    assert.equal(
      may(credential('ivr.engagement', 'reporting', 'handoffs.read', 'consumers.vouch', 'admin'), act),
      false,
    )
  }
  for (const act of acts.filter((name) => /^(workspace|conversations|transactions|opt-outs|calls)\./.test(name))) {
    assert.equal(may(operator, act), false, act)
  }
})

test('a credential may do what its privileges say and nothing more', () => {
  assert.deepEqual(actsOf(credential('ivr.engagement')), ['calls.engage'])
  assert.deepEqual(actsOf(credential('handoffs.read')), ['handoffs.read'])
  assert.equal(may(credential('reporting'), 'transactions.read'), true)
  assert.equal(may(credential('admin'), 'calls.engage'), false)
  assert.equal(may(credential('admin'), 'workspace.read'), false)
  assert.deepEqual(actsOf(credential()), [])
  assert.deepEqual(actsOf({ kind: 'system', accountId: '1' }), [])
})
