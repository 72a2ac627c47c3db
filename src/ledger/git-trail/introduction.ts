/** What someone reads who opens the trail's folder. */
export const introduction = `# The git trail

Chiffon writes down here what was asked, what was planned, who decided, and what came of it: one folder a plan, one
commit a decision and one a result. It is derived from the ledger in the database, and nothing reads it back: edit
nothing here.

- \`plans/P-142/\` holds the request, every revision that was decided on (\`.json\` is what was approved, byte for byte
  what its hash is of once it is written canonically; \`.md\` is the same for people), what was seen before anything ran,
  the decisions, and what each run came to.
- \`events/\` lists, commit by commit, the events of the ledger: number, stream, number in the stream, beginning of the hash.
- Each commit ends with lines such as \`Plan\`, \`Plan-Hash\`, \`Approved-By\` and \`Run\`, which git can search:
  \`git log --grep 'Approved-By: anna'\`. \`Event-Head\` is the hash over every event up to \`Event-Position\`, in order.
  It is computed as head = sha256(head before + newline + hash of the event), from 64 zeros on.

\`chiffon audit verify\` compares all of it with the database. Commits that were also pushed somewhere else can't be
taken back by whoever controls this machine.
`;
