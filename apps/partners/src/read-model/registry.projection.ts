import { keyedTable, projection } from '@tributary/feeds';

const PARTNER = { $tenant: 'text', partner: 'text', steps: 'json' } as const;
const ENTITY = { $tenant: 'text', entity: 'text', steps: 'json' } as const;
const PROGRAMME = { $tenant: 'text', programme: 'text', steps: 'json' } as const;
const AGREEMENT = { $tenant: 'text', agreement: 'text', steps: 'json' } as const;
const VERSION = { version: 'int', by: 'text', from: 'instant' } as const;
const LINK = {
  $tenant: 'text',
  kind: 'text',
  link: 'text',
  system: 'text?',
  code: 'text',
  steps: 'json',
} as const;

/** Everything in the registry, each with its timeline as it was last told. */
export const registry = projection({
  name: 'registry',
  version: 2,
  events: {
    PartnerRegistered: PARTNER,
    PartnerTermsChanged: PARTNER,
    PartnerActivated: PARTNER,
    PartnerSuspended: PARTNER,
    PartnerReinstated: PARTNER,
    PartnerEnded: PARTNER,
    EntityRegistered: ENTITY,
    EntityRenamed: ENTITY,
    ProgrammeOpened: PROGRAMME,
    ProgrammeSettingsChanged: PROGRAMME,
    AgreementDrafted: { ...AGREEMENT, ...VERSION, terms: 'json' },
    AmendmentProposed: { $tenant: 'text', agreement: 'text', ...VERSION, changed: 'json' },
    AgreementActivated: AGREEMENT,
    AgreementAmended: AGREEMENT,
    AgreementEnded: AGREEMENT,
    AgreementSigned: {
      $tenant: 'text',
      agreement: 'text',
      version: 'int',
      party: 'text',
      signedAt: 'instant',
      document: 'json',
    },
    LinkIssued: LINK,
    LinkMoved: LINK,
    LinkClosed: LINK,
  },
  tables: {
    partner: keyedTable({ key: { tenant: 'text', partner: 'text' }, sets: { steps: 'json' } }),
    entity: keyedTable({ key: { tenant: 'text', entity: 'text' }, sets: { steps: 'json' } }),
    programme: keyedTable({ key: { tenant: 'text', programme: 'text' }, sets: { steps: 'json' } }),
    agreement: keyedTable({
      key: { tenant: 'text', agreement: 'text' },
      // What waits for a second person, whole in one value so that it comes and goes as one.
      sets: { steps: 'json', pending: 'json?' },
    }),
    agreement_signature: keyedTable({
      key: { tenant: 'text', agreement: 'text', version: 'int', party: 'text' },
      keeps: { signed_at: 'instant', document: 'json' },
    }),
    link: keyedTable({
      key: { tenant: 'text', kind: 'text', link: 'text' },
      sets: { steps: 'json' },
      keeps: { system: 'text', code: 'text' },
      indexes: ['(tenant, kind, system, code)'],
    }),
  },
  // Which of them an event is about shows in the id that it carries.
  rows(event) {
    const { $tenant: tenant } = event;
    if ('partner' in event)
      return { partner: [{ tenant, partner: event.partner, steps: event.steps }] };
    if ('entity' in event)
      return { entity: [{ tenant, entity: event.entity, steps: event.steps }] };
    if ('programme' in event)
      return { programme: [{ tenant, programme: event.programme, steps: event.steps }] };
    if ('link' in event) {
      const { kind, link, system, code, steps } = event;
      const ofSystem = system === null ? {} : { system };
      return { link: [{ tenant, kind, link, code, steps, ...ofSystem }] };
    }
    const { agreement } = event;
    if (event.$type === 'AgreementSigned') {
      const { version, party, signedAt: signed_at, document } = event;
      return { agreement_signature: [{ tenant, agreement, version, party, signed_at, document }] };
    }
    if (event.$type === 'AmendmentProposed') {
      const { version, by, from, changed } = event;
      return { agreement: [{ tenant, agreement, pending: { version, by, from, changed } }] };
    }
    const { steps } = event;
    if (event.$type !== 'AgreementDrafted')
      return { agreement: [{ tenant, agreement, steps, pending: null }] };
    const { version, by, from, terms: changed } = event;
    return { agreement: [{ tenant, agreement, steps, pending: { version, by, from, changed } }] };
  },
});
