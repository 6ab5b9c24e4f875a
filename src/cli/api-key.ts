import { credentialCommands } from './credential.ts'

export const apiKeyCommands = credentialCommands({
  word: 'api-key',
  path: '/api-keys',
  list: 'apiKeys',
  id: 'appKey',
  idHeading: 'APP KEY',
  abouts: {
    add: 'Make an API key; its secrets are shown this once.',
    change: 'Change the title or privileges of an API key.',
    renew: 'Give an API key new secrets, shown this once; the old ones stop working.',
  },
})
