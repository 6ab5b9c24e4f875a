const megabyte = 1024 * 1024

/**
 * Files that an agent may send into a brand's app, and how large. The app shows them itself, so the list is what every
 * phone and browser shows or opens; what runs (SVG, HTML) is not among them.
 */
export const appFiles: Readonly<Record<string, number>> = {
  'image/jpeg': 5 * megabyte,
  'image/png': 5 * megabyte,
  'image/gif': 5 * megabyte,
  'image/webp': 5 * megabyte,
  'video/mp4': 16 * megabyte,
  'text/plain': 20 * megabyte,
  'application/pdf': 20 * megabyte,
  'application/msword': 20 * megabyte,
  'application/vnd.ms-excel': 20 * megabyte,
  'application/vnd.ms-powerpoint': 20 * megabyte,
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 20 * megabyte,
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 20 * megabyte,
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 20 * megabyte,
}
