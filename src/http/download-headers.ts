/** Types that a browser may take at their word; of the rest somebody's phone has said what it likes. */
const harmless = /^(image\/(png|jpeg|gif|webp)|(audio|video)\/[a-z0-9.+-]{1,60}|application\/pdf)$/

/** Headers of a file that a consumer sent. A stranger made it: it is a download, never a page of this site. */
export function downloadHeaders({
  contentType,
  fileName,
}: {
  readonly contentType: string
  readonly fileName: string | null
}): Readonly<Record<string, string>> {
  const name = encodeURIComponent((fileName ?? 'file').toWellFormed()).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16)}`,
  )
  return {
    'content-type': harmless.test(contentType) ? contentType : 'application/octet-stream',
    'content-disposition': `attachment; filename*=UTF-8''${name}`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cache-control': 'private, no-store',
  }
}
