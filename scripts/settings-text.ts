import { settingTable } from '../src/config.ts'

const settings = Object.entries(settingTable) as [string, { default: string | null; about: string; secret?: true }][]

/** `docs/settings.md`, from the table in `src/config.ts`. */
export function settingsText(): string {
  const rows = settings.map(
    ([name, { default: value, about, secret }]) =>
      `| \`${name}\`${secret ? ' (secret)' : ''} | ${value === null || value === '' ? 'none' : `\`${value}\``} | ${about.replaceAll('|', '\\|')} |`,
  )
  return `# Settings

Environment variables, read once at start; a wrong or missing one stops the start with a sentence naming it.
No file is read: a \`.env\`, for which \`.env.example\` is the pattern, must be handed over by what starts the server
(systemd: \`EnvironmentFile=\`; a shell: \`set -a; . ./.env; set +a\`).
Generated from \`src/config.ts\` by \`npm run generate\`: do not edit.

| setting | default | what it does |
|---|---|---|
${rows.join('\n')}

\`KEEPER=off\` (read by \`src/main.ts\` before anything else) runs the server without the process that restarts it:
for an init system or a container that does so itself.
`
}

/** `.env.example`: every setting with its default, commented out. */
export function envExampleText(): string {
  const blocks = settings.map(([name, { default: value, about }]) => `# ${about}\n#${name}=${value ?? ''}\n`)
  return `# No file is read by the server: give it these as environment variables (systemd: EnvironmentFile=).
# Every setting with its default. Generated from src/config.ts by npm run generate: do not edit.\n\n${blocks.join('\n')}`
}
