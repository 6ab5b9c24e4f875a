const meta = document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')

/**
 * The answer's nonce for style elements: Mantine writes its colours and its responsive sizes into such, and the page's
 * policy (src/http/console.ts) lets in none without it. Taken out of the page once read.
 */
export const styleNonce = meta?.content ?? ''
meta?.remove()

// The library that locks the page's scrolling behind a dialog asks for the nonce by this name.
;(globalThis as { __webpack_nonce__?: string }).__webpack_nonce__ = styleNonce
