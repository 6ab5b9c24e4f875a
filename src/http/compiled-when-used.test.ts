import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import ajvCompiler from '@fastify/ajv-compiler'
import stringifyCompiler from '@fastify/fast-json-stringify-compiler'
import { type TestServer, testServer } from '../../test/test-server.ts'
import { buildApp } from '../app.ts'
import { compiledWhenUsed } from './compiled-when-used.ts'

let server: TestServer
before(async () => {
  server = await testServer()
})
after(() => server.close())

test('each schema of each route can be compiled, though a server waits for its first use', async (t) => {
  const lazy = { ...compiledWhenUsed }
  t.after(() => Object.assign(compiledWhenUsed, lazy))
  let [judged, written] = [0, 0]
  compiledWhenUsed.buildValidator = (shared, options) => {
    const compile = ajvCompiler()(shared, options)
    return (route) => {
      judged += 1
      return compile(route)
    }
  }
  compiledWhenUsed.buildSerializer = (shared, options) => {
    const compile = stringifyCompiler()(shared, options)
    return (route) => {
      written += 1
      return compile(route)
    }
  }
  const app = await buildApp(server.deps)
  await app.ready()
  await app.close()
  assert.ok(judged > 100 && written > 100, `${judged} schemas of requests, ${written} of answers`)
})
