import { createTransport } from 'nodemailer'
import type { Mail } from './mail.ts'

/** How this server sends mail: SUTURE_SMTP_URL, SUTURE_MAIL_FROM, and the address that links lead to. */
export interface Mailing {
  readonly smtp: URL
  readonly from: string
  readonly console: URL
}

const isLoopback = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(host)

/**
 * Hands a mail to the server that is set; beyond this machine by TLS alone.
 * @param id the same for the same mail, so that one that is sent twice is known
 */
export async function sendMail({ smtp, from }: Mailing, to: string, id: string, mail: Mail): Promise<void> {
  const secure = smtp.protocol === 'smtps:'
  const transport = createTransport({
    host: smtp.hostname.replace(/^\[|\]$/g, ''),
    port: Number(smtp.port || (secure ? 465 : 587)),
    secure,
    requireTLS: !secure && !isLoopback(smtp.hostname),
    ignoreTLS: !secure && isLoopback(smtp.hostname),
    ...(smtp.username === ''
      ? {}
      : { auth: { user: decodeURIComponent(smtp.username), pass: decodeURIComponent(smtp.password) } }),
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  try {
    const headers = { 'Auto-Submitted': 'auto-generated' }
    await transport.sendMail({ ...mail, from, to, headers, messageId: `<${id}@suture.invalid>` })
  } finally {
    transport.close()
  }
}
