/** Address at which a provider and the consumer's app fetch a file that an agent sent: whoever has the token has the file. */
export function filePath(accountId: string, token: string): string {
  return `/files/${accountId}/${token}`
}
