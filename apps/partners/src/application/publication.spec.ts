import { couponIdOf } from '@tributary/contracts';
import { type JsonObject, type Recorded, instant } from '@tributary/kernel';
import { publication } from './publication';

const AT = instant('2026-01-01T00:00:00Z');
const FROM = instant('2026-02-01T00:00:00Z');

/** What has been told to others is an interface for ever: these are its bytes. */
describe('telling other services what they may know', () => {
  const partner = {
    name: 'Northwind',
    type: 'channel',
    kind: 'agency',
    category: 'crm',
    status: 'active',
    territories: ['BR'],
    verticals: ['retail'],
    integrationLevel: 'joint',
    benefits: { toPartner: ['Early access'], fromPartner: ['Case study'] },
    initiatives: ['Webinar'],
  };
  const agreement = {
    partner: 'northwind',
    programme: 'main',
    plan: 'brcommercial',
    splits: [
      { partner: 'northwind', bp: 7_000 },
      { partner: 'southwind', bp: 3_000 },
    ],
    parent: 'eastwind',
    exclusivity: { territories: ['BR'], verticals: [], clause: 'Section 4' },
    status: 'active',
    currency: { asset: 'BRL/2' },
  };
  const programme = {
    name: 'AI',
    entity: 'br',
    zone: 'America/Sao_Paulo',
    sources: ['https://billing.example'],
    bookFrom: AT,
    claims: {
      protectionDays: 90,
      extensions: 1,
      extensionDays: 90,
      decisionBusinessDays: 3,
      holidays: ['2026-12-25'],
    },
  };
  const entity = { name: 'Acme', currency: 'BRL/2', zone: 'America/Sao_Paulo' };
  const link = { link: 'summer', kind: 'link', system: null, code: 'summer' };
  const qualification = { holds: true, level: 'advanced', validUntil: null, evidence: ['exam 7'] };
  const certificate = { partner: 'northwind', kind: 'certificate', record: 'exam7' };
  const changed = { at: AT, changed: { name: 'x' } };

  it.each<readonly [type: string, stored: object, told: string, data: object]>([
    ...each(
      ['PartnerRegistered', 'PartnerTermsChanged', 'PartnerActivated', 'PartnerSuspended'],
      'partners.partner.v1',
      { partner: 'northwind', steps: [{ at: AT, value: partner }] },
      { ...changed, reason: 'Not for others' },
    ),
    ...each(
      ['PartnerReinstated', 'PartnerEnded'],
      'partners.partner.v1',
      { partner: 'northwind', steps: [{ at: AT, value: partner }] },
      { ...changed, reason: 'Not for others' },
    ),
    ...each(
      ['AgreementDrafted', 'AgreementActivated', 'AgreementAmended', 'AgreementEnded'],
      'partners.agreement.v1',
      { agreement: 'a1', steps: [{ at: AT, from: FROM, value: agreement }] },
      { version: 1, by: 'key:1', at: AT, from: FROM, reason: 'Not for others' },
    ),
    ...each(
      ['ProgrammeOpened', 'ProgrammeSettingsChanged'],
      'partners.programme.v1',
      { programme: 'ai', steps: [{ at: AT, value: programme }] },
      changed,
    ),
    ...each(
      ['EntityRegistered', 'EntityRenamed'],
      'partners.entity.v1',
      { entity: 'br', steps: [{ at: AT, value: entity }] },
      changed,
    ),
    ...each(
      ['LinkIssued', 'LinkMoved', 'LinkClosed'],
      'partners.link.v1',
      { ...link, steps: [{ at: AT, value: { owner: null, programme: 'main' } }] },
      changed,
    ),
    ...each(
      ['QualificationGranted', 'QualificationWithdrawn', 'CertificationRevised'],
      'partners.qualification.v1',
      { ...certificate, steps: [{ at: AT, value: qualification }] },
      { ...changed, by: 'key:1', reason: 'Not for others' },
    ),
  ])('tells the timeline of %s and nothing else', (type, stored, told, data) => {
    expect(publication.publish({ type, data: stored as JsonObject } as Recorded)).toEqual({
      type: told,
      data,
    });
  });

  it('keeps a proposal to itself', () => {
    expect(publication.types).toHaveLength(20);
    expect(publication.types).not.toContain('AmendmentProposed');
    expect(publication.types).not.toContain('AgreementSigned');
  });

  it('finds a coupon under the same id for ever, and by its letters exactly', () => {
    const id = couponIdOf('acme', 'https://shop.example', 'SAVE20');
    expect(id).toBe(GOLDEN_COUPON);
    expect(couponIdOf('acme', 'https://shop.example', 'save20')).not.toBe(id);
    expect(couponIdOf('globex', 'https://shop.example', 'SAVE20')).not.toBe(id);
  });
});

const GOLDEN_COUPON = 'f8163f7fe56e50eb8aa64bf9dce7f3e3';

function each(types: readonly string[], told: string, data: object, besides: object) {
  return types.map((type) => [type, { ...besides, ...data }, told, data] as const);
}
