import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { checkData } from './data-folder.ts'
import { runAs } from './run-as.ts'
import { asRoot, connect, deploymentAt, killHard, scratch, testDeployment, until } from './test-deployment.ts'

const nobody = 65_534

test('a data folder that others may read is refused, not changed', async (t) => {
  const deployment = await testDeployment(t)
  chmodSync(deployment.data, 0o755)
  await assert.rejects(deployment.start(), {
    code: 'wrong_mode',
    exitCode: 77,
    message: new RegExp(`${deployment.data} \\(owner id \\d+, mode 0755\\).*chmod 700 ${deployment.data}`),
  })
  assert.equal(statSync(deployment.data).mode & 0o777, 0o755)
})

test('a data folder that its owner may not write is refused, not changed', async (t) => {
  const deployment = await testDeployment(t)
  chmodSync(deployment.data, 0o500)
  await assert.rejects(deployment.start(), { code: 'wrong_mode', message: /mode 0500/ })
  assert.equal(statSync(deployment.data).mode & 0o777, 0o500)
  chmodSync(deployment.data, 0o700)
})

test('a data folder of another user is refused, not changed', async (t) => {
  const deployment = await testDeployment(t)
  const runner = await runAs()
  if (asRoot) {
    chownSync(deployment.data, 0, 0)
    await assert.rejects(deployment.start(), {
      code: 'wrong_owner',
      exitCode: 77,
      message: new RegExp(
        `${deployment.data} \\(owner id 0, mode 0700\\) must belong to user "nobody".*chown -R nobody`,
      ),
    })
    assert.equal(statSync(deployment.data).uid, 0)
  } else {
    // An ordinary user cannot give a folder away, so a folder of the system's is looked at.
    assert.throws(() => checkData('/usr', runner, { major: '18', version: '18.4' }), {
      code: 'wrong_owner',
      message: new RegExp(`/usr \\(owner id 0, .*must belong to user "${runner.name}" \\(id ${runner.uid}\\)`),
    })
  }
})

/** A read-only mount needs root and the right to mount, which a container may lack. */
const mayMount = asRoot && spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0

if (mayMount)
  test('a data folder on a read-only file system is refused with its own exit code', async (t) => {
    const deployment = await testDeployment(t)
    const script = join(import.meta.dirname, 'test-server.ts')
    const mount = `mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && exec "$2" "$3" "$4"`
    const options = JSON.stringify({ dataDir: deployment.dataDir })
    const result = spawnSync('unshare', [
      '-m',
      'sh',
      '-c',
      mount,
      'sh',
      deployment.dataDir,
      process.execPath,
      script,
      options,
    ])
    assert.equal(result.status, 77)
    assert.match(String(result.stderr), /^data_folder_unwritable: The data folder .* lies on a read-only file system/)
  })

if (mayMount)
  test('a full disk is named as the reason why no database could be made, and each try leaves nothing behind', async (t) => {
    const deployment = await testDeployment(t, 'empty')
    mkdirSync(deployment.dataDir)
    const script = join(import.meta.dirname, 'test-server.ts')
    const tries = `mount -t tmpfs -o size=1m,mode=0711 none "$1" && "$2" "$3" "$4"; "$2" "$3" "$4"; ls "$1"`
    const options = JSON.stringify({ dataDir: deployment.dataDir })
    const told = [deployment.dataDir, process.execPath, script, options]
    const result = spawnSync('unshare', ['-m', 'sh', '-c', tries, 'sh', ...told])
    const reasons = String(result.stderr).match(/^initdb_failed: .*No space left on device/gm)
    assert.equal(reasons?.length, 2, String(result.stderr))
    assert.doesNotMatch(String(result.stdout), /postgres\.in/)
  })

if (!asRoot)
  test('a DATA_DIR that the user cannot write is refused with its own exit code', async (t) => {
    const dataDir = join(scratch(t), 'data')
    mkdirSync(dataDir, { mode: 0o500 })
    await assert.rejects(deploymentAt(t, dataDir).start(), {
      code: 'data_folder_unwritable',
      exitCode: 77,
      message: new RegExp(`${dataDir} .*owner id ${process.getuid?.()}, mode 0500`),
    })
  })

test('a DATA_DIR that is a file is refused', async (t) => {
  const dataDir = join(scratch(t), 'data')
  writeFileSync(dataDir, 'not a folder')
  await assert.rejects(deploymentAt(t, dataDir).start(), { code: 'data_folder_unwritable' })
  assert.equal(readFileSync(dataDir, 'utf8'), 'not a folder')
})

test('a folder with files but no finished database is refused and kept', async (t) => {
  const deployment = await testDeployment(t)
  rmSync(join(deployment.data, 'global/pg_control'))
  await assert.rejects(deployment.start(), { code: 'not_a_data_folder', message: new RegExp(deployment.data) })
  assert.ok(existsSync(join(deployment.data, 'PG_VERSION')))
})

