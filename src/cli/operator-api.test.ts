import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type ServerProcess, serverProcess } from '../../test/server-process.ts'
import { operatorApi } from './operator-api.ts'

const PUBLIC_URL = 'https://c2m.example.invalid'
let server: ServerProcess
before(async () => {
  server = await serverProcess({ env: { PUBLIC_URL, HOST: '0.0.0.0' } })
  await server.ready()
})
after(() => server.close())

test('beside the server it is asked where it listens; what is told is its public address', async () => {
  for (const more of [{}, { PUBLIC_URL }]) {
    const api = await operatorApi({ DATA_DIR: server.dataDir, ...more }, undefined)
    const { accounts } = await api.get<{ accounts: readonly unknown[] }>('/api/operator/accounts')
    assert.equal(accounts.length, 1)
    assert.equal(api.url, PUBLIC_URL)
  }
})

test('a server that was named is the one that is asked', async () => {
  for (const [env, url] of [
    [{ C2M_URL: PUBLIC_URL }, undefined],
    [{}, PUBLIC_URL],
    [{ PUBLIC_URL: `${PUBLIC_URL}:444` }, undefined],
  ] as const) {
    const api = await operatorApi({ DATA_DIR: server.dataDir, ...env }, url)
    await assert.rejects(api.get('/api/operator/accounts'), /c2m\.example\.invalid(:444)? cannot be reached/)
  }
})
