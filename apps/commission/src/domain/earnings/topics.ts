/** What is said of a partner, and by whom: under these names a window asks for it. */
export const topicOfPartner = (partner: string): string => `partner:${partner}`;
/** Its agreements, each under a key of its own. */
export const topicOfAgreements = (partner: string): string => `agreement-of:${partner}`;
/** Its tiers, a key for each track. */
export const topicOfStanding = (partner: string): string => `standing:${partner}`;
/** A key for each measure and subject. */
export const topicOfMeasures = (partner: string): string => `measures:${partner}`;
/** What is posted for a line of a partner below, a key for each rule. */
export const topicOfPosted = (child: string, line: string): string => `posted:${child} ${line}`;
/** What people have placed on lines of a partner under a plan, and lifted: a payment that moves to another window stays held. */
export const topicOfHolds = (partner: string, plan: string): string => `holds:${partner} ${plan}`;
export const topicOfProgramme = (programme: string): string => `programme:${programme}`;
export const topicOfEntity = (entity: string): string => `entity:${entity}`;
/** Of a plan what decides about its windows. */
export const topicOfPlanShape = (plan: string): string => `shape:${plan}`;
/** Agreements that ever named the plan. */
export const topicOfPlanUsers = (plan: string): string => `users-of:${plan}`;
