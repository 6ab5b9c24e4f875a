import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { jwtVerify } from 'jose'

const scope = 'https://www.googleapis.com/auth/firebase.messaging'
const clientEmail = 'firebase-adminsdk@example-shop-1a2b3.iam.gserviceaccount.com'

export interface SimulatedServiceAccount {
  /** A JSON file as the Firebase console gives it; each call names another key id of the account. */
  keyFile(): string
  readonly privateKey: string
  /** What is wrong with an assertion, in Google's words; null: nothing. */
  refusal(form: URLSearchParams, now: Date): Promise<string | null>
}

/** A service account with a key of its own. */
export function serviceAccount(projectId: string, tokenUri: string): SimulatedServiceAccount {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const keyIds = new Set<string>()
  return {
    privateKey,
    keyFile: () => {
      const keyId = randomUUID().replaceAll('-', '')
      keyIds.add(keyId)
      return JSON.stringify({
        type: 'service_account',
        project_id: projectId,
        private_key_id: keyId,
        private_key: privateKey,
        client_email: clientEmail,
        token_uri: tokenUri,
      })
    },
    refusal: (form, now) => refusal(form, { publicKey: pair.publicKey, keyIds, tokenUri, now }),
  }
}

async function refusal(
  form: URLSearchParams,
  known: { publicKey: KeyObject; keyIds: ReadonlySet<string>; tokenUri: string; now: Date },
): Promise<string | null> {
  if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') return 'unsupported_grant_type'
  try {
    const { payload, protectedHeader } = await jwtVerify(form.get('assertion') ?? '', known.publicKey, {
      algorithms: ['RS256'],
      issuer: clientEmail,
      audience: known.tokenUri,
      requiredClaims: ['iat', 'exp'],
      currentDate: known.now,
    })
    if (!known.keyIds.has(String(protectedHeader.kid))) return 'invalid_grant'
    if (payload.scope !== scope) return 'invalid_scope'
    if (payload.exp! - payload.iat! > 3600) return 'invalid_grant'
    return Math.abs(payload.iat! - known.now.getTime() / 1000) > 300 ? 'invalid_grant' : null
  } catch {
    return 'invalid_grant'
  }
}
