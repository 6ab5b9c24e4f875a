import { credentialCommands } from './credential.ts'

export const appCommands = credentialCommands({
  word: 'app',
  path: '/apps',
  list: 'apps',
  id: 'clientId',
  idHeading: 'CLIENT ID',
  abouts: {
    add: 'Make an OAuth client; its secret is shown this once.',
    change: 'Change the title or privileges of an OAuth client.',
    renew: 'Give an OAuth client a new secret, shown this once; the old one stops working.',
  },
})
