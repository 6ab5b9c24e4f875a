import { createPrivateKey, createPublicKey, generateKeyPair, type JsonWebKey, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import type { Clock } from '../domain/clock.ts'
import { secretContext } from './account-config.ts'
import { answerWithin } from './answer-within.ts'
import type { Cipher } from './cipher.ts'
import { atomic, type Database, type Tx } from './db.ts'

/** The deployment's keys for AppJWTs, as far as this process knows them. Whatever must be read for them may throw `Unanswered`. */
export interface SigningKeys {
  /** The key that signs now; made at first need, replaced after 30 days. */
  current(): Promise<{ readonly kid: string; readonly privateKey: KeyObject }>
  /** The public key of that name, also of a retired key whose tokens may live; null when there is none. No I/O for a name that we never give. */
  publicKey(kid: string): Promise<KeyObject | null>
  /** RFC 7517 section 5: what a verifier elsewhere needs. */
  jwks(): Promise<readonly PublicJwk[]>
}

export type PublicJwk = JsonWebKey & { readonly kid: string; readonly use: 'sig'; readonly alg: 'RS256' }

interface KeyRow {
  kid: string
  private_key: Buffer
  public_jwk: PublicJwk
  created_at: Date
  retired_at: Date | null
}

const dayMs = 86_400_000
const rotateAfterMs = 30 * dayMs
/** A token lives an hour; another process may sign with a key it does not know to be retired for a minute more. */
const keepRetiredMs = 2 * 3_600_000
/** How long this process may not know of a rotation made by another. */
const refreshMs = 60_000
/** A stranger's token with an unknown but well-formed name must not cost a query each. */
const unknownKidMs = 1_000
/** How long one is kept waiting for the database; making a key takes its own time besides. */
const patienceMs = 2_000
const kidPattern = /^appjwt-[0-9]{2}-[0-9]{2}-[0-9]{4}(-[0-9]{1,4})?$/
/** Only one process makes a key at a time. Any number will do. */
const rotationLock = 7_202_611_221

const makeKeyPair = promisify(generateKeyPair)

export function signingKeys(db: Database, cipher: Cipher, clock: Clock): SigningKeys {
  let rows: readonly KeyRow[] = []
  let publicKeys = new Map<string, KeyObject>()
  let loadedAt = Number.NEGATIVE_INFINITY
  let loading: Promise<void> | null = null
  let rotating: Promise<void> | null = null
  let signer: { kid: string; privateKey: KeyObject } | null = null

  const load = async () => {
    const since = new Date(clock.now().getTime() - keepRetiredMs)
    rows = await db<KeyRow[]>`
      select kid, private_key, public_jwk, created_at, retired_at from signing_keys
      where retired_at is null or retired_at > ${since} order by created_at desc, kid desc`
    publicKeys = new Map(rows.map((row) => [row.kid, createPublicKey({ key: row.public_jwk, format: 'jwk' })]))
    loadedAt = clock.monotonic()
  }
  const refresh = async (olderThanMs: number) => {
    if (clock.monotonic() - loadedAt < olderThanMs) return
    loading ??= load().finally(() => {
      loading = null
    })
    await answerWithin(patienceMs, loading)
  }
  const fresh = () =>
    rows.find((row) => row.retired_at === null && clock.now().getTime() - row.created_at.getTime() < rotateAfterMs)

  const current = async () => {
    await refresh(refreshMs)
    if (fresh() === undefined) {
      rotating ??= rotate(db, cipher, clock).finally(() => {
        rotating = null
      })
      await rotating
      await refresh(0)
    }
    const row = fresh()
    if (row === undefined) throw new Error('A signing key was made but is not there.')
    if (signer?.kid !== row.kid) {
      signer = { kid: row.kid, privateKey: createPrivateKey(cipher.decrypt(row.private_key, contextOf(row.kid))) }
    }
    return signer
  }

  return {
    current,
    async publicKey(kid) {
      if (!kidPattern.test(kid)) return null
      if (!publicKeys.has(kid)) await refresh(unknownKidMs)
      return publicKeys.get(kid) ?? null
    },
    async jwks() {
      await current()
      return rows.map((row) => row.public_jwk)
    },
  }
}

const contextOf = secretContext.signingKey

/** Makes a key and retires the others, unless another process has just done so. */
async function rotate(db: Database, cipher: Cipher, clock: Clock): Promise<void> {
  // Before the tx: it takes tenths of a second, and the lock would be held meanwhile.
  const pair = await makeKeyPair('rsa', { modulusLength: 2048 })
  const now = clock.now()
  const rotated = atomic(db, async (tx) => {
    await tx`select pg_advisory_xact_lock(${rotationLock})`
    const [live] = await tx`
      select from signing_keys where retired_at is null and created_at > ${new Date(now.getTime() - rotateAfterMs)}`
    if (live !== undefined) return
    await tx`update signing_keys set retired_at = ${now} where retired_at is null`
    const kid = await freeKid(tx, now)
    const jwk: PublicJwk = { ...pair.publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' }
    await tx`insert into signing_keys ${tx({
      kid,
      private_key: cipher.encrypt(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, contextOf(kid)),
      public_jwk: tx.json(jwk as never),
      created_at: now,
    })}`
  })
  await answerWithin(patienceMs, rotated)
}

/** `appjwt-DD-MM-YYYY`, as the original names its keys; a second one of the day gets a number. */
async function freeKid(tx: Tx, now: Date): Promise<string> {
  const [year, month, day] = now.toISOString().slice(0, 10).split('-')
  const base = `appjwt-${day}-${month}-${year}`
  const [{ made }] = (await tx`
    select count(*)::int as made from signing_keys where kid = ${base} or kid like ${`${base}-%`}`) as [
    { made: number },
  ]
  return made === 0 ? base : `${base}-${made + 1}`
}
