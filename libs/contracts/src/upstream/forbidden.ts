const HASHED = 'the SHA-256 of the trimmed, lower-case text, as 64 hexadecimal digits';
const NEVER = 'Leave it out: no commission depends on it.';

/** Refused wherever they stand, however they are capitalised. Of what helps, this says what to send in its place. */
export const FORBIDDEN: Readonly<Record<string, string>> = {
  email: `Send emailHash, ${HASHED}; of a lead's contact, pii.contactEmail.`,
  emailAddress: `Send emailHash, ${HASHED}; of a lead's contact, pii.contactEmail.`,
  phone: "Leave it out; of a lead's contact, send pii.contactPhone.",
  firstName: "Leave it out; of a lead's contact, send pii.contactName.",
  lastName: "Leave it out; of a lead's contact, send pii.contactName.",
  fullName: "Leave it out; of a lead's contact, send pii.contactName.",
  ip: `Send ipHash, ${HASHED}.`,
  ipAddress: `Send ipHash, ${HASHED}.`,
  userAgent: `Send uaHash, ${HASHED}.`,
  taxId:
    "Send taxIdHash, the SHA-256 of its letters and digits in upper case, as 64 hexadecimal digits; of a lead's company, company.taxId.",
  ssn: NEVER,
  passport: NEVER,
  birthDate: NEVER,
  address: 'Send the country.',
  password: NEVER,
  cardNumber: 'Leave it out: a payment is known by its paymentRef.',
  cvc: 'Leave it out: a payment is known by its paymentRef.',
  iban: 'Leave it out: a payment is known by its paymentRef.',
  bankAccount: 'Leave it out: a payment is known by its paymentRef.',
  health: NEVER,
  religion: NEVER,
  ethnicity: NEVER,
  gender: NEVER,
};
