import type { MadeApp } from './access-step.tsx'

/** What a phone system asks, as commands for a shell: a token, whether the caller can be reached, and the invite. */
export function firstInviteCommands({
  origin,
  accountId,
  handoffId,
  skill,
  phone,
  app,
}: {
  origin: string
  accountId: string
  handoffId: string
  skill: string
  phone: string
  app: MadeApp | null
}): readonly { readonly label: string; readonly command: string }[] {
  const post = (path: string, body: string) =>
    `curl -s ${quoted(origin + path)} -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d ${body}`
  const account = `/api/account/${accountId}`
  const eligibility = JSON.stringify({ consumerPhoneNumber: phone, handoffId, skill, ivrNumber: '+18005550100' })
  return [
    {
      label: '1. Sign in',
      command: [
        `token=$(curl -s ${quoted(`${origin}/sentinel/api/v2/account/${accountId}/app/token`)} \\`,
        `  -d grant_type=client_credentials -d client_id=${app?.clientId ?? 'CLIENT_ID'} \\`,
        `  -d client_secret=${app?.clientSecret ?? 'CLIENT_SECRET'} | sed 's/.*"access_token":"\\([^"]*\\).*/\\1/')`,
      ].join('\n'),
    },
    {
      label: '2. Can this caller be reached?',
      command: `callId=$(${post(`${account}/eligibility?v=2.0`, quoted(eligibility))} | sed 's/.*"callId":"\\([^"]*\\).*/\\1/')`,
    },
    { label: '3. Invite', command: post(`${account}/invite?v=2.0`, `"{\\"callId\\":\\"$callId\\"}"`) },
  ]
}

/** A shell's single quotes: nothing within them has a meaning. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
