import type { components } from './schema.gen.d.ts';

// Short names for the shapes of ../api/openapi.yaml; `npm run types:api` makes them anew.
type Schemas = components['schemas'];

export type Answered = Schemas['CommandAnswer'];
export type SessionInfo = Schemas['Session'];
export type OwnKeys = Schemas['OwnKeys'];
export type OwnKey = Schemas['OwnKey'];
export type Grants = Schemas['Grants'];
export type ApiKey = Schemas['ListedApiKey'];
export type Proposals = Schemas['Proposals'];
export type Proposal = Proposals['proposals'][number];
export type Offers = Schemas['Offers'];
export type Offer = Schemas['Offer'];
export type OwnTerms = Schemas['OwnTerms'];
export type NearlyOffer = Schemas['NearlyOffer'];
export type Reason = Schemas['Reason'];
export type Choice = Schemas['Choice'];
export type Field = Schemas['Field'];
export type Terms = Schemas['Terms'];
/** The rows are the requester's own: any columns. The generator takes them for empty. */
type Content = Readonly<Record<string, unknown>>;
export type ClaimedTask = Omit<Schemas['Claim']['tasks'][number], 'content'> & { content: Content };
export type Claim = Omit<Schemas['Claim'], 'tasks'> & { tasks: ClaimedTask[] };
export type Balance = Schemas['Balance'];
export type Me = Schemas['Me'];
export type Assignments = Schemas['Assignments'];
export type Assignment = Assignments['assignments'][number];
export type Lines = Schemas['Lines'];
export type EarningsLine = Lines['lines'][number];
export type Payslips = Schemas['Payslips'];
export type ProjectMade = Schemas['ProjectMade'];
export type BatchMade = Schemas['BatchMade'];
export type Projects = Schemas['Projects'];
export type NewBatch = Schemas['NewBatch'];
export type Imported = Schemas['Imported'];
export type Quote = Schemas['Quote'];
export type Batch = Schemas['Batch'];
export type Submissions = Schemas['Submissions'];
export type Submission = Submissions['submissions'][number];
export type Acceptance = Schemas['Acceptance'];
export type AcceptanceMade = Schemas['AcceptanceMade'];
export type LedgerInfo = Schemas['Ledger'];
export type Entries = Schemas['Entries'];
export type Rules = Schemas['Rules'];
export type Taxonomy = Schemas['Taxonomy'];
