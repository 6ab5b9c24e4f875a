/** The brand that every newcomer has. */
export const sandboxAccountId = '12345678'
/** Who has the brand's app on a pretend phone. */
export const sandboxConsumer = 'sandbox-consumer'
