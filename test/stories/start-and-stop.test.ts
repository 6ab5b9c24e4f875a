import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { within } from '../../src/within.ts'
import { childEnvironment } from '../child-environment.ts'
import { type ServerProcess, serverProcess } from '../server-process.ts'
import { freePort } from '../test-server.ts'

const started = new WeakMap<TestContext, ServerProcess[]>()

/** They are closed in reverse: the first one takes away the folder that the later ones work in. */
async function start(t: TestContext, options: Parameters<typeof serverProcess>[0] = {}): Promise<ServerProcess> {
  const server = await serverProcess(options)
  const running = started.get(t)
  if (running !== undefined) running.push(server)
  else {
    const all = [server]
    started.set(t, all)
    t.after(async () => {
      for (const one of all.reverse()) await one.close()
    })
  }
  return server
}

test('a first start brings up database, sandbox and doors; the credentials are for the owner alone', async (t) => {
  const server = await start(t)
  await server.ready()
  for (const path of ['/health/live', '/health/ready', '/metrics', '/openapi.json', '/docs']) {
    assert.equal((await fetch(`${server.url}${path}`)).status, 200, path)
  }
  const sandbox = await server.sandbox()
  assert.equal(sandbox.accountId, '12345678')
  for (const file of ['sandbox.json', 'secret.key', 'operator.token']) {
    assert.equal((await stat(join(server.dataDir, file))).mode & 0o777, 0o600, file)
  }
  assert.match(server.output(), /eligibility\?v=2\.0/)
})

test('a first start is not ready before the sandbox and the note of the server are there', async (t) => {
  const server = await start(t)
  const status = async () => (await fetch(`${server.url}/health/ready`).catch(() => null))?.status
  while ((await status()) !== 200) await pause(5)
  const names = await readdir(server.dataDir)
  assert.ok(names.includes('sandbox.json') && names.includes('server.json'), names.join())
})

test('SIGTERM to "npm start" stops the server', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'c2m-npm-'))
  // As root, PostgreSQL runs as another user, who must be able to pass through.
  await chmod(dataDir, 0o711)
  const port = await freePort()
  const npm = spawn('npm', ['start'], {
    cwd: join(import.meta.dirname, '..', '..'),
    env: { ...childEnvironment, HOME: process.env.HOME ?? '', DATA_DIR: dataDir, PORT: String(port) },
    detached: true,
  })
  // Whatever it left running lives in its group and is no concern of the next test.
  t.after(async () => {
    try {
      process.kill(-npm.pid!, 'SIGTERM')
    } catch {
      // All of it has ended.
    }
    await over
    await rm(dataDir, { recursive: true, force: true })
  })
  let output = ''
  for (const stream of [npm.stdout, npm.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  // All that holds its output has ended, not only npm itself.
  const over = new Promise((resolve) => npm.once('close', resolve))
  while (!output.includes('"msg":"ready"')) {
    assert.equal(npm.exitCode, null, output)
    await pause(50)
  }
  npm.kill('SIGTERM')
  assert.ok(await within(20_000, over), output)
  assert.match(output, /"msg":"stopped"/)
})

test('SIGTERM: a request under way is answered, new ones find the door closed, the database stops last and clean', async (t) => {
  const server = await start(t)
  await server.ready()
  // A request whose body is still on its way when the stop begins.
  const body = JSON.stringify({ email: 'agent@sandbox.example', password: 'wrong' })
  const { port } = new URL(server.url)
  const socket = connect(Number(port), '127.0.0.1')
  socket.setEncoding('utf8')
  let answer = ''
  socket.on('data', (text: string) => {
    answer += text
  })
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.write(
    `POST /api/session HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: ${server.url}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 10)}`,
  )
  await pause(200)
  server.signal('SIGTERM')
  while (!server.output().includes('"msg":"stopping"')) await pause(20)
  socket.write(body.slice(10))
  await closed
  assert.match(answer, /^HTTP\/1\.1 401 /)
  assert.equal(await server.ended, 0)
  const output = server.output()
  assert.ok(output.indexOf('PostgreSQL stopped') > output.indexOf('"msg":"stopping"'))

  const again = await start(t, { dataDir: server.dataDir })
  await again.ready()
  assert.match(again.output(), /"adopted":false/)
})

