/** What the sandbox gives a newcomer; null outside it. */
export interface SandboxNote {
  readonly accountId: string
  readonly file: string
  readonly handoffId: string
  readonly app: { readonly clientId: string; readonly clientSecret: string }
  readonly user: { readonly email: string; readonly password: string }
}

/** Says on the terminal, once, where to look and what to paste. Sandbox credentials only: they open pretend phones. */
export function welcome(publicUrl: string, dataDir: string, sandbox: SandboxNote | null): void {
  if (!process.stdout.isTTY && process.env.WELCOME !== 'on' && sandbox === null) return
  const lines =
    sandbox === null
      ? [
          `Connect to Messaging is ready at ${publicUrl}`,
          `  console        ${publicUrl}/`,
          `  documentation  ${publicUrl}/docs`,
          `  data           ${dataDir}`,
        ]
      : [
          `Connect to Messaging is ready at ${publicUrl}`,
          `  console        ${publicUrl}/`,
          `    sign in      ${sandbox.user.email}  ${sandbox.user.password}`,
          `  documentation  ${publicUrl}/docs`,
          `  sandbox        account ${sandbox.accountId}, credentials in ${sandbox.file}`,
          '',
          'Ask whether a caller can be reached, ready to paste:',
          '',
          `  TOKEN=$(curl -s ${publicUrl}/sentinel/api/v2/account/${sandbox.accountId}/app/token \\`,
          `    -d grant_type=client_credentials -d client_id=${sandbox.app.clientId} \\`,
          `    -d client_secret=${sandbox.app.clientSecret} | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`,
          `  curl -s '${publicUrl}/api/account/${sandbox.accountId}/eligibility?v=2.0' \\`,
          `    -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\`,
          `    -d '{"skill":"support","consumerPhoneNumber":"+12065551004","handoffId":"${sandbox.handoffId}"}'`,
        ]
  process.stdout.write(`\n${lines.join('\n')}\n\n`)
}
