import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { readConfig } from '../config.ts'
import { type DataRights, erasePerson } from '../data-rights/erase-person.ts'
import { findErasure, requestErasure } from '../data-rights/erasures.ts'
import { findPerson, type PersonAddress, patiently } from '../data-rights/person.ts'
import { personArchive } from '../data-rights/person-archive.ts'
import { countHoldings, rowsOfPerson } from '../data-rights/person-rows.ts'
import { type NamedPerson, readNamedPerson } from '../domain/named-person.ts'
import { recordAudit } from '../store/audit.ts'
import { atomic } from '../store/db.ts'
import { type Command, type Env, type Given, Mistake, one } from './command.ts'
import { onDeploymentDatabase } from './deployment-database.ts'
import { deploymentCipher } from './deployment-key.ts'
import { accountOption } from './nouns.ts'
import { table } from './table.ts'

const operator = { kind: 'operator' } as const

const options = {
  ...accountOption,
  phone: { value: 'NUMBER', about: 'With its country code. Better from standard input: other users see arguments.' },
  'consumer-id': { value: 'ID', about: 'The brand’s own id of them in its app.' },
  alone: { about: 'Not those ids and numbers that called together with it.' },
}

/** The name that was given, or the first line of standard input: a number there, or else a consumer id. @throws Mistake */
async function namedPerson(given: Given): Promise<NamedPerson> {
  const phone = one(given, 'phone') ?? null
  const consumerId = one(given, 'consumer-id') ?? null
  const linked = given.alone !== true
  if (phone !== null || consumerId !== null) return checked({ phone, consumerId, linked })
  if (process.stdin.isTTY) process.stderr.write('Number or consumer id: ')
  let typed = ''
  for await (const chunk of process.stdin) {
    typed += chunk
    if (typed.includes('\n')) break
  }
  const line = typed.split('\n')[0]!.trim()
  if (line === '') throw new Mistake('Name the person: --phone, --consumer-id, or a line on standard input.')
  return checked(line.startsWith('+') ? { phone: line, linked } : { consumerId: line, linked })
}

function checked(raw: Parameters<typeof readNamedPerson>[0]): NamedPerson {
  const read = readNamedPerson(raw)
  if ('faults' in read) throw new Mistake(read.faults.join('\n'))
  return read
}

/** Works on the deployment's database itself: whoever can read DATA_DIR needs no door. */
async function onPerson<T>(
  env: Env,
  given: Given,
  work: (rights: DataRights, accountId: string, addresses: readonly PersonAddress[]) => Promise<T>,
): Promise<T> {
  const person = await namedPerson(given)
  const accountId = one(given, 'account')!
  return onDeploymentDatabase(env, false, async (db) => {
    const config = readConfig(env)
    const [account] = await db`select 1 from accounts where account_id = ${accountId}`
    if (account === undefined) throw new Mistake(`There is no account "${accountId}".`)
    const rights = { db, cipher: await deploymentCipher(config), config }
    return work(rights, accountId, await patiently(db, (tx) => findPerson(tx, accountId, person)))
  })
}

export const personCommands: readonly Command[] = [
  {
    name: 'person find',
    about: 'Show what is held of a consumer, named by number or consumer id.',
    options,
    run: ({ given, env }) =>
      onPerson(env, given, async ({ db }, accountId, addresses) => {
        const plain = addresses.map(({ address }) => address)
        const holds = await patiently(db, async (tx) => countHoldings(tx, await rowsOfPerson(tx, accountId, plain)))
        const rows = holds.map(({ title, rows: count }) => [title, count])
        return {
          json: { addresses, holds },
          text: `${plain.join('\n')}\n\n${table(['WHAT', 'ROWS'], rows, 'Nothing is held.')}`,
        }
      }),
  },
  {
    name: 'person export',
    about: 'Write everything that is held of a consumer to one ZIP archive.',
    options: { ...options, out: { value: 'FILE', required: true, about: 'The archive; it must not exist yet.' } },
    run: ({ given, env }) =>
      onPerson(env, given, async ({ db, cipher }, accountId, addresses) => {
        const out = resolve(one(given, 'out')!)
        const { parts, rows } = await personArchive(db, accountId, addresses)
        await writeFile(out, parts, { flag: 'wx', mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
          throw error.code === 'EEXIST' ? new Mistake(`${out} exists already.`) : error
        })
        const subject = cipher.erasedAddress(accountId, addresses[0]!.address)
        await atomic(db, (tx) =>
          recordAudit(tx, accountId, operator, { action: 'person.export', subject, before: null, after: rows }),
        )
        return {
          json: { file: out, rows },
          text: `Written to ${out}. It is personal data: delete it when it is handed over.`,
        }
      }),
  },
  {
    name: 'person erase',
    about: 'Erase a consumer everywhere; cannot be undone. Opt-outs stay as keyed hashes.',
    options: { ...options, yes: { about: 'Needed: nothing is erased without it.' } },
    run: ({ given, env }) => {
      if (given.yes !== true)
        throw new Mistake('Erasing cannot be undone: see "c2m person find" first, then add --yes.')
      return onPerson(env, given, async (rights, accountId, addresses) => {
        const plain = addresses.map(({ address }) => address)
        const { erasureId } = await atomic(rights.db, async (tx) => {
          const asked = await requestErasure(tx, rights.cipher, accountId, operator, plain)
          const { hashes } = asked
          if (asked.isNew)
            await recordAudit(tx, accountId, operator, {
              ...{ action: 'person.erase', subject: asked.erasureId },
              before: null,
              after: { hashes },
            })
          return asked
        })
        await erasePerson(rights, accountId, erasureId)
        const done = await findErasure(rights.db, accountId, erasureId)
        const rows = Object.entries(done!.erased)
        return { json: done, text: `Erased.\n\n${table(['WHAT', 'ROWS'], rows, 'Nothing was held.')}` }
      })
    },
  },
]