test('a second signal ends at once, like kill -9; the next start adopts the database', async (t) => {
  const server = await start(t)
  await server.ready()
  // A request that never ends holds the drain.
  const { port } = new URL(server.url)
  const socket = connect(Number(port), '127.0.0.1')
  socket.on('error', () => {})
  socket.write(
    `POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
  )
  await pause(200)
  server.signal('SIGTERM')
  while (!server.output().includes('"msg":"stopping"')) await pause(20)
  await pause(500)
  server.signal('SIGTERM')
  assert.equal(await server.ended, 130)
  socket.destroy()

  const again = await start(t, { dataDir: server.dataDir })
  await again.ready()
  assert.match(again.output(), /"adopted":true/)
})

test('half a request holds up no stop: its connection is cut, and all the rest stops in order', async (t) => {
  const server = await start(t, { keeper: true })
  await server.ready()
  const { port } = new URL(server.url)
  const head = 'POST /api/session HTTP/1.1\r\nHost: x\r\n'
  const halves = [head, `${head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{`].map((half) => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(half))
    return new Promise((resolve) =>
      socket
        .on('error', () => {})
        .once('close', resolve)
        .resume(),
    )
  })
  await pause(200)
  server.signal('SIGTERM')
  assert.equal(await server.ended, 0, server.output())
  await Promise.all(halves)
  assert.match(server.output(), /"PostgreSQL stopped"[\s\S]*"msg":"stopped"/)
})

test('the keeper brings a killed server back; a stop reaches it once', async (t) => {
  const server = await start(t, { keeper: true })
  await server.ready()
  const killed = await server.pid()
  process.kill(killed, 'SIGKILL')
  const until = performance.now() + 30_000
  let back = killed
  while (back === killed && performance.now() < until) {
    await pause(100)
    back = await server.pid()
  }
  assert.notEqual(back, killed, 'not back within 30 s')
  assert.equal((await fetch(`${server.url}/health/ready`)).status, 200)
  // A terminal's Ctrl-C reaches the whole process group.
  server.signal('SIGINT')
  process.kill(back, 'SIGINT')
  assert.equal(await server.ended, 0)
  assert.match(server.output(), /"msg":"stopped"/)
})

test('killed keeper: the server does not stay behind', async (t) => {
  const server = await start(t, { keeper: true })
  await server.ready()
  const pid = await server.pid()
  server.signal('SIGKILL')
  await server.ended
  const until = performance.now() + 5_000
  const alive = () => {
    try {
      process.kill(pid, 0)
      return true
    } catch {
      return false
    }
  }
  while (alive() && performance.now() < until) await pause(50)
  assert.equal(alive(), false)
  const again = await start(t, { dataDir: server.dataDir })
  await again.ready()
})

test('a wrong setting, a taken port and an absent database stop the start with one sentence', async (t) => {
  const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts')
  const wrong = spawnSync(process.execPath, [main], {
    env: { ...childEnvironment, PORT: 'eighty' },
    encoding: 'utf8',
  })
  assert.equal(wrong.status, 78)
  assert.equal(wrong.stderr.trim(), 'PORT is wrong: it must be a whole number from 0 to 65535.')

  const port = await freePort()
  const holder = createServer().listen(port, '127.0.0.1')
  t.after(() => holder.close())
  const taken = await start(t, { port })
  assert.equal(await taken.ended, 78)
  assert.match(taken.output(), /PORT is wrong: \d+ on 127\.0\.0\.1 is in use by another program\./)

  const absent = await start(t, { env: { DATABASE_URL: `postgres://c2m@127.0.0.1:${await freePort()}/c2m` } })
  assert.equal(await absent.ended, 69)
  assert.match(absent.output(), /DATABASE_URL/)
  assert.doesNotMatch(absent.output(), /at .*\.ts:/)
})

test('a DATA_DIR that cannot be used stops the start with one sentence, whatever database is meant', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'c2m-no-folder-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'file')
  await writeFile(file, '')
  const outside = { DATABASE_URL: `postgres://c2m@127.0.0.1:${await freePort()}/c2m` }
  for (const env of [{}, outside]) {
    for (const dataDir of [file, join(file, 'below')]) {
      const server = await start(t, { dataDir, env })
      assert.equal(await server.ended, 77, server.output())
      assert.match(server.output(), new RegExp(`^The data folder ${dataDir} is no folder.*DATA_DIR.*\\n$`))
    }
  }
})

test('a second server on the same folder says who owns it, and the first is unharmed', async (t) => {
  const first = await start(t)
  await first.ready()
  const second = await start(t, { dataDir: first.dataDir })
  assert.notEqual(await second.ended, 0)
  assert.match(second.output(), new RegExp(String(await first.pid())))
  assert.equal((await fetch(`${first.url}/health/ready`)).status, 200)
})