test('data of another major version is refused with the steps to upgrade, and not touched', async (t) => {
  const deployment = await testDeployment(t)
  writeFileSync(join(deployment.data, 'PG_VERSION'), '17\n')
  const before = readdirSync(deployment.data)
  await assert.rejects(deployment.start(), {
    code: 'version_mismatch',
    exitCode: 78,
    message:
      /made by PostgreSQL 17, but this release brings PostgreSQL 18.*1\. .*pg_dump.*2\. .*3\. .*restore.*4\. .*DATABASE_URL/,
  })
  assert.deepEqual(readdirSync(deployment.data), before)
  // The refused start holds nothing: once mended, the next one works.
  writeFileSync(join(deployment.data, 'PG_VERSION'), '18\n')
  assert.equal((await connect(t, await deployment.start())`select 1 as one`)[0]?.one, 1)
})

test('an interrupted initdb is moved aside, kept, and a whole database made', async (t) => {
  const deployment = await testDeployment(t, 'empty')
  const server = deployment.spawn()
  const half = () => readdirSync(deployment.dataDir).find((name) => name.startsWith('postgres.initialising-'))
  await until('initdb to be half done', () => {
    const name = existsSync(deployment.dataDir) && half()
    return Boolean(name) && existsSync(join(deployment.dataDir, String(name), 'PG_VERSION'))
  })
  const lock = JSON.parse(readFileSync(join(deployment.dataDir, 'postgres.lock'), 'utf8')) as { pid: number }
  for (const pid of processesNaming(join(deployment.dataDir, String(half())))) killHard(pid)
  killHard(lock.pid)
  assert.equal((await server).ready, undefined)
  assert.equal(existsSync(deployment.data), false)
  const pg = await deployment.start()
  assert.equal((await connect(t, pg)`select 1 as one`)[0]?.one, 1)
  assert.equal(half(), undefined)
  const aside = readdirSync(deployment.dataDir).filter((name) => name.startsWith('postgres.interrupted-'))
  assert.equal(aside.length, 1)
  assert.ok(existsSync(join(deployment.dataDir, String(aside[0]), 'PG_VERSION')))
  assert.ok(deployment.lines.includes('warn moved a half-made data folder aside'))
})

/** Ids of initdb and what it started: the only processes with that folder on their command line. */
function processesNaming(folder: string): number[] {
  const lines = execFileSync('ps', ['-ww', '-A', '-o', 'pid=,command='], { encoding: 'utf8' }).split('\n')
  return lines
    .filter((line) => line.includes(folder) && !line.includes(' ps '))
    .map((line) => Number.parseInt(line, 10))
}

if (asRoot) {
  test('root: a DATA_DIR that PostgreSQL’s user cannot enter keeps the data elsewhere, found again by its pointer', async (t) => {
    const dataDir = join(scratch(t), 'data')
    const elsewhere = scratch(t)
    mkdirSync(dataDir, { mode: 0o700 })
    const deployment = deploymentAt(t, dataDir)
    const first = await deployment.start({ reachableFolders: [elsewhere] })
    await connect(t, first)`create table kept as select 42 as answer`
    await first.stop()
    const home = readFileSync(join(dataDir, 'postgres.location'), 'utf8').trim()
    assert.ok(home.startsWith(elsewhere))
    assert.equal(readFileSync(join(home, 'belongs-to'), 'utf8').trim(), realpathSync(dataDir))
    assert.equal(statSync(join(home, 'postgres')).uid, nobody)
    assert.equal(existsSync(deployment.data), false)
    // Even when the folders to choose from have changed meanwhile.
    const again = await deployment.start({ reachableFolders: [scratch(t)] })
    assert.equal((await connect(t, again)`select answer from kept`)[0]?.answer, 42)
    await again.stop()

    mkdirSync(deployment.data)
    await assert.rejects(deployment.start(), { code: 'data_ambiguous', message: new RegExp(home) })
    rmSync(deployment.data, { recursive: true })
    rmSync(home, { recursive: true })
    await assert.rejects(deployment.start(), { code: 'data_missing', message: new RegExp(home) })
    assert.equal(existsSync(home), false)
  })

  test('root: data in a DATA_DIR that was closed later is refused with the mend', async (t) => {
    const deployment = await testDeployment(t)
    chmodSync(deployment.dataDir, 0o700)
    await assert.rejects(deployment.start(), { code: 'wrong_mode', message: /cannot enter .*chmod o\+x/ })
  })

  test('root: with no folder that PostgreSQL’s user can reach the start says so', async (t) => {
    const dataDir = join(scratch(t), 'data')
    const closed = join(scratch(t), 'closed')
    const strangers = join(scratch(t), 'strangers')
    mkdirSync(dataDir, { mode: 0o700 })
    mkdirSync(closed, { mode: 0o700 })
    mkdirSync(join(strangers, 'connect-to-messaging'), { recursive: true })
    chownSync(join(strangers, 'connect-to-messaging'), nobody, nobody)
    const deployment = deploymentAt(t, dataDir)
    await assert.rejects(deployment.start({ reachableFolders: [closed, strangers] }), {
      code: 'no_reachable_folder',
      exitCode: 77,
    })
  })
}
