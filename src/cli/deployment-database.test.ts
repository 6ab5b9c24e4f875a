import assert from 'node:assert/strict'
import test from 'node:test'
import { testDatabase } from '../../test/test-database.ts'
import { freePort } from '../../test/test-server.ts'
import { Mistake } from './command.ts'
import { onDeploymentDatabase } from './deployment-database.ts'

const ask = (DATABASE_URL: string) => onDeploymentDatabase({ DATABASE_URL }, false, (db) => db`select 1`)
const refused = (sentence: RegExp) => (error: Error) =>
  error instanceof Mistake && sentence.test(error.message) && !error.message.includes('run this as')

test('a wrong DATABASE_URL is named, not the user who runs the command', async () => {
  await assert.rejects(
    ask(`postgres://x:y@127.0.0.1:${await freePort()}/db`),
    refused(/^Nobody answers at the address in DATABASE_URL \(ECONNREFUSED\)/),
  )
  const database = await testDatabase()
  try {
    Object.assign(process.env, { PGHOST: database.socketDir, PGUSER: database.user })
    await assert.rejects(ask('postgres:///no_such_database'), refused(/DATABASE_URL does not let us in \(3D000\)/))
  } finally {
    await database.drop()
  }
})
