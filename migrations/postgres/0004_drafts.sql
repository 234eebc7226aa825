-- What is recorded at the desk before a second person posts it: the operator's own data, kept
-- until its entry stands and after. No book depends on it.

create table draft (
    -- desk:…, the reference of the entry that it becomes
    draft_id text collate "C" primary key,
    -- code of the estate
    estate text collate "C" not null,
    -- which form: income, cost, settle
    form text not null,
    -- JSON object: names of fields with what was typed
    fields text not null,
    -- open, prepared, posting, returned, posted, withdrawn
    state text collate "C" not null,
    -- one more with each change; a change names the one it was made upon
    version bigint not null,
    -- who typed in it, u_… with blanks between: none of them may post it
    hands text not null,
    -- who prepared it as it stands: o_…, role, u_…
    prepared_org text not null,
    prepared_role text not null,
    prepared_by text not null,
    -- milliseconds since 1970, like every instant here; made, last changed, prepared
    made_at bigint not null,
    changed_at bigint not null,
    prepared_at bigint,
    -- why it was returned, and by whom
    reason text,
    returned_by text,
    -- who posts it: o_…, role, u_…
    posted_org text,
    posted_role text,
    posted_by text,
    -- the number of its entry
    posted_seq bigint
);
create index draft_estate on draft (estate, state, changed_at);
