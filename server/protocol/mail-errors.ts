// The part of errors.ts that is about mail.

export const mailErrors = {
  bad_mail_address: {
    status: 400,
    retry: false,
    words: 'This is not a mail address that Brook can write to. It looks like ann@example.org.',
  },
  mail_domain: {
    status: 403,
    retry: false,
    words:
      'Addresses at this domain do not let anybody in here. Use another address, or ask a member for a link.',
  },
  bad_mail_domain: {
    status: 400,
    retry: false,
    words: 'Name domains like example.org, or *.example.org for everything below it, at most 50.',
  },
  mail_over: {
    status: 410,
    retry: false,
    words: 'This link has been used, has expired, or was replaced. Ask for another.',
  },
} as const satisfies Record<string, { status: number; retry: boolean; words: string }>
