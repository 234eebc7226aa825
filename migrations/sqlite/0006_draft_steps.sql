-- The life of a draft, step by step: the operator's own data, beside the drafts. Signatures are
-- steps, too; the entry carries those that were given on the words as they stand.

create table draft_step (
    draft_id text not null references draft,
    -- 1, 2, 3, … of a draft
    no integer not null,
    -- typed, changed, handed_over, cosign, confirm, review, returned, withdrawn, refused, posted
    deed text not null,
    -- the version that came of it; of a signature the one that was looked at
    version integer not null,
    -- who did it: o_…, role, u_…
    by_org text not null,
    by_role text not null,
    by_user text not null,
    -- milliseconds since 1970
    at integer not null,
    -- why it was returned; the rule by which the book refused it
    reason text,
    primary key (draft_id, no)
) strict;

-- What older drafts tell of their life.
insert into draft_step
select draft_id, 1, 'typed', 1, prepared_org, prepared_role, prepared_by, made_at, null
from draft;
insert into draft_step
select draft_id, 2, 'handed_over', version, prepared_org, prepared_role, prepared_by, prepared_at,
    null
from draft where prepared_at is not null;
insert into draft_step
select draft_id, 3, 'returned', version, '', '', returned_by, changed_at, reason
from draft where returned_by is not null;
insert into draft_step
select draft_id, 4, 'posted', version, coalesce(posted_org, ''), coalesce(posted_role, ''),
    coalesce(posted_by, ''), changed_at, null
from draft where posted_seq is not null;
